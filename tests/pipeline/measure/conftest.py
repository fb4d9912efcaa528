from collections.abc import Callable

import pytest

from pipeline.measure.features import MEASURED_WITH_ERROR


@pytest.fixture
def make_features() -> Callable[[float, float], dict[str, float]]:
    """Features of a detection with a flux and a chi2 probability; everything else is plain."""

    def make(flux: float, chi2_prob: float) -> dict[str, float]:
        features = dict.fromkeys(MEASURED_WITH_ERROR, 0.5) | {f"{n}_err": 0.1 for n in MEASURED_WITH_ERROR}
        return features | {
            "flux_8_cgs": flux,
            "flux_8_cgs_err": 0.1 * flux,
            "counts_8": 100.0,
            "chi2_prob": chi2_prob,
        }

    return make
