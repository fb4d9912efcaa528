"""The features of a detection, and of a source over its observations."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import HARDNESS_BANDS, NARROW_BANDS
from pipeline.measure.apertures import Patch
from pipeline.measure.hardness import hardness_ratio
from pipeline.measure.rates import camera_rates, sum_rates, total_flux, weighted_mean

Features = dict[str, float]

MEASURED_WITH_ERROR: Final = (
    *HARDNESS_BANDS,
    "flux_8_cgs",
    *(f"rate_{band}" for band in NARROW_BANDS),
    "rate_8",
    "counts_8",
)
SINGLE: Final = (
    "gal_lat_deg",
    "photon_index",
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
)

_DESCRIPTIONS: Final = {
    "gal_lat_deg": ("deg", "Galactic latitude"),
    "photon_index": ("", "power-law photon index (not fitted by this version: always missing)"),
    "proper_motion_masyr": ("mas yr-1", "proper motion of the counterpart"),
    "log_fx_fb": ("", "log10 of X-ray to optical b flux ratio"),
    "log_fx_fr": ("", "log10 of X-ray to optical r flux ratio"),
    "log_fx_fw1": ("", "log10 of X-ray to infrared W1 flux ratio"),
    "log_fx_fw2": ("", "log10 of X-ray to infrared W2 flux ratio"),
    "log_fmax_fmin": ("", "log10 of the largest over the smallest flux of all observations"),
    "log_fmaxlo_fminup": ("", "the same after both moved by one error towards each other"),
    "separation_galaxy_radius": ("", "distance to a galaxy over its radius (no galaxy list: always missing)"),
    "log_lx": ("erg s-1", "log10 of X-ray luminosity (no distances: always missing)"),
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


def detection_features(patches: list[Patch], chi2_prob: float) -> Features:
    """Features of one source in one observation.

    Parameters
    ----------
    patches : list of Patch
        One for each camera that saw the source, at least one.
    chi2_prob : float
        From the light curves.

    Returns
    -------
    dict of str to float
        hr1..hr4, rates, flux_8_cgs, counts_8 with errors, and chi2_prob. NaN = cannot be told.
    """
    cameras = [camera_rates(patch) for patch in patches]
    rates = sum_rates(cameras)
    pairs = [total_flux(one, p.camera, p.filter_name) for one, p in zip(cameras, patches, strict=True)]
    flux, flux_error = weighted_mean(pairs)
    features = {"flux_8_cgs": flux, "flux_8_cgs_err": flux_error, "chi2_prob": chi2_prob}
    features |= _with_error("counts_8", rates.net_counts, rates.net_error)
    features |= _with_error("rate_8", rates.rate, rates.error)
    for index, band in enumerate(NARROW_BANDS):
        features[f"rate_{band}"] = float(rates.rate[index])
        features[f"rate_{band}_err"] = float(rates.error[index])
    return features | _hardness(features)


def _with_error(name: str, values: NDArray[np.float64], errors: NDArray[np.float64]) -> Features:
    return {name: float(values.sum()), f"{name}_err": float(np.sqrt(np.sum(errors**2)))}


def _hardness(features: Features) -> Features:
    ratios: Features = {}
    for name, (soft, hard) in HARDNESS_BANDS.items():
        pairs = [(features[f"rate_{band}"], features[f"rate_{band}_err"]) for band in (soft, hard)]
        ratios[name], ratios[f"{name}_err"] = hardness_ratio(pairs[0], pairs[1])
    return ratios


def source_features(detections: list[Features]) -> Features:
    """Features of a source from those of its detections.

    Parameters
    ----------
    detections : list of dict
        As made by `detection_features`; at least one.

    Returns
    -------
    dict of str to float
        Inverse-variance weighted means; counts summed; chi2_prob the least, as SC_CHI2PROB of 4XMM; flux
        ratios over observations. Every feature of `feature_columns` is there, NaN where missing.
    """
    merged = {column["name"]: math.nan for column in feature_columns()}
    for name in MEASURED_WITH_ERROR:
        pairs = [(d[name], d[f"{name}_err"]) for d in detections]
        merged[name], merged[f"{name}_err"] = weighted_mean(pairs)
    merged["counts_8"] = sum(d["counts_8"] for d in detections)
    merged["counts_8_err"] = math.hypot(*(d["counts_8_err"] for d in detections))
    chances = [d["chi2_prob"] for d in detections if math.isfinite(d["chi2_prob"])]
    merged["chi2_prob"] = min(chances, default=math.nan)
    return merged | flux_contrast([(d["flux_8_cgs"], d["flux_8_cgs_err"]) for d in detections])


def flux_contrast(fluxes: list[tuple[float, float]]) -> Features:
    """How much the flux changed between observations.

    Parameters
    ----------
    fluxes : list of tuple of float
        Flux and error of each observation, erg cm-2 s-1.

    Returns
    -------
    dict of str to float
        log_fmax_fmin and log_fmaxlo_fminup; NaN for fewer than two positive fluxes, or where the lower end
        of the largest flux is not positive.
    """
    good = [pair for pair in fluxes if all(map(math.isfinite, pair)) and pair[0] > 0]
    if len(good) < 2:
        return {"log_fmax_fmin": math.nan, "log_fmaxlo_fminup": math.nan}
    top, bottom = max(good), min(good)
    lower, upper = top[0] - top[1], bottom[0] + bottom[1]
    return {
        "log_fmax_fmin": math.log10(top[0] / bottom[0]),
        "log_fmaxlo_fminup": math.log10(lower / upper) if lower > 0 else math.nan,
    }


def position_error_arcsec(net_counts: float) -> float:
    """Error of a position: the image core (6 arcsec) over root counts, and 1.5 arcsec of the frame."""
    return math.hypot(1.5, 6.0 / math.sqrt(max(net_counts, 1.0)))
