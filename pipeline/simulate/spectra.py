"""Photon spectra of the simulated sources: simple analytic models on one energy grid.

Absorption: Morrison & McCammon 1983, ApJ 270, 119, table 2. Disc: Mitsuda et al. 1984, PASJ 36, 741.
The coronal model stands in for a plasma code: a bremsstrahlung continuum and the strongest line complexes.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Continuum = Literal["powerlaw", "bremsstrahlung", "disc", "coronal"]

ENERGY_EDGES_KEV: Floats = np.linspace(0.1, 13.0, 1291)
ENERGIES_KEV: Floats = 0.5 * (ENERGY_EDGES_KEV[1:] + ENERGY_EDGES_KEV[:-1])
BIN_KEV = float(ENERGY_EDGES_KEV[1] - ENERGY_EDGES_KEV[0])
ERG_PER_KEV = 1.602176634e-9

# lower edge keV, c0, c1, c2 of sigma = (c0 + c1 E + c2 E^2) / E^3 x 1e-24 cm2
_CROSS_SECTION = np.array(
    [
        (0.030, 17.3, 608.1, -2150.0),
        (0.100, 34.6, 267.9, -476.1),
        (0.284, 78.1, 18.8, 4.3),
        (0.400, 71.4, 66.8, -51.4),
        (0.532, 95.5, 145.8, -61.1),
        (0.707, 308.9, -380.6, 294.0),
        (0.867, 120.6, 169.3, -47.7),
        (1.303, 141.3, 146.8, -31.5),
        (1.840, 202.7, 104.7, -17.0),
        (2.471, 342.7, 18.7, 0.0),
        (3.210, 352.2, 18.7, 0.0),
        (4.038, 433.9, -2.4, 0.75),
        (7.111, 629.0, 30.9, 0.0),
        (8.331, 701.2, 25.2, 0.0),
    ]
)

# line energy keV, temperature keV at which it is strongest, strength against the continuum at the line (keV)
_CORONAL_LINES = (
    (0.57, 0.18, 0.10),
    (0.65, 0.27, 0.12),
    (0.83, 0.50, 0.28),
    (1.00, 0.70, 0.20),
    (1.35, 0.80, 0.07),
    (1.86, 1.30, 0.08),
)


@dataclass(frozen=True)
class Spectrum:
    """Shape of a photon spectrum.

    Parameters
    ----------
    continuum : {"powerlaw", "bremsstrahlung", "disc", "coronal"}
        Model family.
    parameter : float
        Photon index of a power law, else a temperature in keV.
    nh_1e22 : float
        Absorbing column over the whole source, 1e22 cm-2.
    partial_nh_1e22, covering : float
        A second column (1e22 cm-2) over this fraction of the source (0 to 1).
    iron_ew_kev : float
        Equivalent width (keV) of an iron K line at 6.6 keV.
    """

    continuum: Continuum
    parameter: float
    nh_1e22: float = 0.0
    partial_nh_1e22: float = 0.0
    covering: float = 0.0
    iron_ew_kev: float = 0.0


def cross_section_cm2(energy_kev: Floats) -> Floats:
    """Photoelectric cross section per hydrogen atom (cm2) at solar abundance, 0.03 to 13 keV.

    Source: Morrison & McCammon 1983, table 2; the last row is extended beyond 10 keV.
    """
    row = np.clip(np.searchsorted(_CROSS_SECTION[:, 0], energy_kev, side="right") - 1, 0, None)
    _, c0, c1, c2 = _CROSS_SECTION[row].T
    return np.asarray((c0 + c1 * energy_kev + c2 * energy_kev**2) / energy_kev**3 * 1e-24)


_GRID_CROSS_SECTION = cross_section_cm2(ENERGIES_KEV)


def transmission(nh_1e22: float) -> Floats:
    """Fraction (0 to 1) of photons that pass a column of nh_1e22 x 1e22 cm-2, on the energy grid."""
    return np.asarray(np.exp(-1e22 * nh_1e22 * _GRID_CROSS_SECTION))


def _line(energy_kev: Floats, centre_kev: float, width_kev: float) -> Floats:
    gauss = np.exp(-0.5 * ((energy_kev - centre_kev) / width_kev) ** 2)
    return np.asarray(gauss / (width_kev * np.sqrt(2 * np.pi)))


def _bremsstrahlung(energy_kev: Floats, kt_kev: float) -> Floats:
    gaunt = (energy_kev / kt_kev) ** -0.4
    return np.asarray(gaunt * np.exp(-energy_kev / kt_kev) / energy_kev)


def _disc(energy_kev: Floats, kt_in_kev: float) -> Floats:
    temperatures = np.geomspace(0.03 * kt_in_kev, kt_in_kev, 60)
    weights = (temperatures / kt_in_kev) ** (-11 / 3) * temperatures
    planck = energy_kev**2 / np.expm1(np.clip(energy_kev / temperatures[:, None], 1e-6, 500))
    return np.asarray(weights @ planck)


def _coronal(energy_kev: Floats, kt_kev: float) -> Floats:
    continuum = _bremsstrahlung(energy_kev, kt_kev)
    total = continuum.copy()
    for centre, kt_peak, strength in _CORONAL_LINES:
        level = np.interp(centre, energy_kev, continuum)
        match = np.exp(-0.5 * (np.log(kt_kev / kt_peak) / 0.6) ** 2)
        total += 3.0 * strength * match * level * _line(energy_kev, centre, 0.03)
    return total


def _continuum(spectrum: Spectrum, energy_kev: Floats) -> Floats:
    match spectrum.continuum:
        case "powerlaw":
            return np.asarray(energy_kev**-spectrum.parameter)
        case "bremsstrahlung":
            return _bremsstrahlung(energy_kev, spectrum.parameter)
        case "disc":
            return _disc(energy_kev, spectrum.parameter)
        case "coronal":
            return _coronal(energy_kev, spectrum.parameter)


@lru_cache(maxsize=256)
def photon_spectrum(spectrum: Spectrum) -> Floats:
    """Absorbed photon spectrum (photons cm-2 s-1 keV-1) with an absorbed 0.2-12 keV flux of 1 erg cm-2 s-1.

    Parameters
    ----------
    spectrum : Spectrum
        Shape.

    Returns
    -------
    ndarray, shape (n,)
        On the energy grid; read-only, because it is kept and handed out again.
    """
    energy_kev = ENERGIES_KEV
    shape = _continuum(spectrum, energy_kev)
    if spectrum.iron_ew_kev:
        level = np.interp(6.6, energy_kev, shape)
        shape = shape + spectrum.iron_ew_kev * level * _line(energy_kev, 6.6, 0.15)
    partial = transmission(spectrum.partial_nh_1e22)
    shape = shape * (1 - spectrum.covering + spectrum.covering * partial)
    shape = shape * transmission(spectrum.nh_1e22)
    photons = np.asarray(shape / energy_flux_cgs(shape))
    photons.setflags(write=False)
    return photons


def energy_flux_cgs(photons: Floats, band_kev: tuple[float, float] = (0.2, 12.0)) -> float:
    """Energy flux (erg cm-2 s-1) in a band (keV) of a spectrum on the grid (photons cm-2 s-1 keV-1)."""
    inside = (band_kev[0] < ENERGIES_KEV) & (band_kev[1] >= ENERGIES_KEV)
    return float(np.sum((photons * ENERGIES_KEV)[inside]) * BIN_KEV * ERG_PER_KEV)
