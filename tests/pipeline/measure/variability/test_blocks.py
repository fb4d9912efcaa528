from pathlib import Path

import numpy as np
import pytest

from pipeline.measure.goodtime import good_time
from pipeline.measure.variability.blocks import blocks_of_curve, blocks_of_events, flares
from pipeline.readers.lightcurves import read_rate_curve

LENGTH = 20_000.0


def events(rate: float, start: float, stop: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(start, stop, rng.poisson(rate * (stop - start)))


def test_a_constant_source_is_one_block() -> None:
    good = good_time([0.0], [LENGTH])
    number = [len(blocks_of_events(events(0.05, 0.0, LENGTH, seed), good).rate) for seed in range(60)]
    assert np.mean(np.array(number) > 1) < 0.1


@pytest.mark.parametrize("rate", [0.02, 0.5])
def test_a_flare_is_found_where_it_is(rate: float) -> None:
    times = np.concatenate([events(rate, 0.0, LENGTH, 1), events(5 * rate, 8000.0, 10_000.0, 2)])
    found = flares(blocks_of_events(times, good_time([0.0], [LENGTH])))
    assert len(found) == 1
    assert found[0].whole
    assert (found[0].start_s, found[0].stop_s) == pytest.approx((8000.0, 10_000.0), abs=400.0)


def test_a_gap_is_no_change_of_rate() -> None:
    times = np.concatenate([events(0.1, 0.0, 5000.0, 3), events(0.1, 15_000.0, LENGTH, 4)])
    blocks = blocks_of_events(times, good_time([0.0, 15_000.0], [5000.0, LENGTH]))
    assert len(blocks.rate) == 1
    assert blocks.exposure_s[0] == 10_000.0
    assert (blocks.start_s[0], blocks.stop_s[0]) == (0.0, LENGTH)


def test_no_event_is_lost() -> None:
    times = events(0.3, 0.0, LENGTH, 5)
    blocks = blocks_of_events(times, good_time([0.0], [LENGTH]))
    assert blocks.counts.sum() == len(times)
    assert blocks.exposure_s.sum() == pytest.approx(LENGTH)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_handful_of_events_is_one_block(number: int) -> None:
    times = np.linspace(5000.0, 15_000.0, number)
    blocks = blocks_of_events(times, good_time([0.0], [LENGTH]))
    assert blocks.counts.tolist() == [number]
    assert flares(blocks) == []


@pytest.mark.real_data
def test_the_four_eruptions_of_gsn_069_are_found(real_data: Path) -> None:
    curve = read_rate_curve(real_data / "gsn069" / "J011908-341133_lc_100_src.lc.gz")
    counts = np.rint(np.where(curve.usable(), curve.rate, 0.0) * curve.bin_s).astype(np.int64)
    start = curve.time_s - curve.time_s[0]
    exposure = np.where(curve.usable(), curve.fraction_exposed * curve.bin_s, 0.0)
    found = flares(blocks_of_curve(np.column_stack([start, start + curve.bin_s]), counts, exposure))
    # One more, a recurrence time earlier, was fading as the observation began.
    assert not found[0].whole
    assert [flare.peak_s / 1000.0 for flare in found[1:]] == pytest.approx([33.8, 65.3, 97.9, 129.5], abs=0.5)
