"""Options that several verbs share, and how their texts are read."""

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Option("--out", help="Folder for records, tables and report.", show_default=True)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="Runs at a time; default: all cores.")]
Cluster = Annotated[str, typer.Option(help="Dask instead of local processes: local:N or tcp://HOST:PORT.")]
Limit = Annotated[
    float | None,
    typer.Option("--limit-s", min=1, max=1_000_000, help="Wall seconds a run may take; default: one hour."),
]
AllowFaults = Annotated[
    bool,
    typer.Option("--allow-faults", help="Exit with 0 though a controller failed at every signal; it is still said."),
]
MinEffect = Annotated[
    str, typer.Option(help="Differences below this share of the baseline's mean are 'same', e.g. 2%.")
]
OneVariant = Annotated[str, typer.Option("--variant", help="Change of the scenario, e.g. demand_scale=1.1.")]
Rerun = Annotated[bool, typer.Option("--rerun", help="Simulate even what is stored, and replace it.")]
Record = Annotated[
    bool, typer.Option("--record", help="Keep everybody's trajectory for 'zhasyl replay'; adds them to stored runs.")
]
Lang = Annotated[str, typer.Option(help="Language of page, figures and workbook: en, kk or ru.")]
Emissions = Annotated[
    str, typer.Option("--emissions", help="Vehicles whose emissions are measured: all, none, or a share, e.g. 10%.")
]
Sensor = Annotated[
    str, typer.Option("--sensor", help="What controllers see with: perfect, loops, or e.g. camera:range_m=80,miss=0.1.")
]
