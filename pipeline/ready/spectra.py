"""Spectra of the archive: counts in the bands, bins to draw, and the model that fits them best."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV, NARROW_BANDS, band_of, energy_conversion
from pipeline.errors import BadResponse, FitFailed
from pipeline.fit.files import FileSpectrum
from pipeline.fit.models import ModelName, photons_in_bins
from pipeline.fit.spectral import fold
from pipeline.fit.unfolding import GRID_KEV, Unfolded, unfolded
from pipeline.measure.rates import STANDARD_FILTER, BandCounts, net_with_error
from pipeline.measure.spectrum import Spectrum, group_channels, group_size
from pipeline.simulate.telescope import CAMERAS, effective_area_cm2

USUAL_INDEX: Final = 1.7
USUAL_NH_1E22: Final = 0.03


def channel_edges_kev(one: FileSpectrum) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper energies of the channels: of EBOUNDS, else by the width that the header names.

    Parameters
    ----------
    one : FileSpectrum
        The spectrum.

    Returns
    -------
    tuple of ndarray

    Raises
    ------
    BadResponse
        Neither is there, or EBOUNDS has other channels.
    """
    if one.matrix is not None and len(one.matrix.channel_low_kev) == len(one.spectrum):
        return one.matrix.channel_low_kev, one.matrix.channel_high_kev
    step = one.spectrum.channel_ev / 1000.0
    if not step > 0:
        raise BadResponse(f"{one.spectrum.name}: no EBOUNDS and no SPECDELT; its energies are not known")
    begins = one.spectrum.channel.astype(np.float64)
    return begins * step, (begins + 1.0) * step


def band_counts(one: FileSpectrum) -> BandCounts:
    """Counts of a spectrum and its background in the bands 1..5.

    Parameters
    ----------
    one : FileSpectrum
        The spectrum, its background and its effective area.

    Returns
    -------
    BandCounts
        The exposure is scaled by the file's area over the nominal one on axis, averaged with the spectrum of
        the catalogue's conversion factors (index 1.7, 3e20 cm-2), so that what the circle and the vignetting
        take is made good; without an area it is the live time.
    """
    low, high = channel_edges_kev(one)
    band = band_of(0.5 * (low + high))
    inside = band >= 0
    ratio = background_ratio(one)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        summed = np.bincount(band[inside], values[inside], minlength=len(NARROW_BANDS))
        return np.asarray(summed, dtype=np.float64)

    ring = one.background.counts if one.background is not None else np.zeros(len(low))
    mean = total(ratio) / np.maximum(np.bincount(band[inside], minlength=len(NARROW_BANDS)), 1)
    seconds = one.spectrum.exposure_s * _share_of_area(one)
    return BandCounts(one.camera, one.filter_name, total(one.spectrum.counts), total(ring), mean, seconds)


def background_ratio(one: FileSpectrum) -> NDArray[np.float64]:
    """Scale of the background per channel; zero without a background."""
    source, ring = one.spectrum, one.background
    if ring is None:
        return np.zeros(len(source))
    if len(ring) != len(source):
        raise BadResponse(f"{ring.name}: other channels than {source.name}; is it its background?")
    area = source.backscal * source.areascal / np.maximum(ring.backscal * ring.areascal, 1e-30)
    return np.asarray(area * source.exposure_s / ring.exposure_s)


def _share_of_area(one: FileSpectrum) -> NDArray[np.float64]:
    if one.area is None:
        return np.ones(len(NARROW_BANDS))
    low, high = one.area.low_kev, one.area.high_kev
    middle = 0.5 * (low + high)
    photons = photons_in_bins("powerlaw", USUAL_INDEX, USUAL_NH_1E22, (low, high))
    nominal = effective_area_cm2(next(c for c in CAMERAS if c.name == one.camera), middle)
    edges = [BANDS_KEV[band] for band in NARROW_BANDS]
    masks = [(middle >= begin) & (middle < end) for begin, end in edges]
    seen = np.array([np.sum((photons * one.area.area_cm2)[mask]) for mask in masks])
    whole = np.array([np.sum((photons * nominal)[mask]) for mask in masks])
    standard, mine = (energy_conversion(one.camera, name) for name in (STANDARD_FILTER, one.filter_name))
    # Without factors of its filter there is no flux either; the rate is then that of the usual filter.
    return np.asarray(seen / np.maximum(whole, 1e-30) * np.nan_to_num(standard / mine, nan=1.0))


def binned(one: FileSpectrum, wanted: int) -> tuple[Spectrum, NDArray[np.int64]]:
    """A spectrum in bins to draw.

    Parameters
    ----------
    one : FileSpectrum
        The spectrum.
    wanted : int
        Counts per bin to aim for.

    Returns
    -------
    tuple of (Spectrum, ndarray)
        Bins of good channels wholly inside 0.2-12 keV, and the GROUPING flags that make them.
    """
    low, high = channel_edges_kev(one)
    used = np.flatnonzero((low >= BANDS_KEV[8][0]) & (high <= BANDS_KEV[8][1]) & (one.spectrum.quality == 0))
    if not len(used):
        raise BadResponse(f"{one.spectrum.name}: no good channel in 0.2-12 keV")
    source = one.spectrum.counts[used]
    ring = np.zeros(len(used)) if one.background is None else one.background.counts[used]
    whole = np.rint(source).astype(np.int64)
    bounds = group_channels(whole, group_size(int(whole.sum()), wanted))
    begins, ends = bounds[:-1], bounds[1:] - 1
    counts, behind = np.add.reduceat(source, begins), np.add.reduceat(ring, begins)
    scale = np.add.reduceat(background_ratio(one)[used], begins) / (bounds[1:] - begins)
    net, error = net_with_error(counts, behind, scale)
    edges = low[used][begins], high[used][ends]
    per_unit = 1.0 / (one.spectrum.exposure_s * (edges[1] - edges[0]))
    spectrum = Spectrum(
        camera=one.camera,
        low_kev=edges[0],
        high_kev=edges[1],
        rate=net * per_unit,
        rate_error=error * per_unit,
        background=scale * behind * per_unit,
        counts=np.rint(counts).astype(np.int64),
        exposure_s=one.spectrum.exposure_s,
    )
    grouping = np.zeros(len(one.spectrum), dtype=np.int64)
    grouping[used] = -1
    grouping[used[begins]] = 1
    return spectrum, grouping


def modelled(
    one: FileSpectrum, bins: tuple[Spectrum, NDArray[np.int64]], fit: dict[str, Any]
) -> Unfolded | None:
    """A fitted model through a spectrum's own responses, beside its bins.

    Parameters
    ----------
    one : FileSpectrum
        The spectrum.
    bins : tuple
        From `binned`.
    fit : dict
        From `pipeline.fit.files.fit_file`.

    Returns
    -------
    Unfolded or None
        None without a matrix.
    """
    spectrum, grouping = bins
    if one.matrix is None:
        return None
    try:
        regrouped = replace(one.spectrum, grouping=grouping)
        data = fold(regrouped, one.background, (one.matrix, one.area), BANDS_KEV[8])
    except (BadResponse, FitFailed):
        return None
    model: ModelName = fit["model"]
    value = fit["photon_index" if model == "powerlaw" else "kt_kev"]["value"]
    counts = fit["norm"] * data.shape_of(model, value, fit["nh_1e22"]["value"])
    if len(counts) != len(spectrum.rate):
        return None
    rate = counts / (spectrum.exposure_s * (spectrum.high_kev - spectrum.low_kev))
    edges = GRID_KEV[:-1], GRID_KEV[1:]
    photons = fit["norm"] * photons_in_bins(model, value, fit["nh_1e22"]["value"], edges)
    return unfolded(spectrum, rate, np.asarray(photons))
