"""zhasyl scenarios, zhasyl controllers, zhasyl --version: what there is."""

import json
from pathlib import Path
from typing import Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.screen import new_console
from zhasyl.text.steering import neutral


def scenarios(as_json: Json = False) -> int:
    """List the built-in and benchmark scenarios."""
    from zhasyl.scenarios.catalogue import catalogue

    rows = catalogue()
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print_table(["id", "title", "installed"], [[r["id"], r["title"], r["installed"]] for r in rows])
    return 0


def controllers(as_json: Json = False) -> int:
    """List the controllers with their parameters. Each with its default."""
    from zhasyl.controllers import controller_names

    rows = [_controller(name) for name in controller_names()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
    else:
        print_table(
            ["controller", "what it does", "parameters"],
            [[r["name"], r.get("error") or r["summary"], "\n".join(map(_parameter, r["parameters"]))] for r in rows],
        )
    return 0


def _controller(name: str) -> dict[str, Any]:
    """What a controller says of itself; of a broken plug-in, why it cannot."""
    from zhasyl.controllers import load_controller
    from zhasyl.errors import ControllerError

    try:
        cls = load_controller(name)
        fields = cls.parameters_type.model_fields
        parameters = [
            {"name": key, "default": field.default, "description": field.description or ""}
            for key, field in sorted(fields.items())
        ]
        return {"name": name, "summary": str(cls.summary), "parameters": parameters}
    except ControllerError as error:
        reason = str(error)
    except Exception as error:
        reason = f"controller '{name}' does not say what it is: {type(error).__name__}: {' '.join(str(error).split())}"
    return {"name": name, "summary": "", "parameters": [], "error": reason}


def _parameter(row: dict[str, Any]) -> str:
    default = row["default"]
    shown = "scenario's" if default is None else f"{default:g}" if isinstance(default, float) else default
    return f"{row['name']}={shown}"


def print_table(headers: list[str], rows: list[list[Any]]) -> None:
    """Print rows under headers."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_lines=any("\n" in str(cell) for row in rows for cell in row))
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(escape(neutral(_word(cell))) for cell in row))
    new_console().print(table)


def _word(cell: Any) -> str:
    return "yes" if cell is True else "no" if cell is False else str(cell)


def documentation() -> Path:
    """The first page of the documentation: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "docs", package.parent / "docs")
    return next((folder for folder in folders if folder.is_dir()), folders[0]) / "index.md"


def print_version(wanted: bool) -> None:
    """Print the versions of zhasyl and SUMO, and stop."""
    if wanted:
        from importlib.metadata import version

        from zhasyl.sumo.home import chosen_home
        from zhasyl.sumo.programs import simulating_version

        chosen = chosen_home()
        print(f"zhasyl {version('zhasyl')}, SUMO {simulating_version()}" + (f" at {chosen}" if chosen else ""))
        raise typer.Exit
