"""Energy bands of the XMM-Newton catalogues, hardness ratios, and rate-to-flux factors.

Bands and hardness ratios follow the 4XMM catalogue (Webb et al. 2020, A&A 641, A136, table 4).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

BANDS_KEV: Final[dict[int, tuple[float, float]]] = {
    1: (0.2, 0.5),
    2: (0.5, 1.0),
    3: (1.0, 2.0),
    4: (2.0, 4.5),
    5: (4.5, 12.0),
    8: (0.2, 12.0),
}
"""Band number -> (lower, upper) energy in keV; events belong where lower <= energy < upper."""

NARROW_BANDS: Final[tuple[int, ...]] = (1, 2, 3, 4, 5)
"""The bands that tile the total band 8; rates and fluxes of band 8 are their sums."""

HARDNESS_BANDS: Final[dict[str, tuple[int, int]]] = {
    "hr1": (1, 2),
    "hr2": (2, 3),
    "hr3": (3, 4),
    "hr4": (4, 5),
}
"""Hardness ratio -> (softer, harder) band; HR = (hard - soft) / (hard + soft) of the count rates."""

COLOUR_BANDS_KEV: Final[tuple[tuple[float, float], ...]] = ((0.2, 1.0), (1.0, 2.0), (2.0, 12.0))
"""Red, green and blue of the three-colour cut-outs."""

ECF_1E11: Final[dict[tuple[str, str], tuple[float, float, float, float, float]]] = {
    ("PN", "Thin1"): (9.5242, 8.1207, 5.8665, 1.9526, 0.5771),
    ("PN", "Medium"): (8.3693, 7.8679, 5.7672, 1.9292, 0.5765),
    ("PN", "Thick"): (4.699, 6.138, 4.999, 1.827, 0.548),
    ("PN", "Open"): (16.53, 10.256, 6.166, 1.982, 0.556),
    ("M1", "Thin1"): (1.7813, 1.807, 2.0521, 0.7557, 0.1489),
    ("M1", "Medium"): (1.5637, 1.7500, 2.0174, 0.7469, 0.1486),
    ("M1", "Thick"): (1.0185, 1.4197, 1.7962, 0.7164, 0.1470),
    ("M1", "Open"): (3.094, 2.191, 2.125, 0.758, 0.144),
    ("M2", "Thin1"): (1.7753, 1.810, 2.0555, 0.7640, 0.1575),
    ("M2", "Medium"): (1.5530, 1.7568, 2.0208, 0.7546, 0.1581),
    ("M2", "Thick"): (1.0039, 1.4236, 1.7995, 0.7239, 0.1556),
    ("M2", "Open"): (3.142, 2.196, 2.132, 0.762, 0.151),
}
"""Energy conversion factors (camera, filter) -> bands 1..5 in 1e11 count cm2 erg-1.

Ratio of rate to flux in real 4XMM rows (power law of photon index 1.7, NH 3e20 cm-2); cells that no
row covers (pn Thick, MOS Thin1 band 2, Open) are from Mateos et al. 2009, A&A 496, 879, table 1.
"""

_SAME_FILTER: Final = {"Thin2": "Thin1", "Thin": "Thin1"}


def band_of(energy_kev: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index (0..4) of the narrow band that holds each energy.

    Parameters
    ----------
    energy_kev : ndarray of shape (n,)
        Photon energies in keV.

    Returns
    -------
    ndarray of shape (n,)
        0..4 for bands 1..5; -1 outside 0.2-12 keV.
    """
    edges = np.array([BANDS_KEV[band][0] for band in NARROW_BANDS] + [BANDS_KEV[5][1]])
    index = np.searchsorted(edges, energy_kev, side="right") - 1
    return np.where(index < len(NARROW_BANDS), index, -1)


def energy_conversion(camera: str, filter_name: str) -> NDArray[np.float64]:
    """Factors that turn count rates into fluxes: flux = rate / factor.

    Parameters
    ----------
    camera : str
        ``PN``, ``M1`` or ``M2``.
    filter_name : str
        Value of the FITS keyword FILTER, e.g. ``Thin1``.

    Returns
    -------
    ndarray of shape (5,)
        Bands 1..5 in count cm2 erg-1; NaN where the filter is not known.
    """
    row = ECF_1E11.get((camera, _SAME_FILTER.get(filter_name, filter_name)))
    return np.full(len(NARROW_BANDS), math.nan) if row is None else 1e11 * np.array(row)
