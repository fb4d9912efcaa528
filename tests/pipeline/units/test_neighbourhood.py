import numpy as np
import pytest

from pipeline.config import RunConfig
from pipeline.measure.apertures import Surroundings, camera_of, cut_patch
from pipeline.measure.cleaning import clean_events
from pipeline.measure.exposure import from_events
from pipeline.readers.events import read_events
from pipeline.units.neighbourhood import EventIndex


@pytest.fixture
def camera(write_events):
    events = clean_events(read_events(write_events())).events
    return camera_of(events, [from_events(events)])


@pytest.mark.parametrize("place", [(150.0, 2.0), (150.1, 2.1), (149.85, 1.87)])
def test_the_index_finds_what_the_whole_list_holds(camera, place) -> None:
    x, y = (float(v[0]) for v in camera.events.frame.to_pixel(*place))
    few = EventIndex(camera).about(*place)
    whole, found = camera.near(x, y, 2400.0), few.near(x, y, 2400.0)
    assert np.array_equal(np.sort(camera.events.time[whole]), np.sort(few.events.time[found]))
    assert len(few.events) < len(camera.events)


def test_a_place_far_away_has_no_events(camera) -> None:
    index = EventIndex(camera)
    assert [len(index.about(*place).events) for place in ((151.0, 2.0), (330.0, -2.0))] == [0, 0]


def test_a_patch_is_the_same_either_way(camera) -> None:
    source = Surroundings(150.0, 2.0, np.zeros((0, 2)))
    patches = [cut_patch(one, source, RunConfig()) for one in (camera, EventIndex(camera).about(150.0, 2.0))]
    assert patches[0].live_s == patches[1].live_s
    assert np.array_equal(np.sort(patches[0].source_time_s), np.sort(patches[1].source_time_s))
    assert np.array_equal(patches[0].effective_s, patches[1].effective_s)
