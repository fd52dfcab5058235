"""The matrix of a study as a CSV file beside the page."""

from pathlib import Path

from zhasyl.errors import OutputError
from zhasyl.reports.exports.named import Stack
from zhasyl.reports.exports.table_files import csv_files
from zhasyl.reports.study.summary import STUDY_FILE, Study
from zhasyl.reports.study.tables import matrix
from zhasyl.runs.store import write_text


def write_study(study: Study, folder: Path) -> None:
    """Write study.csv; where there is no matrix, take away that of an earlier study. Raises OutputError."""
    tables = matrix(study)
    for _, data in csv_files([Stack(tables)] if tables else []):
        write_text(folder / STUDY_FILE, data.decode("utf-8"))
    if not tables:
        try:
            (folder / STUDY_FILE).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {folder / STUDY_FILE}: {error.strerror}; remove it") from None
