import numpy as np
import pytest

from pipeline.measure.apertures import camera_of
from pipeline.measure.cleaning import clean_events
from pipeline.measure.detect import detect_sources, make_field
from pipeline.measure.exposure import from_events
from pipeline.readers.events import read_events

ARCSEC = 1.0 / 3600.0


@pytest.fixture
def found(write_events, recipe):
    made = recipe(sources=((0.0, 0.0, 300), (200.0, -100.0, 60), (-250.0, 150.0, 40)), background=4000)
    events = clean_events(read_events(write_events(made))).events
    return detect_sources(make_field([camera_of(events, [from_events(events)])]), 17.0)


def test_every_source_is_found_and_nothing_else(found) -> None:
    assert len(found) == 3
    assert found[0].likelihood > found[1].likelihood >= found[2].likelihood > 17.0


def test_positions_are_good_to_a_few_arcsec(found) -> None:
    east = [(one.ra_deg - 150.0) * np.cos(np.deg2rad(2.0)) / ARCSEC for one in found]
    north = [(one.dec_deg - 2.0) / ARCSEC for one in found]
    assert sorted(east) == pytest.approx([-250.0, 0.0, 200.0], abs=4.0)
    assert sorted(north) == pytest.approx([-100.0, 0.0, 150.0], abs=4.0)
