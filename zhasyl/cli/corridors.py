"""zhasyl corridors: the green waves of a scenario, listed and drawn."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.listing import print_table
from zhasyl.cli.options import Json, OneVariant
from zhasyl.cli.screen import new_console
from zhasyl.errors import ControllerError, OutputError
from zhasyl.text.words import shortened

if TYPE_CHECKING:
    from zhasyl.controllers.green_wave import GreenWave

HEADINGS = ["signal", "offset\ns", "to next\nm", "volume\nveh/h, back", "band\ns, back"]
BESIDE_ID = 55  # what the other columns take of a line
LEAST_ID = 16
FORMATS = (".pdf", ".png", ".svg")


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, path to a scenario.toml or .sumocfg, or resco:NAME.")],
    controller: Annotated[str, typer.Option(help="green-wave with its parameters.")] = "green-wave",
    variant: OneVariant = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Draw the time-space diagrams into this .svg, .png or .pdf.")
    ] = None,
    as_json: Json = False,
) -> int:
    """List and draw the green waves of a scenario. Each corridor with its cycle, offsets and bands."""
    if out is not None and out.suffix.lower() not in FORMATS:
        raise OutputError(f"cannot draw into '{out}'; its name must end in {', '.join(FORMATS)}")
    return run(scenario, controller, variant, out, as_json)


def run(scenario: str, controller: str, variant: str, out: Path | None, as_json: bool) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.controllers import parse_controller
    from zhasyl.controllers.green_wave import GreenWaveParameters
    from zhasyl.runs.planning import waves_of
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary

    spec = parse_controller(controller)
    if not isinstance(spec.parameters, GreenWaveParameters):
        raise ControllerError(f"controller '{spec.name}' plans no corridors; give green-wave, with parameters or not")
    waves = waves_of(vary(load_scenario(scenario), parse_variant(variant)), spec)
    if out is not None and waves:
        _draw(waves, out)
    _print([_row(wave) for wave in waves], as_json)
    return 0


def _draw(waves: "list[GreenWave]", out: Path) -> None:
    from zhasyl.reports.time_space import save, time_space_figure

    try:
        save(time_space_figure(waves), out)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}; check the path") from error


def _row(wave: "GreenWave") -> dict[str, Any]:
    found = wave.progression
    return {
        "signals": list(wave.corridor.signals),
        "lengths_m": [round(leg.length_m, 1) for leg in wave.corridor.outbound],
        "volumes_vph": [round(leg.volume_vph, 1) for leg in wave.corridor.outbound],
        "volumes_back_vph": [round(leg.volume_vph, 1) if leg else 0.0 for leg in wave.corridor.inbound],
        "cycle_s": round(found.cycle_s, 3),
        "offsets_s": [wave.plans[name].offset_s for name in wave.corridor.signals],
        "bands_s": [round(width_s, 1) for width_s in found.outbound.widths_s],
        "bands_back_s": [round(width_s, 1) for width_s in found.inbound.widths_s],
    }


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        print("no corridor: no two neighbouring signals have traffic from one to the other")
    for number, row in enumerate([] if as_json else rows, start=1):
        print(f"corridor {number}: cycle {row['cycle_s']:g} s")
        print_table(HEADINGS, _lines(row, max(LEAST_ID, new_console().width - BESIDE_ID)))


def _lines(row: dict[str, Any], longest_id: int) -> list[list[Any]]:
    ways = zip(
        row["lengths_m"], row["volumes_vph"], row["volumes_back_vph"], row["bands_s"], row["bands_back_s"], strict=True
    )
    cells = [[f"{m:.0f}", f"{vph:.0f}, {back:.0f}", f"{s:.0f}, {back_s:.0f}"] for m, vph, back, s, back_s in ways]
    named = zip(row["signals"], row["offsets_s"], [*cells, ["", "", ""]], strict=True)
    return [[shortened(name, longest_id), f"{offset_s:g}", *cell] for name, offset_s, cell in named]
