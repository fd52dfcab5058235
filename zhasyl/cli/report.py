"""zhasyl report and zhasyl figures: page, tables and figures from the records in a folder, without simulating."""

import gc
import json
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.options import AllowFaults, Json, Lang
from zhasyl.cli.present import say, show
from zhasyl.errors import OutputError, ZhasylError
from zhasyl.text.language import ENGLISH, check_language

COLLECT_SELDOM = (50_000, 20, 100)  # thousands of records are kept to the end: looking through them frees nothing


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of an earlier compare or run.")],
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with.")] = "",
    short: Annotated[bool, typer.Option("--short", help="Also write short.html, a sheet for who decides.")] = False,
    before: Annotated[
        Path | None, typer.Option(help="Folder of the same runs before a rebuild: compare with it.")
    ] = None,
    scenario: Annotated[
        str, typer.Option(help="Write one scenario of a study in full, named as its page does: report-NAME.html.")
    ] = "",
    formats: Annotated[
        str, typer.Option("--format", help="Also write the page's tables into DIR/tables: csv,parquet,xlsx,latex.")
    ] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write the page as report.pdf (A4); needs Chromium.")] = False,
    lang: Lang = ENGLISH,
    as_json: Json = False,
    allow_faults: AllowFaults = False,
) -> int:
    """Rebuild tables and report from stored runs. Writes runs.csv, comparisons.csv and report.html."""
    gc.set_threshold(*COLLECT_SELDOM)
    if scenario:
        if before or short or formats or pdf:
            raise ZhasylError("--scenario writes one page; leave --before, --short, --format and --pdf out")
        from zhasyl.reports.study.one import report_scenario

        return show(report_scenario(folder, scenario, baseline, lang), as_json, allow_faults)
    if before is None:
        return run(folder, baseline, short, as_json, allow_faults, formats, pdf, lang)
    if baseline or short or formats or pdf:
        raise ZhasylError(
            "--before compares with what was before, on one page; leave --baseline, --short, --format and --pdf out"
        )
    from zhasyl.reports.before_after import before_after

    return show(before_after(before, folder, lang), as_json, allow_faults)


def run(
    folder: Path,
    baseline: str,
    short: bool,
    as_json: bool,
    allow_faults: bool = False,
    formats: str = "",
    pdf: bool = False,
    lang: str = ENGLISH,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.reports.exports.table_files import FOLDER, parse_formats
    from zhasyl.reports.results import PDF, report, speaking_of, summaries_of

    found = report(folder, baseline, formats, pdf, lang)
    status = show(found, as_json, allow_faults)
    made: dict[str, object] = {}
    if short:
        from zhasyl.reports.short import write_short

        values = [record.values for record in found.records]
        with speaking_of(values, lang):
            made["short"] = write_short(folder, values, found.comparisons, summaries_of(found.records))
    if parse_formats(formats):
        made["tables"] = folder / FOLDER
    if pdf:
        made["PDF"] = folder / PDF
    for name, path in () if as_json else made.items():
        say(f"{name}: {path}")
    return status


def figures(
    folder: Annotated[Path, typer.Argument(help="Folder of an earlier compare or run.")],
    width: Annotated[str, typer.Option(help="Width with its unit: mm, cm, in or pt; 60 to 400 mm.")] = "84mm",
    formats: Annotated[str, typer.Option("--format", help="pdf, svg, png, or several: pdf,svg.")] = "pdf",
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the files; default: DIR/figures.")] = None,
    baseline: Annotated[str, typer.Option(help="Controller the others are compared with.")] = "",
    only_list: Annotated[bool, typer.Option("--list", help="Say which figures there are, and write none.")] = False,
    lang: Lang = ENGLISH,
    as_json: Json = False,
) -> int:
    """Write the figures of stored runs as files for a paper."""
    return run_figures(folder, width, formats, out, baseline, only_list, as_json, lang)


def run_figures(
    folder: Path,
    width: str = "84mm",
    formats: str = "pdf",
    out: Path | None = None,
    baseline: str = "",
    only_list: bool = False,
    as_json: bool = False,
    lang: str = ENGLISH,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.reports.exports.figure_files import FORMATS, listed_figures, write_figures
    from zhasyl.reports.exports.paper import column
    from zhasyl.reports.exports.table_files import parse_formats
    from zhasyl.reports.results import shown_of, speaking_of

    paper, kinds = column(width), parse_formats(formats, FORMATS)
    check_language(lang)
    if not kinds:
        raise OutputError("format: none is named; give for example pdf,svg")
    groups, study = shown_of(folder, baseline)
    if only_list:
        known = listed_figures(groups, paper, study)
        lines = [f"{name}: {title}{scenario and f', {scenario}'}" for name, title, scenario in known]
        found = [{"name": name, "title": title, "scenario": scenario} for name, title, scenario in known]
        print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines))
        return 0
    with speaking_of((record for group in groups for record in group.records), lang):
        written = write_figures(out or folder / "figures", groups, paper, kinds, study)
    lines = [str(path) for path in written]
    print(json.dumps(lines, ensure_ascii=False) if as_json else "\n".join(lines))
    return 0
