"""What every test can ask for; what a machine lacks skips with its reason, and fails where CI=true."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = os.environ.get("CI") == "true"


def lacking(reason: str) -> None:
    if REQUIRED:
        pytest.fail(f"{reason} (CI=true requires it)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real XMM files."""
    folder = Path(os.environ.get("CLAXSON_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        lacking("no real data: set CLAXSON_REAL_DATA to the folder of real XMM files")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        lacking("no Chromium: install Debian's package chromium, or set CHROMIUM")
    return str(found)
