"""One situation of a study in full, on a page of its own: what the page of a large study leaves out."""

from pathlib import Path

from zhasyl.errors import OutputError, unknown_name
from zhasyl.files.output import check_writable
from zhasyl.optimise.statistics.comparison import situation
from zhasyl.reports.exports.named import stems
from zhasyl.reports.results import Results, against, compared, speaking_of, summaries_of
from zhasyl.reports.study.summary import study_of
from zhasyl.text.language import ENGLISH, check_language


def report_scenario(folder: str | Path, name: str, baseline: str = "", lang: str = ENGLISH) -> Results:
    """Write report-NAME.html of a scenario with its variant, as the page of the study calls it; nothing is run.

    Its verdicts are those of the study: p-values stay corrected for all its comparisons. Raises OutputError as
    `report` does, and for a name that is not there.
    """
    folder, lang = Path(folder), check_language(lang)
    records, terms = against(folder, baseline)
    check_writable(folder)
    comparisons = compared(records, terms)
    study = study_of([record.values for record in records], comparisons, terms.title)
    known = [place.name for place in study.situations]
    if name not in known:
        raise OutputError(unknown_name("scenario", name, known))
    at = known.index(name)
    place = study.situations[at].place
    runs = [record for record in records if situation(record.values) == place]
    own = [one for one in comparisons if one.situation == place]
    page = folder / f"report-{stems([name])[0]}.html"
    from zhasyl.reports.diagrams.evidence import tables_of
    from zhasyl.reports.html import write_report

    tables = tables_of({record["key"]: record for record in runs})
    values = [run.values for run in runs]
    with speaking_of(values, lang):
        write_report(folder, values, own, summaries_of(runs), page.name, tables, study.of(at))
    return Results(runs, own, page)
