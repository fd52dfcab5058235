"""The command line: one verb a file, each a thin layer over a plain function that answers the exit status.

0 done, 1 a check failed, 2 the input or the usage is wrong, 3 a run failed, 130 stopped with Ctrl-C,
129, 141 and 143 ended by SIGHUP, a closed pipe and SIGTERM
"""

import os
import signal
import sys
from typing import Any

import typer

from zhasyl.cli import batch, compare, corridors, listing, optimise, plans, report, run, scenario, store
from zhasyl.cli.from_records import events, leaderboard, replay
from zhasyl.cli.gate import check
from zhasyl.cli.present import RUN_FAILED
from zhasyl.cli.screen import PipeClosedError, keep_streams, on_screen
from zhasyl.errors import NO_MEMORY, SimulationError, ZhasylError, out_of_memory
from zhasyl.files.paths import check_working_folder
from zhasyl.process.output import keep_to_ourselves
from zhasyl.process.stopping import ENDING, StoppedError, end_by_status, stop_on

# Some releases of typer bundle click, others import it: BadParameter is public in both, its base is UsageError.
USAGE_ERROR: Any = typer.BadParameter.__bases__[0]
INPUT_WRONG, INTERRUPTED, SIGNALLED, PIPE = 2, 130, 128, 13
KEPT = "finished runs are stored and will not be run again"

app = typer.Typer(
    help="Run SUMO scenarios under pluggable signal controllers and compare them honestly.",
    epilog=f"Documentation: {listing.documentation()}",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.command)
app.command("compare")(compare.command)
app.command("batch")(batch.command)
app.command("check")(check.command)
app.command("optimise")(optimise.command)
app.command("corridors")(corridors.command)
app.command("report")(report.command)
app.command("figures")(report.figures)
app.command("replay")(replay.command)
app.command("events")(events.command)
app.command("leaderboard")(leaderboard.command)
app.command("plans")(plans.command)
app.command("scenarios")(listing.scenarios)
app.command("controllers")(listing.controllers)
app.add_typer(scenario.app, name="scenario")
app.add_typer(store.app, name="store")


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", is_eager=True, callback=listing.print_version, help="Version."),
) -> None:
    """Run SUMO scenarios under pluggable signal controllers and compare them honestly."""


def main(arguments: list[str] | None = None) -> None:
    """The `zhasyl` command: every expected error is one line on standard error."""
    stop_on([signal.SIGINT, *ENDING])
    keep_streams()
    keep_to_ourselves()
    sys.exit(status(arguments))


def status(arguments: list[str] | None = None) -> int:
    """Run the command line and answer its exit status."""
    with on_screen():
        try:
            check_working_folder()
            answer = app(args=arguments, prog_name="zhasyl", standalone_mode=False)
            sys.stdout.flush()
        except USAGE_ERROR as error:
            where = error.ctx.command_path if error.ctx else "zhasyl"
            return _fail(f"{error.format_message()} See '{where} --help'.", INPUT_WRONG)
        except PipeClosedError:
            return SIGNALLED + PIPE
        except SimulationError as error:
            return _fail(str(error), RUN_FAILED)
        except ZhasylError as error:
            return _fail(str(error), INPUT_WRONG)
        except (KeyboardInterrupt, typer.Abort):
            answer = INTERRUPTED
        except StoppedError as error:
            return _fail(f"{error}; {KEPT}", SIGNALLED + error.number)
        except Exception as error:
            if os.environ.get("ZHASYL_DEBUG"):
                raise
            return _fail(*_unforeseen(error))
        if answer == INTERRUPTED:  # typer turns Ctrl-C into this status in some releases
            end_by_status()
            return _fail(f"stopped; {KEPT}", INTERRUPTED)
        return answer if isinstance(answer, int) else 0


def _unforeseen(error: Exception) -> tuple[str, int]:
    """What the machine lacks or refuses can be fixed; all else is a fault of ours."""
    if out_of_memory(error):
        return NO_MEMORY, INPUT_WRONG
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}; check the path, the rights and the limits (ulimit -a)", INPUT_WRONG
    return f"{type(error).__name__}: {error}. Set ZHASYL_DEBUG=1 to see where, and report it.", RUN_FAILED


def _fail(message: str, code: int) -> int:
    print("zhasyl: " + " ".join(message.split()), file=sys.stderr)
    return code
