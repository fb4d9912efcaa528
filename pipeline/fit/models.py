"""Photon spectra of simple models, integrated over energy bins."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.fit.absorption import transmission

ModelName = Literal["powerlaw", "bremsstrahlung"]
LEAST_KEV: Final = 1e-3


def photons_in_bins(
    model: ModelName,
    parameter: float,
    nh_1e22: float,
    edges_kev: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Absorbed photons in energy bins, for a norm of one.

    Parameters
    ----------
    model : {"powerlaw", "bremsstrahlung"}
        E^-parameter; or exp(-E/parameter) / E times a Gaunt factor (E/parameter)^-0.4, the usual stand-in
        for thermal bremsstrahlung (e.g. Margon et al. 1975).
    parameter : float
        Photon index, or temperature kT in keV.
    nh_1e22 : float
        Absorbing column, 1e22 cm-2 (`pipeline.fit.absorption`).
    edges_kev : tuple of ndarray of shape (n,)
        Lower and upper edges.

    Returns
    -------
    ndarray of shape (n,)
        photon cm-2 s-1, where the unabsorbed power law has 1 photon cm-2 s-1 keV-1 at 1 keV.
    """
    low, high = np.maximum(edges_kev[0], LEAST_KEV), edges_kev[1]
    centre = 0.5 * (low + high)
    if model == "powerlaw":
        steep = 1.0 - parameter
        # At index 1 the integral is a logarithm; nearby the difference of powers loses its digits.
        flat = abs(steep) < 1e-6
        photons = np.log(high / low) if flat else (high**steep - low**steep) / steep
    else:
        photons = (centre / parameter) ** -0.4 * np.exp(-centre / parameter) / centre * (high - low)
    return np.asarray(photons * transmission(centre, nh_1e22))
