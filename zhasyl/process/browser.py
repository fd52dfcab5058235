"""A page printed by Chromium, which is no part of zhasyl: without a window, the network or the user's own profile."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from zhasyl.errors import OutputError
from zhasyl.files.paths import real_path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LIMIT_S = 300
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # a container's is small
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # a page needs nothing from outside
)
PDF_BEGIN, PDF_END = b"%PDF-", b"%%EOF"


def find_browser() -> str:
    """The program that prints pages. Raises OutputError."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise OutputError(f"a PDF needs one of {', '.join(BROWSERS)} on the PATH; install one, or print report.html")
    return found


def print_page(page: Path, pdf: Path) -> Path:
    """Print a page by its own print style into a PDF, whole or not at all. Raises OutputError."""
    browser = find_browser()
    try:
        with tempfile.TemporaryDirectory(prefix=".print-", dir=pdf.parent) as folder:
            made = Path(folder) / "page.pdf"
            said = _run([browser, *FLAGS, *_unboxed(), f"--user-data-dir={Path(folder, 'profile').absolute()}",
                         f"--print-to-pdf={made.absolute()}", real_path(page).as_uri()])  # fmt: skip
            if not _is_whole(made):
                raise OutputError(f"{browser} made no PDF of {page}: {_last(said)}; print the page in a browser")
            os.replace(made, pdf)
    except OSError as error:
        raise OutputError(f"cannot print {page}: {error.strerror or error}; print it in a browser") from None
    return pdf


def _unboxed() -> list[str]:
    """Chromium refuses to start its sandbox as root, as in most containers."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _run(command: list[str]) -> str:
    """Run a program and those it starts to their end; what it said. Raises OutputError and OSError."""
    with subprocess.Popen(  # noqa: S603  a browser found on the PATH with our own arguments
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, said = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            raise OutputError(f"{command[0]} did not print within {LIMIT_S} s; print the page in a browser") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return said.decode("utf-8", "replace")


def _is_whole(made: Path) -> bool:
    if not made.is_file():
        return False
    data = made.read_bytes()
    return data.startswith(PDF_BEGIN) and PDF_END in data[-1024:]


def _last(said: str) -> str:
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
