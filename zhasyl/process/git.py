"""Which commit a folder is at, for baselines and what is said of them."""

import subprocess
from pathlib import Path
from shutil import which

LONGEST_S = 10.0


def commit_of(folder: Path) -> str:
    """The short name of the commit checked out, with a + where files differ from it; '' outside a repository."""
    git = which("git")
    if git is None:
        return ""
    name = _said(git, folder, "rev-parse", "--short=12", "HEAD")
    if not name:
        return ""
    return f"{name}+" if _said(git, folder, "status", "--porcelain", "--untracked-files=no") else name


def _said(git: str, folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  git found on the PATH with our own arguments
            [git, "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # names of files in another encoding, where core.quotePath is off
            timeout=LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
