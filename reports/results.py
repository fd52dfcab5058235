"""What a comparison leaves in its folder, written and read back.

comparison.json      how its runs are compared, and which they are
runs.csv             every run with all measures; comparisons.csv: every difference
study.csv            of a study: its matrix of scenarios × controllers
movements.csv        every movement under every controller
report.html          the page
tables/              the page's tables in the formats asked for; report.pdf: the page on A4, if asked for
report.seal.json     from what those before were made, and their digests: they are not made twice
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from zhasyl.errors import OutputError, ScenarioError, SimulationError, ZhasylError
from zhasyl.files.output import check_writable
from zhasyl.files.paths import real_path
from zhasyl.files.sealed import digest
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.process.browser import find_browser, print_page
from zhasyl.reports.records import RunSummaries
from zhasyl.reports.study.summary import STUDY_FILE, Study, study_of
from zhasyl.reports.tables import write_csv
from zhasyl.runs.batch import OnDone
from zhasyl.runs.provenance import build
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, load_record, load_records, write_text
from zhasyl.text.language import CATALOGUES, ENGLISH, check_language, speaking
from zhasyl.text.words import plural

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from zhasyl.reports.exports.groups import Group

COMPARISON_FILE = "comparison.json"
MOVEMENTS_FILE = "movements.csv"
SEAL_FILE = "report.seal.json"
PAGE = "report.html"
PDF = "report.pdf"
PRODUCTS = (PAGE, "runs.csv", "comparisons.csv", MOVEMENTS_FILE)


@dataclass(frozen=True)
class Terms:
    """How runs are compared: with which controller, from which effect on, at which confidence; a study has a title."""

    baseline: str
    min_effect: float = 0.0
    confidence: float = 0.95
    title: str = ""


@dataclass(frozen=True)
class Results:
    """The runs of a comparison, those that failed too (`done` is False), the differences, and the page."""

    records: list[RunRecord]
    comparisons: list[Comparison]
    page: Path
    title: str = ""  # of a study


def conclude(out: Path, records: list[RunRecord], terms: Terms, lang: str = ENGLISH) -> Results:
    """Note which runs were asked for, compare them, write CSV files and page, which is in the language `lang`.

    Raises OutputError for what cannot be written, and SimulationError (for a wrong input ScenarioError) if all failed.
    """
    folders = [record.folder.relative_to(real_path(out)).as_posix() for record in records]
    write_text(out / COMPARISON_FILE, json.dumps({**asdict(terms), "runs": folders}, indent=1) + "\n")
    return _written(out, records, terms, lang)


def loading_early(on_done: OnDone) -> OnDone:
    """The same; once a run is done, what draws the page is imported while others go on. It takes a second."""

    def done(spec: RunSpec, record: RunRecord) -> None:
        on_done(spec, record)
        import zhasyl.reports.html  # noqa: F401

    return done


def report(
    folder: str | Path,
    baseline: str = "",
    formats: str | Iterable[str] = (),
    pdf: bool = False,
    lang: str = ENGLISH,
) -> Results:
    """Compare the stored runs of a folder and write its CSV files and page, as `zhasyl report` does; nothing is run.

    They are the runs and terms of the last comparison there, or every run there is; `baseline` is a controller's label.
    `formats` (csv, parquet, xlsx, latex) are those in which the page's tables are written into tables/; `pdf` writes
    report.pdf. Page, workbook and LaTeX are in the language `lang`: en, kk or ru. Raises OutputError for a folder
    without runs, a damaged record, an unknown baseline, format or language.
    """
    from zhasyl.reports.exports.table_files import parse_formats

    folder, kinds = Path(folder), parse_formats(formats)
    check_language(lang)
    if pdf:
        find_browser()
    records, terms = against(folder, baseline)
    check_writable(folder)
    results = _written(folder, records, terms, lang)
    with speaking_of([record.values for record in records], lang):
        _export(folder, results, kinds)
    if pdf:
        print_page(results.page, folder / PDF)
    return results


def _export(folder: Path, results: Results, formats: Sequence[str]) -> None:
    if formats:
        from zhasyl.reports.exports.page_tables import page_tables
        from zhasyl.reports.exports.table_files import write_tables

        write_tables(folder, lambda: page_tables(*_shown(results.records, results.comparisons, results.title)), formats)


def speaking_of(records: Iterable[Mapping[str, object]], lang: str) -> "AbstractContextManager[None]":
    """Within it a language is spoken, with the names of places that the runs' scenarios know in it."""
    from zhasyl.reports.languages.places import places_of

    return speaking(lang, places_of(records, lang))


def shown_of(folder: str | Path, baseline: str = "") -> "tuple[list[Group], Study]":
    """What the page of stored runs shows by situation, and of the study; nothing is written. Raises as `report`."""
    records, terms = against(Path(folder), baseline)
    _refuse_all_failed(records)
    return _shown(records, compared(records, terms), terms.title, short=True)


def _shown(
    records: Sequence[RunRecord], comparisons: Sequence[Comparison], title: str, short: bool = False
) -> "tuple[list[Group], Study]":
    from zhasyl.reports.diagrams.evidence import tables_of
    from zhasyl.reports.exports.groups import groups

    values = [record.values for record in records]
    study = study_of(values, comparisons, title)
    tables = tables_of({record["key"]: record for record in records})
    own = study.records_shown(values), study.comparisons_shown(comparisons)
    return groups(*own, summaries_of(records), tables, short), study


def summaries_of(records: Sequence[RunRecord]) -> RunSummaries:
    """The summaries of runs, each read once."""
    by_key = {record["key"]: record for record in records}
    read = cache(lambda key: by_key[key].summary())
    return lambda record: read(str(record["key"]))


def stored_runs(folder: Path) -> tuple[list[RunRecord], Terms]:
    """The runs and terms of the last comparison in a folder, or every run there is. Raises OutputError for none."""
    if not folder.is_dir():
        raise OutputError(f"no folder {folder}; give the --out folder of an earlier compare or run")
    asked, names = last_comparison(folder)
    records = _records(folder, names)
    if not records:
        raise OutputError(f"no run records in {folder}; run 'zhasyl compare' with --out {folder} first")
    return records, asked


def against(folder: Path, baseline: str) -> tuple[list[RunRecord], Terms]:
    """As `stored_runs`, compared with a controller's label. Raises OutputError for one that has no runs there."""
    records, asked = stored_runs(folder)
    refuse_two_sumos(folder, records)
    labels = list(dict.fromkeys(record["label"] for record in records))
    chosen = baseline or (asked.baseline if asked.baseline in labels else labels[0])
    if chosen not in labels:
        raise OutputError(f"no runs of baseline '{chosen}' in {folder}; it has {', '.join(labels)}")
    return records, replace(asked, baseline=chosen)


def refuse_two_sumos(folder: Path, records: Iterable[RunRecord]) -> None:
    """Raise OutputError for them: two versions of SUMO drive differently, and that would pass for the controllers'."""
    if len(found := sorted({str((record.values.get("versions") or {}).get("sumo", "")) for record in records})) > 1:
        raise OutputError(
            f"{folder} has runs of SUMO {' and '.join(found)}; compare each SUMO's into a folder of its own (--out)"
        )


def compared(records: Sequence[RunRecord], terms: Terms) -> list[Comparison]:
    """Every controller against the baseline, in every situation."""
    values = [record.values for record in records]
    return compare_all(values, terms.baseline, min_effect=terms.min_effect, confidence=terms.confidence)


def _written(out: Path, records: list[RunRecord], terms: Terms, lang: str) -> Results:
    _refuse_all_failed(records)
    comparisons = compared(records, terms)
    _write_once(out, records, comparisons, terms, lang)
    return Results(records, comparisons, out / PAGE, terms.title)


def _refuse_all_failed(records: Sequence[RunRecord]) -> None:
    """Raise when no run has anything to show: what the first one's input lacks, or why it failed."""
    if not records or any(record.done for record in records):
        return
    first = records[0]
    if first["error"] in (kind.__name__ for kind in ZhasylError.__subclasses__() if kind is not SimulationError):
        raise ScenarioError(first["reason"])
    raise SimulationError(f"all {plural(len(records), 'run')} failed; {first['command']}: {first['reason']}")


def _write_once(
    out: Path, records: Sequence[RunRecord], comparisons: Sequence[Comparison], terms: Terms, lang: str
) -> None:
    """Write the CSV files and the page, unless this code wrote them from the same records and terms."""
    inputs = [
        version("zhasyl"),
        build(),
        _templates(lang),
        lang,
        asdict(terms),
        [[record["key"], record["started_at"]] for record in records],
    ]
    sealed = _seal(out, inputs)
    if sealed and sealed == _read(out / SEAL_FILE):
        return
    from zhasyl.reports.diagrams.evidence import tables_of
    from zhasyl.reports.html import write_report
    from zhasyl.reports.movements.rows import write_movements
    from zhasyl.reports.study.files import write_study

    by_key = {record["key"]: record for record in records}
    summaries = summaries_of(records)
    values = [record.values for record in records]
    study = study_of(values, comparisons, terms.title)
    write_csv(values, comparisons, out)
    write_study(study, out)
    write_movements(values, summaries, out / MOVEMENTS_FILE)
    with speaking_of(values, lang):
        write_report(out, values, comparisons, summaries, tables=tables_of(by_key), study=study)
    write_text(out / SEAL_FILE, _seal(out, inputs))


def _templates(lang: str) -> str:
    """Digest of what the page is made from beside Python."""
    total = sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.html")), *CATALOGUES.glob(f"{lang}.po")]:
        total.update(path.read_bytes())
    return total.hexdigest()


def _seal(out: Path, inputs: object) -> str:
    """What was presented, as a digest, and what came of it, as digests of the files; '' without them."""
    try:
        names = [*PRODUCTS, *(path.name for path in [out / STUDY_FILE] if path.exists())]
        files = {name: digest(out / name) for name in names}
    except OSError:
        return ""
    seal = {"inputs": sha256(json.dumps(inputs).encode()).hexdigest(), "files": files}
    return json.dumps(seal, indent=1) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _records(folder: Path, names: Sequence[str]) -> list[RunRecord]:
    """The runs of the last comparison, or every run there is; a comparison is never shown without one of its runs."""
    found = {name: load_record(folder / name, tables=False) for name in names}
    for name, record in found.items():
        if record is None:
            raise OutputError(f"the record {folder / name} is missing or damaged; run the same comparison again")
    return [record for record in found.values() if record is not None] or load_records(folder, tables=False)


def last_comparison(folder: Path) -> tuple[Terms, list[str]]:
    """Terms and run folders of the last comparison; runs outside the folder are not read."""
    try:
        asked = json.loads((folder / COMPARISON_FILE).read_text(encoding="utf-8"))
        names = [str(name) for name in asked["runs"]]
        inside = [name for name in names if (folder / name).resolve().is_relative_to(folder.resolve())]
        terms = Terms(str(asked["baseline"]), float(asked["min_effect"]), float(asked["confidence"]))
        return replace(terms, title=str(asked.get("title", ""))), inside
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Terms(""), []
