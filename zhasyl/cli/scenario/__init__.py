"""zhasyl scenario: a junction or network of one's own, from a map, a Synchro file, a table of approaches, or counts."""

import typer

from zhasyl.cli.scenario import calibrate, check, counts, import_osm, import_utdf, new, plan

app = typer.Typer(help="Make a scenario of your own. From OpenStreetMap, from Synchro, from a table, from counts.")
app.command("check")(check.command)
app.command("plan")(plan.command)
app.command("import-osm")(import_osm.command)
app.command("import-utdf")(import_utdf.command)
app.command("new")(new.command)
app.command("calibrate")(calibrate.command)
app.command("counts")(counts.command)
