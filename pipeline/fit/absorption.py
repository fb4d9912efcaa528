"""Photoelectric absorption by interstellar gas."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Lower edge in keV; c0, c1, c2 of sigma = (c0 + c1 E + c2 E^2) / E^3 in 1e-24 cm2 per hydrogen atom.
_SEGMENTS: Final = np.array(
    [
        (0.1000, 47.8, 175.1, -363.36),
        (0.2909, 65.4, 42.1, -47.22),
        (0.4047, 68.8, 35.5, -31.40),
        (0.5438, 76.2, 86.9, -25.15),
        (0.7073, 207.5, -208.3, 158.09),
        (0.8668, 68.8, 152.1, -47.09),
        (1.3110, 116.4, 85.2, -17.32),
        (1.8460, 151.2, 60.3, -9.56),
        (2.4770, 173.7, 49.3, -5.88),
        (3.2030, 201.0, 34.5, -3.34),
        (4.0420, 258.7, 10.1, -0.42),
        (7.1220, 353.3, 54.7, -2.12),
        (8.3500, 476.3, 32.1, -0.90),
    ]
)


def cross_section_cm2(energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cross section of the interstellar medium per hydrogen atom.

    Piecewise polynomials in the manner of Morrison & McCammon 1983 (ApJ 270, 119), fitted here to the cross
    section of Wilms, Allen & McCray 2000 (ApJ 542, 914; abundances of the same paper, gas, grains and
    molecules, as the model tbabs takes it). Good to 1.5 %; the narrow resonances at the edges of oxygen and
    iron L are left out.

    Parameters
    ----------
    energy_kev : ndarray
        Photon energies from 0.1 to 15 keV; outside, the nearest polynomial is extended.

    Returns
    -------
    ndarray
        Same shape, cm2.
    """
    row = np.clip(np.searchsorted(_SEGMENTS[:, 0], energy_kev, side="right") - 1, 0, None)
    _, c0, c1, c2 = np.moveaxis(_SEGMENTS[row], -1, 0)
    return np.asarray((c0 + c1 * energy_kev + c2 * energy_kev**2) / energy_kev**3 * 1e-24)


def transmission(energy_kev: NDArray[np.float64], nh_1e22: float) -> NDArray[np.float64]:
    """Fraction (0 to 1) of photons that pass a column of `nh_1e22` x 1e22 hydrogen atoms per cm2."""
    return np.asarray(np.exp(-1e22 * nh_1e22 * cross_section_cm2(energy_kev)))
