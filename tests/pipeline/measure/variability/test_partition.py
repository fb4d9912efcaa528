import numpy as np
import pytest
from astropy.stats import bayesian_blocks

from pipeline.measure.variability.partition import change_points


@pytest.mark.parametrize("events", [3, 40, 400])
@pytest.mark.parametrize("false_alarm", [0.001, 0.05])
def test_it_finds_the_change_points_of_astropy(events: int, false_alarm: float) -> None:
    rng = np.random.default_rng(events)
    burst = rng.uniform(300.0, 310.0, events // 3)
    times = np.sort(np.concatenate([rng.uniform(0.0, 1000.0, events), burst]))
    number = rng.integers(1, 4, len(times)).astype(float)
    expected = bayesian_blocks(times, number, fitness="events", p0=false_alarm)[1:-1]
    assert change_points(times, number, false_alarm) == pytest.approx(expected)


def test_fewer_than_three_events_do_not_change() -> None:
    assert len(change_points(np.array([1.0, 2.0]), np.ones(2), 0.001)) == 0
