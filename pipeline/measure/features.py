"""The features of a detection, and of a source over its observations."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from pipeline.bands import HARDNESS_BANDS, NARROW_BANDS
from pipeline.fit.bands import IndexEstimate, index_from_bands, model_counts
from pipeline.measure.poisson.fluxlimit import flux_upper_limit
from pipeline.measure.poisson.hardness import hardness_ratios
from pipeline.measure.poisson.posterior import SourceCounts
from pipeline.measure.rates import (
    BandCounts,
    epic_flux,
    pool,
    pooled_exposure,
    rate_weights,
    weighted_sum,
)
from pipeline.measure.variability.longterm import flux_contrast

Features = dict[str, float]

SEEN_SIGMA: Final = 3.0

MEASURED_WITH_ERROR: Final = (
    *HARDNESS_BANDS,
    "photon_index",
    "flux_8_cgs",
    *(f"rate_{band}" for band in NARROW_BANDS),
    "rate_8",
    "counts_8",
)
SINGLE: Final = (
    "gal_lat_deg",
    "proper_motion_masyr",
    "log_fx_fb",
    "log_fx_fr",
    "log_fx_fw1",
    "log_fx_fw2",
    "log_fmax_fmin",
    "log_fmaxlo_fminup",
    "separation_galaxy_radius",
    "log_lx",
    "chi2_prob",
    "flux_8_upper_cgs",
)

_DESCRIPTIONS: Final = {
    "gal_lat_deg": ("deg", "Galactic latitude"),
    "photon_index": ("", "photon index of an absorbed power law, from the counts of five bands"),
    "proper_motion_masyr": ("mas yr-1", "proper motion of the counterpart"),
    "log_fx_fb": ("", "log10 of X-ray to optical b flux ratio"),
    "log_fx_fr": ("", "log10 of X-ray to optical r flux ratio"),
    "log_fx_fw1": ("", "log10 of X-ray to infrared W1 flux ratio"),
    "log_fx_fw2": ("", "log10 of X-ray to infrared W2 flux ratio"),
    "log_fmax_fmin": ("", "log10 of the largest over the smallest flux of all observations"),
    "flux_8_upper_cgs": (
        "erg cm-2 s-1",
        "upper limit (95 %) of the X-ray flux, 0.2-12 keV, where it is not seen at 3 sigma",
    ),
    "log_fmaxlo_fminup": ("", "the same after both moved by one error towards each other"),
    "separation_galaxy_radius": ("", "distance to the nearest galaxy's centre over its radius, up to 3"),
    "log_lx": ("erg s-1", "log10 of X-ray luminosity by its parallax or the galaxy it lies on, 0.2-12 keV"),
    "chi2_prob": ("", "chance that a constant source gives these light curves; least of all observations"),
    "flux_8_cgs": ("erg cm-2 s-1", "X-ray flux, 0.2-12 keV"),
    "rate_8": ("s-1", "count rate of all cameras, 0.2-12 keV"),
    "counts_8": ("", "background-subtracted counts of all cameras, 0.2-12 keV"),
}


def feature_columns() -> list[dict[str, str]]:
    """Name, unit and description of every column of the feature table, in order."""
    columns = []
    for name in (*SINGLE, *MEASURED_WITH_ERROR):
        unit, text = _DESCRIPTIONS.get(name) or _derived_description(name)
        columns.append({"name": name, "unit": unit, "description": text})
        if name in MEASURED_WITH_ERROR:
            columns.append(
                {"name": f"{name}_err", "unit": unit, "description": f"error of {name}, one sigma"}
            )
    return columns


def _derived_description(name: str) -> tuple[str, str]:
    if name in HARDNESS_BANDS:
        soft, hard = HARDNESS_BANDS[name]
        return "", f"hardness ratio of bands {soft} and {hard}"
    return "s-1", f"count rate of all cameras, band {name[-1]}"


def band_features(cameras: list[BandCounts], index: IndexEstimate | None = None) -> Features:
    """Features that follow from counts in bands.

    Parameters
    ----------
    cameras : list of BandCounts
        At least one; of one or several observations.
    index : IndexEstimate or None
        Photon index; None makes one from the counts.

    Returns
    -------
    dict of str to float
        hr1..hr4, photon_index, rates, flux_8_cgs, counts_8 with errors, and flux_8_upper_cgs where the flux
        stands no SEEN_SIGMA errors above zero. NaN = cannot be told.
    """
    weights = rate_weights(cameras)
    features: Features = {}
    sums = {"counts_8": np.ones(weights.shape), "rate_8": weights}
    sums |= {
        f"rate_{band}": weights * (np.arange(len(NARROW_BANDS)) == index)
        for index, band in enumerate(NARROW_BANDS)
    }
    for name, factors in sums.items():
        features[name], features[f"{name}_err"] = weighted_sum(cameras, factors)
    index = index_from_bands(cameras) if index is None else index
    flux, error = epic_flux(cameras, model_counts(cameras, index))
    seen = flux > SEEN_SIGMA * error
    features |= {"flux_8_cgs": flux, "flux_8_cgs_err": error}
    # A limit beside a measured flux would only contradict it: it stands for one spectrum, the flux for none.
    features["flux_8_upper_cgs"] = math.nan if seen else flux_upper_limit(cameras)
    return features | {"photon_index": index.value, "photon_index_err": index.error} | _hardness(cameras)


def _hardness(cameras: list[BandCounts]) -> Features:
    counts, seconds = pool(cameras, np.ones((len(cameras), len(NARROW_BANDS)))), pooled_exposure(cameras)
    soft, hard = (np.array([pair[side] - 1 for pair in HARDNESS_BANDS.values()]) for side in (0, 1))
    sides = [SourceCounts(counts.source[i], counts.background[i], counts.ratio[i]) for i in (soft, hard)]
    ratios, errors = hardness_ratios(sides[0], sides[1], (seconds[soft], seconds[hard]))
    found: Features = {}
    for name, ratio, error in zip(HARDNESS_BANDS, ratios.tolist(), errors.tolist(), strict=True):
        found |= {name: ratio, f"{name}_err": error}
    return found


def source_features(detections: list[Features], counts: list[BandCounts]) -> Features:
    """Features of a source from those of its detections and from all its counts.

    Parameters
    ----------
    detections : list of dict
        As made by `band_features`, with `chi2_prob` of the light curves; at least one.
    counts : list of BandCounts
        Of all its observations and cameras; none where only light curves are at hand.

    Returns
    -------
    dict of str to float
        Rates, flux, hardness and index of all counts together (a mean of measured values with measured errors
        would be biased at few counts); chi2_prob the least, as SC_CHI2PROB of 4XMM; flux ratios over
        observations. Every feature of `feature_columns` is there, NaN where missing.
    """
    missing = {column["name"]: math.nan for column in feature_columns()}
    # One observation has been measured already.
    merged = missing | (detections[0] if len(detections) == 1 else band_features(counts) if counts else {})
    chances = [d["chi2_prob"] for d in detections if math.isfinite(d["chi2_prob"])]
    merged["chi2_prob"] = min(chances, default=math.nan)
    return merged | flux_contrast([(d["flux_8_cgs"], d["flux_8_cgs_err"]) for d in detections])


def position_error_arcsec(net_counts: float) -> float:
    """Error of a position: the image core (6 arcsec) over root counts, and 1.5 arcsec of the frame."""
    return math.hypot(1.5, 6.0 / math.sqrt(max(1.0, net_counts)))
