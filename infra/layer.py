"""The layer of the papers: the typesetter for the processor of the cloud, and the typeface.

Everything in it is pinned: the wheel by `requirements-papers.txt`, the typeface by `fonts.py`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from infra import fonts

ROOT = Path(__file__).parent.parent
PINNED = ROOT / "requirements-papers.txt"
PLATFORM = "manylinux2014_aarch64"
PYTHON = "python"  # below /opt: where Lambda's Python looks for packages
FONTS = "fonts"  # below /opt: see PAPER_FONTS in template.py


class Missing(Exception):
    """Why the layer cannot be made, in one sentence."""


def check() -> None:
    """Raises Missing where there is no typeface."""
    if not (fonts.FOLDER / "characters.txt").exists():
        raise Missing("The typeface of the papers is not here: run `make fonts` (needs npm).")


def gather(folder: Path) -> None:
    """Put everything that is to lie below /opt into a folder. Raises Missing."""
    check()
    _install(folder / PYTHON)
    shutil.copytree(fonts.FOLDER, folder / FONTS)


def _install(folder: Path) -> None:
    """The pinned wheel for arm64, whatever this machine is; nothing is built here."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    only = ["--only-binary", ":all:", "--no-deps", "--no-compile"]
    where = ["--platform", PLATFORM, "--python-version", version, "--target", str(folder)]
    run = subprocess.run([*pip, *only, *where, "-r", str(PINNED)], capture_output=True, text=True)
    if run.returncode != 0:
        last_words = run.stderr.strip().splitlines()[-1]
        raise Missing(f"pip could not fetch the typesetter for {PLATFORM}: {last_words}")
