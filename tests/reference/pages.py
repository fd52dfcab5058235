"""The pages of docs/reference, each made from what it describes."""

from pathlib import Path

from tests.reference.commands import commands_page
from tests.reference.parameters import controllers_page
from tests.reference.python import python_page
from tests.reference.scenario_format import scenario_format_page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[str, str]:
    """File name → text."""
    made = {
        "commands.md": commands_page(),
        "controllers.md": controllers_page(),
        "python.md": python_page(),
        "scenario-format.md": scenario_format_page(),
    }
    return {name: text.rstrip() + "\n" for name, text in made.items()}
