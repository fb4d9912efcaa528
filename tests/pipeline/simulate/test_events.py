from typing import Any

import numpy as np
import pytest

from pipeline.simulate import detector, events
from pipeline.simulate.events import EventList


def near(exposed: Any, listed: EventList, index: int, radius_arcsec: float) -> np.ndarray:
    source = exposed.observation.sources[index]
    place = np.array(source.ra_deg), np.array(source.dec_deg)
    west, north = detector.project_arcmin(*place, exposed.observation.pointing)
    x, y = detector.sky_pixels(west), detector.sky_pixels(north)
    return np.hypot(listed.x - x, listed.y - y) * 0.05 < radius_arcsec


def test_a_bright_source_has_the_counts_that_its_flux_predicts(exposed: Any) -> None:
    source, camera = exposed.observation.sources[0], exposed.m1.camera
    expected = events.expected_counts(source, exposed.observation, camera)
    found = near(exposed, exposed.m1, 0, 60.0).sum()
    assert found == pytest.approx(0.93 * expected, rel=0.15)


def test_events_are_sorted_in_time_and_inside_the_good_times(exposed: Any) -> None:
    listed = exposed.pn
    assert np.all(np.diff(listed.time_s) >= 0)
    for chip, intervals in listed.gtis_s.items():
        times = listed.time_s[listed.chip == chip]
        inside = [(times >= start) & (times < stop) for start, stop in intervals]
        assert np.any(inside, axis=0).all()


def test_the_standard_filter_has_something_to_drop(exposed: Any) -> None:
    for listed, mask in ((exposed.m1, 0x766BA000), (exposed.pn, 0xCFA0000)):
        bad = ((listed.flag & mask) != 0) | (listed.pattern > listed.camera.max_pattern)
        assert 0.03 < bad.mean() < 0.4


def test_the_flare_lifts_the_curve_above_its_cut_and_quiet_time_stays_below(exposed: Any) -> None:
    curve = events.flare_curve(exposed.m1, exposed.observation)
    flare = exposed.observation.flare
    distance = np.abs(curve.time_s - exposed.observation.start_s - flare.centre_s) / flare.width_s
    assert np.nanmin(curve.rate[distance < 0.5]) > curve.threshold
    quiet = curve.rate[(distance > 4) & np.isfinite(curve.rate)]
    assert np.mean(quiet > curve.threshold) < 0.01


def test_the_flare_curve_says_where_nothing_was_exposed(exposed: Any) -> None:
    curve = events.flare_curve(exposed.pn, exposed.observation)
    assert np.isnan(curve.rate[curve.fraction_exposed == 0]).all()
    assert (curve.fraction_exposed == 0).sum() * curve.bin_s == pytest.approx(events.GAP_S, abs=40)


def test_pn_starts_later_than_mos(exposed: Any) -> None:
    delay = exposed.pn.time_s[0] - exposed.m1.time_s[0]
    assert delay == pytest.approx(1400.0, abs=20)


def test_dropping_the_flare_costs_its_time_and_no_more(exposed: Any) -> None:
    curve = events.flare_curve(exposed.m1, exposed.observation)
    lost = exposed.m1.live_time_s(1) - events.screened_live_time_s(exposed.m1, curve, 1)
    assert 2 * exposed.observation.flare.width_s < lost < 6 * exposed.observation.flare.width_s
