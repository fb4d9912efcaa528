import numpy as np
import pytest

from pipeline.simulate.population import (
    CLASSES,
    LIMITING_MAGNITUDES,
    draw_latitude_deg,
    draw_source,
    foreground_nh_1e22,
    magnitudes,
)


def draw_many(key: str, count: int = 200) -> list:
    rng = np.random.default_rng(8)
    return [draw_source(key, 25.0, rng) for _ in range(count)]


def test_periodic_sources_are_cataclysmic_variables() -> None:
    kinds = {key: {model.curve.kind for model in draw_many(key)} for key in CLASSES}
    assert kinds["cv"] == {"periodic"}
    assert kinds["star"] == {"constant", "flare"}
    assert kinds["xrb"] == {"red_noise", "dips", "outburst"}


def test_counts_stay_in_the_promised_range() -> None:
    counts = [model.counts for key in CLASSES for model in draw_many(key)]
    assert min(counts) >= 80
    assert max(counts) <= 3500


def test_the_plane_absorbs_more_than_the_pole() -> None:
    assert foreground_nh_1e22(1.0) > 10 * foreground_nh_1e22(80.0)
    assert foreground_nh_1e22(0.0) == 1.0


def test_x_ray_binaries_keep_to_the_plane() -> None:
    rng = np.random.default_rng(9)
    median = {key: np.median([abs(draw_latitude_deg(key, rng)) for _ in range(400)]) for key in CLASSES}
    assert median["xrb"] < 6 < median["cv"] < median["agn"]


@pytest.mark.parametrize("key", CLASSES)
def test_magnitudes_give_back_the_flux_ratio_or_are_missing(key: str) -> None:
    model = draw_source(key, 30.0, np.random.default_rng(10))
    found = magnitudes(model, 1e-12)
    ratio = np.log10(1e-12) + 5.37 + found["rmag"] / 2.5
    assert np.isnan(ratio) or ratio == pytest.approx(model.counterpart.log_fx_fr)
    assert all(np.isnan(mag) or mag < LIMITING_MAGNITUDES[name] for name, mag in found.items())
