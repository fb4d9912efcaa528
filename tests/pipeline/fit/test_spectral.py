from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from pipeline.errors import BadResponse, FitFailed
from pipeline.fit.spectral import fit_spectrum, fold
from pipeline.readers.responses import EffectiveArea, Redistribution, read_area, read_redistribution
from pipeline.readers.spectra import PhaSpectrum, read_spectrum

EDGES = np.linspace(0.2, 12.0, 119)
LOW, HIGH = EDGES[:-1], EDGES[1:]
NUMBER = len(LOW)
MATRIX = Redistribution(
    "rmf", LOW, HIGH, sparse.eye_array(NUMBER, format="csr"), np.arange(NUMBER), LOW, HIGH
)
AREA = EffectiveArea("arf", LOW, HIGH, np.full(NUMBER, 500.0))


def a_spectrum(counts: np.ndarray, backscal: float = 1.0) -> PhaSpectrum:
    flags, scale = np.zeros(NUMBER, dtype=np.int64), np.ones(NUMBER)
    header = ("spec", "XMM", "EPN", "0000000001", np.arange(NUMBER), 0, counts, None, True, flags, flags)
    return PhaSpectrum(*header, backscal * scale, scale, 10_000.0, "", "", "")


def drawn(model: str, parameter: float, nh: float, seed: int) -> tuple[PhaSpectrum, PhaSpectrum]:
    rng = np.random.default_rng(seed)
    nothing = a_spectrum(np.zeros(NUMBER))
    shape = fold(nothing, None, (MATRIX, AREA), (0.1, 13.0)).shape_of(model, parameter, nh)
    source = rng.poisson(4000.0 * shape / shape.sum() + 2.0)
    return a_spectrum(source.astype(float)), a_spectrum(rng.poisson(20.0, NUMBER).astype(float), 10.0)


@pytest.mark.parametrize(
    ("model", "parameter", "nh"),
    [("powerlaw", 1.0, 0.05), ("powerlaw", 2.5, 0.5), ("bremsstrahlung", 3.0, 0.1)],
)
def test_what_was_put_in_comes_out(model: str, parameter: float, nh: float) -> None:
    source, background = drawn(model, parameter, nh, seed=4)
    fit = fit_spectrum(fold(source, background, (MATRIX, AREA)), model, delta=10.83)
    assert fit.parameter.lower < parameter < fit.parameter.upper
    assert fit.parameter.value == pytest.approx(parameter, rel=0.2)
    assert fit.nh_1e22.lower < nh < fit.nh_1e22.upper
    assert 0.5 < fit.statistic / fit.freedom < 1.6


def test_wider_ranges_stand_for_more_confidence() -> None:
    data = fold(*drawn("powerlaw", 2.0, 0.1, seed=2), (MATRIX, AREA))
    narrow, wide = (fit_spectrum(data, delta=delta).parameter for delta in (1.0, 2.706))
    share = (wide.upper - wide.lower) / (narrow.upper - narrow.lower)
    assert share == pytest.approx(1.645, rel=0.1)


def test_strange_responses_are_refused() -> None:
    source, background = drawn("powerlaw", 2.0, 0.1, seed=1)
    with pytest.raises(BadResponse, match="118 channels from 1"):
        fold(replace(source, channel=source.channel + 1, first_channel=1), background, (MATRIX, AREA))
    with pytest.raises(BadResponse, match="energies are not those"):
        fold(source, background, (MATRIX, replace(AREA, low_kev=LOW + 0.05)))


def test_a_spectrum_of_nothing_fits_no_model() -> None:
    with pytest.raises(FitFailed, match="no counts above"):
        fit_spectrum(fold(a_spectrum(np.zeros(NUMBER)), None, (MATRIX, AREA)))


def test_too_few_groups_are_refused() -> None:
    with pytest.raises(FitFailed, match="groups in"):
        fold(a_spectrum(np.ones(NUMBER)), None, (MATRIX, AREA), (1.0, 1.2))


@pytest.mark.real_data
def test_ulx4_in_ngc7793_has_its_published_index(real_data: Path) -> None:
    folder = real_data / "ngc7793_ulx4"
    pair = [read_spectrum(folder / name) for name in ("PN_spectrum_grp20.fits", "PNbackground_spectrum.fits")]
    response = read_redistribution(folder / "PN.rmf.gz"), read_area(folder / "PN.arf")
    fit = fit_spectrum(fold(pair[0], pair[1], response))
    assert fit.nh_1e22.lower < 0.186 < fit.nh_1e22.upper
    assert fit.parameter.lower < 1.99 < fit.parameter.upper
    assert fit.parameter.upper - fit.parameter.lower < 0.12
