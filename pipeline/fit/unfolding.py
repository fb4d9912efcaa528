"""A model laid over measured spectra, and the spectra freed of the telescope by way of it.

Bins are divided by what the model expects and multiplied by what it emits there. This is the usual way to
draw a spectrum in physical units; it depends on the model a little, and most where a bin is wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr

from pipeline.bands import band_of
from pipeline.fit.bands import IndexEstimate, correction
from pipeline.fit.models import photons_in_bins
from pipeline.fit.spectral import ERG_PER_KEV
from pipeline.measure.rates import BandCounts
from pipeline.measure.spectrum import Spectrum, channel_edges
from pipeline.simulate.telescope import CAMERAS, effective_area_cm2, energy_sigma_kev

LEAST_SHARE: Final = 1e-12
GRID_KEV: Final = np.linspace(0.1, 13.0, 646)
_LOW, _HIGH = GRID_KEV[:-1], GRID_KEV[1:]
_MIDDLE: Final = 0.5 * (_LOW + _HIGH)
_CAMERAS: Final = {one.name: one for one in CAMERAS}


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A model beside a spectrum, bin by bin.

    Attributes
    ----------
    rate : ndarray of shape (n,)
        What the model expects in the circle, s-1 keV-1.
    residual : ndarray of shape (n,)
        Measured less expected rate, over the error.
    energy_flux, energy_flux_error, energy_flux_model : ndarray of shape (n,)
        Energy times energy flux per energy (nu F_nu) of the source, measured and by the model, erg cm-2 s-1.
    """

    rate: NDArray[np.float64]
    residual: NDArray[np.float64]
    energy_flux: NDArray[np.float64]
    energy_flux_error: NDArray[np.float64]
    energy_flux_model: NDArray[np.float64]


def unfold(spectra: list[Spectrum], counts: list[BandCounts], model: IndexEstimate) -> list[Unfolded | None]:
    """Lay the absorbed power law that the bands gave over the spectra of the same source.

    Parameters
    ----------
    spectra : list of Spectrum
        One for each camera.
    counts : list of BandCounts
        The same cameras', for their effective exposures and filters.
    model : IndexEstimate
        As from `pipeline.fit.bands.index_from_bands`.

    Returns
    -------
    list of Unfolded or None
        None where there is no model.
    """
    if not np.isfinite(model.value):
        return [None] * len(spectra)
    photons = model.norm * photons_in_bins("powerlaw", model.value, model.nh_1e22, (_LOW, _HIGH))
    return [_unfold(*pair, photons) for pair in zip(spectra, counts, strict=True)]


def _unfold(spectrum: Spectrum, counts: BandCounts, photons: NDArray[np.float64]) -> Unfolded:
    expected = (_channels(spectrum.camera) @ photons) * _seen(counts, spectrum.exposure_s)
    width = spectrum.high_kev - spectrum.low_kev
    return unfolded(spectrum, _in_bins(channel_edges(), expected, spectrum) / width, photons)


def unfolded(spectrum: Spectrum, rate: NDArray[np.float64], photons: NDArray[np.float64]) -> Unfolded:
    """A spectrum beside the rate that a model expects of it.

    Parameters
    ----------
    spectrum : Spectrum
        Measured.
    rate : ndarray of shape (n,)
        Expected in its bins, s-1 keV-1.
    photons : ndarray
        What the model emits in each bin of `GRID_KEV`, photon cm-2 s-1.

    Returns
    -------
    Unfolded
    """
    width = spectrum.high_kev - spectrum.low_kev
    emitted = _in_bins(GRID_KEV, photons * _MIDDLE * ERG_PER_KEV, spectrum) / width
    emitted *= np.sqrt(spectrum.low_kev * spectrum.high_kev)
    factor = emitted / np.maximum(rate, 1e-30)
    residual = (spectrum.rate - rate) / spectrum.rate_error
    return Unfolded(rate, residual, spectrum.rate * factor, spectrum.rate_error * factor, emitted)


@lru_cache(maxsize=8)
def _channels(camera: str) -> csr_array:
    """Nominal response (cm2) of a camera on axis, shape (channels of our spectra, energy grid)."""
    one = _CAMERAS[camera]
    edges = channel_edges()[None, :]
    sigma = energy_sigma_kev(one, _MIDDLE)[:, None]
    share = np.diff(ndtr((edges - _MIDDLE[:, None]) / sigma), axis=1)
    share[share < LEAST_SHARE] = 0.0
    return csr_array((effective_area_cm2(one, _MIDDLE)[:, None] * share).T)


def _seen(counts: BandCounts, live_s: float) -> NDArray[np.float64]:
    """Per channel, the share of the source's on-axis rate that falls in the circle, filter included."""
    return np.asarray((correction(counts) / live_s)[_bands_of_channels()])


@lru_cache(maxsize=1)
def _bands_of_channels() -> NDArray[np.int64]:
    edges = channel_edges()
    return band_of(0.5 * (edges[1:] + edges[:-1]))


def _in_bins(
    edges: NDArray[np.float64], values: NDArray[np.float64], spectrum: Spectrum
) -> NDArray[np.float64]:
    """Sums over the bins of a spectrum of values that are spread evenly over finer bins."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.interp([spectrum.low_kev, spectrum.high_kev], edges, running)
    return np.asarray(ends[1] - ends[0])
