"""`zhasyl` and `python -m zhasyl`: loads the command line, which may be stopped or lack memory even there."""

import os
import signal
import sys

from zhasyl.errors import NO_MEMORY, ZhasylError, out_of_memory
from zhasyl.process.limits import refuse_little_memory
from zhasyl.process.stopping import ENDING, StoppedError, end_by_status, stop_on


def main() -> None:
    """Entry point of the `zhasyl` command."""
    stop_on([signal.SIGINT, *ENDING])
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # our matrices are small, and runs take the other cores
    try:
        refuse_little_memory()
        from zhasyl.cli import main as command
    except KeyboardInterrupt:
        end_by_status()
        _leave("stopped", 128 + signal.SIGINT)
    except StoppedError as error:
        _leave(str(error), 128 + error.number)
    except ZhasylError as error:
        _leave(str(error), 2)
    except Exception as error:
        if not out_of_memory(error):
            raise
        _leave(NO_MEMORY, 2)
    command()


def _leave(message: str, code: int) -> None:
    print(f"zhasyl: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
