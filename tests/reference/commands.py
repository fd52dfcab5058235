"""docs/reference/commands.md: every verb with its arguments and options, from the command line itself."""

from collections.abc import Iterator
from typing import Any

import typer

from tests.reference.markdown import cell, table
from zhasyl.cli import app

HEAD = """# Commands

Made from the command line itself by `make reference`. `zhasyl VERB --help` prints the same.

SCENARIO is a built-in name (`zhasyl scenarios`), a path to a folder, a `scenario.toml` or a `.sumocfg`, or `resco:NAME`
([scenario-format.md](scenario-format.md)). CONTROLLER is a name with optional parameters,
`max-pressure:min_green_s=7,interval_s=5` ([controllers.md](controllers.md)). `--json` prints one document on standard
output and nothing else there.

| exit status | means |
|---|---|
| 0 | done |
| 1 | a check found something: `check`, `scenario check`, `scenario calibrate`, `store verify` |
| 2 | the input or the usage is wrong: one line says what, and what to do |
| 3 | a run failed, or a controller failed everywhere or showed what is not safe |
| 128 + N | ended by the signal N |
"""


def verbs(command: Any = None, path: str = "zhasyl") -> Iterator[tuple[str, Any]]:
    """(what is typed, command) of every verb, those below a group too."""
    command = command or typer.main.get_command(app)
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    if path == "zhasyl":
        yield path, command
    for name, one in sorted(below.items()):
        yield from verbs(one, f"{path} {name}")


def commands_page() -> str:
    return "\n".join([HEAD, *(_verb(path, command) for path, command in verbs())])


def _verb(path: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    usage = " ".join([path, *(_argument(one) for one in arguments), "[OPTIONS]"])
    parts = [f"## {path}\n", f"    {usage}\n", f"{command.help.strip()}\n"]
    if arguments:
        rows = [(f"`{_name(one)}`", _said(one)) for one in arguments]
        parts.append(table(("argument", "meaning"), rows))
    if options:
        parts.append(table(("option", "default", "meaning"), map(_option, options)))
    return "\n".join(parts)


def _name(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper()).strip("[]")


def _argument(argument: Any) -> str:
    text = _name(argument) + "..." * (argument.nargs == -1)
    return text if argument.required else f"[{text}]"


def _option(option: Any) -> tuple[str, str, str]:
    return f"`{_spelt(option)}`", _default(option), _said(option)


def _spelt(option: Any) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {_value(option)}"


def _value(option: Any) -> str:
    return str(option.metavar or option.opts[0].removeprefix("--").replace("-", "_").upper())


def _default(option: Any) -> str:
    if option.required:
        return "must be given"
    return "" if option.is_flag or option.default in (None, "", []) else f"`{option.default}`"


def _said(parameter: Any) -> str:
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    limits = f" From {low:,} to {high:,}." if low is not None and high is not None else ""
    return cell(f"{(parameter.help or '').strip()}{limits}")
