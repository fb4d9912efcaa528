"""The long-term curve: limits from observations that pointed at a source and do not list it."""

from pathlib import Path

import pytest

from pipeline.epochs import epoch, epoch_facts
from pipeline.run import RunRequest, run


@pytest.fixture
def folders(write_events, recipe) -> tuple[Path, ...]:
    """Two looks at one field: a source that is always there, and one that only the second list has."""
    made = []
    for number, sources in enumerate([((0.0, 0.0, 300),), ((0.0, 0.0, 300), (200.0, 100.0, 250))]):
        cards = {"OBS_ID": f"000000000{number}"}
        path = write_events(recipe(sources=sources, cards=cards, seed=number), folder=cards["OBS_ID"])
        made.append(path.parent)
    return tuple(made)


def history(source: dict) -> list[tuple[str, bool, bool]]:
    return [(one["obsid"], one["listed"], one["detected"]) for one in source["history"]["epochs"]]


def test_a_new_source_has_a_limit_from_before(folders, tmp_path: Path) -> None:
    sources = run(RunRequest(folders, tmp_path / "out")).manifest["sources"]
    new = next(source for source in sources if len(source["observations"]) == 1)
    assert history(new) == [("0000000000", False, False), ("0000000001", True, True)]
    before, after = new["history"]["epochs"]
    assert 0 < before["upper_limit_8_cgs"] < 0.5 * after["flux_8_cgs"]
    assert new["history"]["facts"]["n_detected"] == 1
    assert new["history"]["facts"]["max_over_min"] > 2


def test_a_lasting_source_is_steady(folders, tmp_path: Path) -> None:
    sources = run(RunRequest(folders, tmp_path / "out")).manifest["sources"]
    lasting = next(source for source in sources if len(source["observations"]) == 2)
    assert [seen for _, _, seen in history(lasting)] == [True, True]
    assert lasting["history"]["facts"]["max_over_min"] < 1.5


def test_a_look_is_kept_and_dropped_with_its_reason(folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(RunRequest(folders, out))
    kept = out / "observations" / "0000000000" / "looks.json"
    written = kept.stat().st_mtime_ns
    assert run(RunRequest(folders, out)).reused
    assert kept.stat().st_mtime_ns == written
    run(RunRequest(folders[:1], out))
    assert not kept.exists()


def test_an_epoch_without_flux_is_not_a_detection() -> None:
    when = {"obsid": "1", "mjd_start": 1.0, "mjd_stop": 2.0}
    nothing = epoch(when, {"flux_8_cgs": None, "flux_8_cgs_err": None, "flux_8_upper_cgs": None}, listed=True)
    assert not nothing["detected"]
    assert epoch_facts([nothing]) == {"n_epochs": 1, "n_detected": 0, "span_days": 1.0, "max_over_min": None}
