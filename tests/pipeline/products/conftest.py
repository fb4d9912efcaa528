"""A faint source with a brighter one beside it, cut out."""

import numpy as np
import pytest

from pipeline.config import RunConfig
from pipeline.measure.apertures import camera_of
from pipeline.measure.cleaning import clean_events
from pipeline.measure.exposure import from_events
from pipeline.products.cutout import make_cutout
from pipeline.readers.events import read_events

ARCSEC = 1.0 / 3600.0


@pytest.fixture
def place():
    """Where the faint source is."""
    return (150.0 + 200 * ARCSEC / np.cos(np.deg2rad(2.0)), 2.0 + 100 * ARCSEC)


@pytest.fixture
def camera(write_events, recipe):
    """A source of 80 counts and one of 800, 60 arcsec to its north-east."""
    made = recipe(sources=((200.0, 100.0, 80), (242.0, 142.0, 800)))
    events = clean_events(read_events(write_events(made))).events
    return camera_of(events, [from_events(events)])


@pytest.fixture
def cutout(camera, place):
    return make_cutout([camera], *place, RunConfig())
