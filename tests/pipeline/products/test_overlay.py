from dataclasses import replace

import numpy as np
import pytest

from pipeline.config import RunConfig
from pipeline.measure.apertures import Surroundings, cut_patch
from pipeline.measure.goodtime import good_time
from pipeline.measure.lightcurve import make_light_curves
from pipeline.products.curves import lightcurve_document
from pipeline.products.overlay import make_overlay, overlay_facts

START = 1.0e8


@pytest.fixture
def patch(camera, place):
    """The bright neighbour, steady over ten thousand seconds."""
    beside = place[0] + 42 / 3600 / np.cos(np.deg2rad(2.0)), place[1] + 42 / 3600
    cut = cut_patch(camera, Surroundings(*beside, np.zeros((0, 2))), RunConfig())
    steady = START + np.random.default_rng(8).uniform(0, 10_000, len(cut.source_time_s))
    return replace(cut, source_time_s=steady)


def overlaid(patch, cut=((), ())):
    curves = make_light_curves([patch], 10.0)
    return make_overlay([patch], curves, good_time(*cut)), curves


def flaring(patch):
    """The same with a burst of as many events within 300 s."""
    more = START + 4000 + np.linspace(0, 300, len(patch.source_time_s))
    times = np.concatenate([patch.source_time_s, more])
    return replace(patch, source_time_s=times, source_ev=np.tile(patch.source_ev, 2))


def test_a_steady_source_is_one_block_at_its_mean_rate(patch) -> None:
    overlay, curves = overlaid(patch)
    facts = overlay_facts(overlay, curves)
    assert (facts["n_blocks"], facts["n_flares"]) == (1, 0)
    assert overlay.rate[0] == pytest.approx(np.nanmean(curves.cameras[0].rate), rel=0.02)
    assert abs(facts["trend_sigma"]) < 4


def test_a_flare_is_found_where_it_is(patch) -> None:
    overlay, curves = overlaid(flaring(patch))
    facts = overlay_facts(overlay, curves)
    assert facts["n_flares"] == 1
    assert facts["flare_over_mean"] > 5
    assert overlay.flares[0].start_s == pytest.approx(START + 4000, abs=30)


def test_times_are_counted_from_the_begin_of_the_curve(patch) -> None:
    overlay, curves = overlaid(flaring(patch), ((START + 100, START + 200), (START + 150, START + 204)))
    document = lightcurve_document(curves, overlay, "1", False)
    assert document["flares"][0]["start_s"] == pytest.approx(4000, abs=30)
    assert document["background_flares_s"] == [[100.0, 150.0]]
    assert document["blocks"]["start_s"][0] == pytest.approx(0.0)
    assert document["facts"]["counts"] == overlay.counts
