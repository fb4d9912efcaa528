import base64
import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings

FOLDERS = sorted((settings.BASE_DIR / "static" / "vendor").iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_what_was_published(folder: Path) -> None:
    stated = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    present = {path.name for path in folder.iterdir()} - {"VENDOR.json"}
    assert folder.name == f"{stated['name']}-{stated['version']}"
    assert stated["files"].keys() == present
    for name, integrity in stated["files"].items():
        digest = hashlib.sha384((folder / name).read_bytes()).digest()
        assert integrity == f"sha384-{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_come_with_their_licence(folder: Path) -> None:
    stated = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    assert stated["licence"]
    assert (folder / stated["licence_file"]).is_file()
