import csv
import io
from typing import Any

import numpy as np

from pipeline.simulate import tables
from pipeline.simulate.reference import draw_reference


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_source_list_holds_positions_only(exposed: Any) -> None:
    listed = rows(tables.sources_csv(exposed.observation))
    assert len(listed) == 6
    assert set(listed[0]) == {"name", "ra_deg", "dec_deg"}


def test_counterparts_lie_near_their_sources(exposed: Any) -> None:
    text = tables.counterparts_csv(exposed.observation, np.random.default_rng(15))
    found = np.array([(float(r["ra_deg"]), float(r["dec_deg"])) for r in rows(text)])
    near = 0
    for source in exposed.observation.sources:
        offset = (found - (source.ra_deg, source.dec_deg)) * (np.cos(np.radians(source.dec_deg)), 1.0)
        near += bool(np.hypot(*offset.T).min() * 3600 < 4)
    assert 1 <= near <= 6
    assert len(found) == tables.UNRELATED_OBJECTS + near


def test_a_counterpart_row_has_at_least_one_measurement(exposed: Any) -> None:
    text = tables.counterparts_csv(exposed.observation, np.random.default_rng(15))
    measured = tables.COUNTERPART_COLUMNS[2:]
    assert all(any(row[name] for name in measured) for row in rows(text))


def test_the_truth_names_every_source_with_its_class(exposed: Any) -> None:
    truth = rows(tables.truth_csv([exposed.observation]))
    assert {row["class"] for row in truth} <= {"agn", "star", "xrb", "cv"}
    assert all(float(row["flux_8_cgs"]) > 0 and row["kind"] and row["continuum"] for row in truth)


def test_the_labelled_sample_is_marked_simulated() -> None:
    listed = rows(tables.reference_csv(draw_reference(40, np.random.default_rng(16))))
    assert {row["Class"] for row in listed} == {"AGN", "star", "XRB", "CV"}
    assert all(row["name"].startswith("SIM J") and row["simulated"] == "1" for row in listed)
    assert any(row["log_lx"] == "" for row in listed)
