import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.imports.sources import store_sources
from claxson.catalogue.ingest import ingest_manifest
from claxson.catalogue.models import Detection, Observation, Product, Source
from claxson.catalogue.store import stored_path

pytestmark = pytest.mark.django_db


def change(folder: Path, **keys: Any) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | keys))


def change_source(folder: Path, **keys: Any) -> None:
    """In the first source."""
    sources = json.loads((folder / "manifest.json").read_text())["sources"]
    change(folder, sources=[sources[0] | keys, *sources[1:]])


def change_product(folder: Path, **keys: Any) -> None:
    """In the first source's first product."""
    products = json.loads((folder / "manifest.json").read_text())["sources"][0]["products"]
    change_source(folder, products=[products[0] | keys, *products[1:]])


def test_a_run_is_stored_with_its_files(manifest_folder: Path) -> None:
    report = ingest_manifest(path=manifest_folder / "manifest.json")
    assert (report.added, report.refusals) == (2, ())
    assert Observation.objects.get().cameras == {"PN": {"exposure_s": 1e4}}
    source = Source.objects.get(name="CLX J000000.0+000000")
    assert (source.origin, source.features) == ("pipeline", {"hr1": 0.25, "gal_lat_deg": -12.5})
    cutout = Product.objects.get(kind="cutout")
    assert stored_path(cutout.sha256).read_bytes() == b"png of a"
    assert (Detection.objects.count(), cutout.meta) == (2, {"pixel_arcsec": 4.35})


def test_the_folder_stands_for_its_manifest_and_twice_changes_nothing(manifest_folder: Path) -> None:
    ingest_manifest(path=manifest_folder)
    report = ingest_manifest(path=manifest_folder)
    assert report.counts == {"added": 0, "changed": 0, "unchanged": 2, "refused": 0}


def test_a_new_product_changes_its_source_only(manifest_folder: Path) -> None:
    ingest_manifest(path=manifest_folder)
    (manifest_folder / "b.png").write_bytes(b"png of b")
    change_product(manifest_folder, path="b.png", sha256=hashlib.sha256(b"png of b").hexdigest())
    report = ingest_manifest(path=manifest_folder)
    assert (report.changed, report.unchanged) == (1, 1)
    assert stored_path(Product.objects.get(kind="cutout").sha256).read_bytes() == b"png of b"


def test_a_feature_that_is_no_longer_measured_goes(manifest_folder: Path) -> None:
    ingest_manifest(path=manifest_folder)
    change_source(manifest_folder, features={"hr1": None, "hr2": 0.5})
    ingest_manifest(path=manifest_folder)
    source = Source.objects.get(name="CLX J000000.0+000000")
    assert source.features == {"hr2": 0.5, "gal_lat_deg": -12.5}


EPOCH = {
    "obsid": "0123456701",
    "detected": True,
    "mjd_start": 55000.0,
    "mjd_stop": 55000.5,
    "flux_8_cgs": 1e-14,
    "flux_8_cgs_err": 1e-15,
    "upper_limit_8_cgs": None,
}


def test_the_history_is_stored_and_a_table_without_one_leaves_it(manifest_folder: Path) -> None:
    change_source(manifest_folder, history={"epochs": [EPOCH | {"listed": True}], "facts": {}})
    ingest_manifest(path=manifest_folder)
    name = "CLX J000000.0+000000"
    assert Source.objects.get(name=name).history == [EPOCH]
    store_sources([Source(name=name, origin="labels", ra_deg=10.0, dec_deg=-20.0)], stored_wins=True)
    assert Source.objects.get(name=name).history == [EPOCH]


def test_a_damaged_product_refuses_its_source_and_no_other(manifest_folder: Path) -> None:
    (manifest_folder / "a.png").write_bytes(b"png of A")
    report = ingest_manifest(path=manifest_folder)
    (refusal,) = report.refusals
    assert (refusal.row, report.added) == (1, 1)
    assert refusal.reason.startswith("CLX J000000.0+000000: product a.png: the file is damaged")
    assert not Product.objects.exists()


@pytest.mark.parametrize("path", ["../outside.png", "/etc/hostname", "link.png"])
def test_a_path_that_leaves_the_folder_is_refused(manifest_folder: Path, path: str) -> None:
    outside = manifest_folder.parent / "outside.png"
    outside.write_bytes(b"png of a")
    (manifest_folder / "link.png").symlink_to(outside)
    change_product(manifest_folder, path=path)
    (refusal,) = ingest_manifest(path=manifest_folder).refusals
    assert "leaves the manifest's folder" in refusal.reason


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"path": "missing.png"}, "no such file"),
        ({"kind": "movie"}, "not one of"),
        ({"media_type": "text/html"}, "must be image/png"),
        ({"obsid": "9999999999"}, "not in the manifest's list"),
        ({"sha256": "abc"}, "not a sha256"),
    ],
)
def test_a_product_that_is_not_as_agreed_is_refused(
    manifest_folder: Path, keys: dict[str, str], reason: str
) -> None:
    change_product(manifest_folder, **keys)
    (refusal,) = ingest_manifest(path=manifest_folder).refusals
    assert reason in refusal.reason


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"ra_deg": None}, "no position"),
        ({"dec_deg": 95.0}, "no position"),
        ({"name": ""}, "name is ''"),
        ({"features": {"hr1": "soft"}}, "hr1 is 'soft', not a number"),
        ({"name": "CLX J000001.0+000000"}, "stands in the list before"),
        ({"history": {"epochs": [{"obsid": "1"}]}}, "observation 1 is not in the manifest's list"),
    ],
)
def test_a_source_that_is_not_as_agreed_is_refused(
    manifest_folder: Path, keys: dict[str, Any], reason: str
) -> None:
    change_source(manifest_folder, **keys)
    report = ingest_manifest(path=manifest_folder)
    assert [reason in refusal.reason for refusal in report.refusals] == [True]
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,ra\n", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"schema": "other/1"}', "its schema is 'other/1'"),
        ('{"schema": "claxson.manifest/1", "observations": [], "sources": []}', "lists no sources"),
        ('{"schema": "claxson.manifest/1", "observations": [{}]}', "obsid is None"),
    ],
)
def test_what_is_not_a_manifest_is_refused_whole(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(UnusableFile, match=message):
        ingest_manifest(path=path)
    assert not Observation.objects.exists()


def test_simulated_is_carried_to_every_row(manifest_folder: Path) -> None:
    change(manifest_folder, simulated=True)
    ingest_manifest(path=manifest_folder)
    assert Observation.objects.get().simulated
    assert set(Source.objects.values_list("simulated", flat=True)) == {True}


def test_a_simulated_source_does_not_replace_a_real_one(manifest_folder: Path) -> None:
    Source.objects.create(name="CLX J000000.0+000000", origin="pipeline", ra_deg=1, dec_deg=1)
    change(manifest_folder, simulated=True)
    (refusal,) = ingest_manifest(path=manifest_folder).refusals
    assert "a real source of that name is stored" in refusal.reason
    assert Source.objects.get(name="CLX J000000.0+000000").ra_deg == 1


def test_a_simulated_observation_does_not_replace_a_real_one(manifest_folder: Path) -> None:
    ingest_manifest(path=manifest_folder)
    change(manifest_folder, simulated=True)
    with pytest.raises(UnusableFile, match="one of the two is simulated"):
        ingest_manifest(path=manifest_folder)
    assert not Observation.objects.get().simulated
