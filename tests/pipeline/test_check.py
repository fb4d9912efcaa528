import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.check import check_manifest
from pipeline.errors import DamagedManifest
from pipeline.manifest import read_manifest
from pipeline.run import RunRequest, run


@pytest.fixture
def out(field_folder: Path, tmp_path: Path) -> Path:
    run(RunRequest((field_folder,), tmp_path / "out"))
    return tmp_path / "out"


def rewrite(out: Path, change) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    change(manifest)
    (out / "manifest.json").write_text(json.dumps(manifest))


def test_a_whole_manifest_passes(out: Path, capsys) -> None:
    assert main(["check", str(out / "manifest.json")]) == 0
    assert main(["check", str(out)]) == 0
    assert "2 sources, 8 products: all well" in capsys.readouterr().out


def test_a_changed_and_a_missing_file_are_listed(out: Path, capsys) -> None:
    pictures = sorted(out.rglob("*.png"))
    pictures[0].write_bytes(b"changed")
    pictures[1].unlink()
    assert main(["check", str(out)]) == 1
    message = capsys.readouterr().err
    assert "has changed" in message
    assert "cannot be read" in message


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other/1"}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str, capsys) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DamagedManifest, match="again"):
        read_manifest(tmp_path)
    assert main(["check", str(tmp_path)]) == 1
    assert "error:" in capsys.readouterr().err


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedManifest, match="cannot be read"):
        read_manifest(tmp_path / "none.json")


def test_every_missing_part_is_named(out: Path) -> None:
    rewrite(out, lambda manifest: manifest["sources"][1].pop("ra_deg"))
    assert check_manifest(read_manifest(out), out) == ["sources[1]: ra_deg is missing"]
    rewrite(out, lambda manifest: manifest.update(inputs="none"))
    assert check_manifest(read_manifest(out), out) == ["manifest: inputs has the wrong type"]


def test_a_feature_that_is_no_number_is_named(out: Path) -> None:
    rewrite(out, lambda manifest: manifest["sources"][0]["features"].update(hr1="soft"))
    assert check_manifest(read_manifest(out), out) == ["sources[0].features: hr1 is not a number or null"]


def test_a_product_outside_the_folder_is_refused(out: Path) -> None:
    rewrite(out, lambda manifest: manifest["sources"][0]["products"][0].update(path="../secret"))
    assert check_manifest(read_manifest(out), out) == ["../secret: points outside the folder of the manifest"]
