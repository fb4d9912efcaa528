"""The point spread function, as a King profile: how much of a source falls inside a circle."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

KING: Final[dict[str, tuple[float, float]]] = {"PN": (6.2, 1.50), "M1": (4.7, 1.46), "M2": (4.5, 1.40)}
"""Camera -> (core radius in arcsec, slope), on axis at 1.5 keV.

Rounded from the in-flight calibration of Ghizzardi (XMM-SOC-CAL-TN-0022 for MOS, -0029 for pn). One value
is used for all energies and off-axis angles. At 20 arcsec this is good to 5 to 10 %: the table of the SAS
task eupper agrees within 5 % for MOS and is a tenth higher for pn.
"""

EXTENT_ARCSEC: Final = 300.0
"""Radius inside which the profile is normalised to one."""


def enclosed_fraction(camera: str, radius_arcsec: float) -> float:
    """Share of a point source's events within a radius (1 at 5 arcmin, by definition).

    Parameters
    ----------
    camera : str
        ``PN``, ``M1`` or ``M2``.
    radius_arcsec : float
        Radius of the circle in arcsec.

    Returns
    -------
    float
        Between 0 and 1: 1 - (1 + (r/core)^2)^(1 - slope), normalised.
    """
    core, slope = KING[camera]
    inside = 1.0 - (1.0 + (np.array([radius_arcsec, EXTENT_ARCSEC]) / core) ** 2) ** (1.0 - slope)
    return float(min(inside[0] / inside[1], 1.0))


def radius_of(camera: str, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radius (arcsec) of the circle that holds a share (0 to 1) of a point source's events."""
    core, slope = KING[camera]
    total = 1.0 - (1.0 + (EXTENT_ARCSEC / core) ** 2) ** (1.0 - slope)
    return np.asarray(core * np.sqrt((1.0 - total * share) ** (1.0 / (1.0 - slope)) - 1.0))


def surface_density(camera: str, radius_arcsec: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a point source's events per square arcsec at a distance from its centre.

    Parameters
    ----------
    camera : str
        ``PN``, ``M1`` or ``M2``.
    radius_arcsec : ndarray
        Distances from the source in arcsec.

    Returns
    -------
    ndarray
        Same shape, arcsec-2; its integral over a circle is `enclosed_fraction`.
    """
    core, slope = KING[camera]
    total = 1.0 - (1.0 + (EXTENT_ARCSEC / core) ** 2) ** (1.0 - slope)
    peak = (slope - 1.0) / (np.pi * core**2) / total
    return np.asarray(peak * (1.0 + (radius_arcsec / core) ** 2) ** -slope)
