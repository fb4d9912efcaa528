import math

import numpy as np
import pytest

from pipeline.measure.spectrum import Spectrum
from pipeline.products.shape import shape_facts


def spectrum(slope: float, error: float) -> Spectrum:
    edges = np.geomspace(0.5, 8.0, 21)
    rate = np.sqrt(edges[1:] * edges[:-1]) ** slope
    counts = np.full(20, 30)
    return Spectrum("PN", edges[:-1], edges[1:], rate, error * rate, 0 * rate, counts, 1000.0)


@pytest.mark.parametrize("slope", [-2.0, 0.5])
def test_the_slope_of_a_power_law_is_its_exponent(slope: float) -> None:
    facts = shape_facts([spectrum(slope, 0.1)])
    assert facts["slope"] == pytest.approx(slope)
    assert 0 < facts["slope_err"] < 0.1


def test_signal_is_net_counts_over_their_error() -> None:
    facts = shape_facts([spectrum(-1.0, 0.5)])
    assert facts["signal_sigma"] * facts["net_counts_err"] == pytest.approx(4000 * math.log(2), rel=0.01)


def test_a_spectrum_of_noise_has_no_slope() -> None:
    assert math.isnan(shape_facts([spectrum(-1.0, 2.0)])["slope"])
