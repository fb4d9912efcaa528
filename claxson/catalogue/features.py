"""The features of a source by name, and how they follow from catalogue values; no database.

Missing is NaN in arrays and absent in the dictionary that is stored. Arrays are float64, shape (n,).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from astropy.coordinates import SkyCoord

FloatArray = npt.NDArray[np.float64]
Features = dict[str, float]

CRITERIA = (
    "gal_lat_deg",
    "hr1",
    "hr2",
    "hr3",
    "hr4",
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
)
MEASUREMENTS = (
    "flux_8_cgs",
    *(f"rate_{band}" for band in (1, 2, 3, 4, 5, 8)),
    "counts_8",
    "chi2_prob",
)
FEATURES = CRITERIA + MEASUREMENTS

# log10 of the flux of a source of magnitude 0 (Maccacaro et al. 1988 for the optical; Tranin et al. 2022).
OPTICAL_ZERO_POINT = 5.37
INFRARED_ZERO_POINT = 6.95


def galactic_latitude_deg(ra_deg: FloatArray, dec_deg: FloatArray) -> FloatArray:
    """Signed Galactic latitude of ICRS positions."""
    sky = SkyCoord(ra_deg, dec_deg, unit="deg", frame="icrs")
    return np.asarray(sky.galactic.b.deg, dtype=np.float64)


def log_flux_ratio(flux_cgs: FloatArray, magnitude: FloatArray, zero_point: float) -> FloatArray:
    """log10 of X-ray flux over the flux in another band."""
    ratio: FloatArray = log10_or_nan(flux_cgs) + zero_point + magnitude / 2.5
    return ratio


def log10_or_nan(values: FloatArray) -> FloatArray:
    """The decimal logarithm; of what is not positive there is none."""
    logarithm: FloatArray = np.log10(np.where(values > 0, values, np.nan))
    return logarithm


def log_variability(fmin_cgs: FloatArray, fmax_cgs: FloatArray) -> FloatArray:
    """log10(Fmax/Fmin); a source seen once has the two equal, which says nothing of how steady it is."""
    several = np.where(fmax_cgs > fmin_cgs, fmax_cgs, np.nan)
    ratio: FloatArray = log10_or_nan(several) - log10_or_nan(fmin_cgs)
    return ratio


def as_dictionaries(columns: Mapping[str, FloatArray]) -> list[Features]:
    """One dictionary per row out of one array per feature; undefined values are left out."""
    names = list(columns)
    table = np.column_stack([columns[name] for name in names])
    defined = np.isfinite(table)
    return [
        {name: float(value) for name, value, known in zip(names, row, mask, strict=True) if known}
        for row, mask in zip(table, defined, strict=True)
    ]
