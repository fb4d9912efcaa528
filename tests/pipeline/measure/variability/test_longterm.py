import math

import pytest

from pipeline.measure.variability.longterm import flux_contrast


def test_flux_contrast_by_hand() -> None:
    contrast = flux_contrast([(1e-13, 1e-14), (4e-13, 2e-14), (math.nan, 1.0)])
    assert contrast["log_fmax_fmin"] == pytest.approx(math.log10(4))
    assert contrast["log_fmaxlo_fminup"] == pytest.approx(math.log10(3.8 / 1.1))


def test_a_flux_below_its_error_is_an_upper_end_only() -> None:
    contrast = flux_contrast([(1e-13, 1e-14), (-1e-14, 2e-14)])
    assert math.isnan(contrast["log_fmax_fmin"])
    assert contrast["log_fmaxlo_fminup"] == pytest.approx(math.log10(9e-14 / 2e-14))


@pytest.mark.parametrize("fluxes", [[], [(1e-13, 1e-14)], [(1e-14, 2e-14), (0.5e-14, 2e-14)]])
def test_what_cannot_be_told_is_missing(fluxes: list[tuple[float, float]]) -> None:
    assert math.isnan(flux_contrast(fluxes)["log_fmaxlo_fminup"])
