"""The telescope and its cameras as simple functions: area, resolution, point spread, vignetting.

Effective areas start from the figures of the XMM-Newton Users' Handbook and are scaled so that the 4XMM
energy-conversion factors of the Medium filter (bands 1-5; power law, index 1.7, NH 3e20) come out within one
per cent.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from pipeline.bands import BANDS_KEV, NARROW_BANDS
from pipeline.psf import radius_of
from pipeline.simulate.spectra import (
    BIN_KEV,
    ENERGIES_KEV,
    Floats,
    Spectrum,
    energy_flux_cgs,
    photon_spectrum,
)

FIELD_RADIUS_ARCMIN = 14.0
_VIGNETTING_SCALE_ARCMIN = 12.4
_VIGNETTING_SLOPE = 1.6

_NODES_KEV = (
    0.1,
    0.2,
    0.3,
    0.5,
    0.56,
    0.7,
    1.0,
    1.5,
    1.8,
    2.0,
    2.3,
    3.0,
    4.5,
    6.0,
    7.0,
    8.0,
    9.0,
    10.0,
    12.0,
    13.0,
)
_PN_CM2 = (
    57,
    238,
    399,
    711,
    698,
    896,
    1200,
    1390,
    1330,
    1150,
    889,
    890,
    890,
    844,
    775,
    616,
    477,
    328,
    119,
    59.6,
)
_M1_CM2 = (
    3.6,
    29.2,
    80.4,
    128,
    120,
    195,
    339,
    532,
    515,
    445,
    343,
    357,
    323,
    242,
    177,
    107,
    60.5,
    32.6,
    7.5,
    3.7,
)
_M2_CM2 = (3.6, 28.9, 79.5, 128, 120, 196, 340, 533, 516, 446, 344, 358, 337, 260, 190, 115, 65, 35, 8, 4)


@dataclass(frozen=True)
class Camera:
    """One EPIC camera.

    Parameters
    ----------
    name, instrume, exposure_id, product : str
        `PN`, `M1` or `M2`; header value; e.g. S003; event list type of the file name.
    area_cm2 : tuple of float
        On-axis effective area at the nodes of the energy table.
    fwhm_ev2 : (float, float)
        Energy resolution: FWHM^2 = first + second x E(keV), in eV^2.
    live_fraction : float
        Live time over good time.
    start_delay_s, curve_bin_s : float
        How much later than MOS the exposure starts; bin of the flare curve.
    max_pattern : int
        Highest valid event pattern.
    pattern_shares : tuple of float
        Shares of single, double, triple and quadruple events among the valid ones.
    reject_bits : tuple of int
        Bits of FLAG that the standard filter rejects.
    ccds : int
        Number of chips.
    particle_rate : float
        Particle background over the whole detector, 0.2-12 keV, count/s.
    particle_lines_kev : tuple of (float, float)
        Fluorescence lines: energy (keV), share of the particle counts.
    """

    name: str
    instrume: str
    exposure_id: str
    product: str
    area_cm2: tuple[float, ...]
    fwhm_ev2: tuple[float, float]
    live_fraction: float
    start_delay_s: float
    curve_bin_s: float
    max_pattern: int
    pattern_shares: tuple[float, ...]
    reject_bits: tuple[int, ...]
    ccds: int
    particle_rate: float
    particle_lines_kev: tuple[tuple[float, float], ...]


def _mos(name: str, exposure_id: str, area_cm2: tuple[float, ...]) -> Camera:
    return Camera(
        name=name,
        instrume=f"EMOS{name[1]}",
        exposure_id=exposure_id,
        product="MIEVLI",
        area_cm2=area_cm2,
        fwhm_ev2=(1675.0, 3225.0),
        live_fraction=0.99,
        start_delay_s=0.0,
        curve_bin_s=26.0,
        max_pattern=12,
        pattern_shares=(0.76, 0.20, 0.02, 0.02),
        reject_bits=(13, 15, 17, 19, 21),
        ccds=7,
        particle_rate=0.65,
        particle_lines_kev=((1.49, 0.16), (1.74, 0.08)),
    )


M1 = _mos("M1", "S001", _M1_CM2)
M2 = _mos("M2", "S002", _M2_CM2)
PN = Camera(
    name="PN",
    instrume="EPN",
    exposure_id="S003",
    product="PIEVLI",
    area_cm2=_PN_CM2,
    fwhm_ev2=(4915.0, 3185.0),
    live_fraction=0.95,
    start_delay_s=1400.0,
    curve_bin_s=10.0,
    max_pattern=4,
    pattern_shares=(0.70, 0.30),
    reject_bits=(17, 19, 20, 21, 22),
    ccds=12,
    particle_rate=2.0,
    particle_lines_kev=((1.49, 0.08), (7.48, 0.03), (8.04, 0.12), (8.9, 0.03)),
)
CAMERAS = (M1, M2, PN)


def effective_area_cm2(camera: Camera, energy_kev: Floats = ENERGIES_KEV) -> Floats:
    """On-axis effective area (cm2), Medium filter, valid patterns; log-log between the nodes."""
    return np.asarray(np.exp(np.interp(np.log(energy_kev), np.log(_NODES_KEV), np.log(camera.area_cm2))))


def energy_sigma_kev(camera: Camera, energy_kev: Floats) -> Floats:
    """Standard deviation (keV) of the measured energy of photons of the given energies (keV)."""
    constant, slope = camera.fwhm_ev2
    return np.asarray(np.sqrt(constant + slope * energy_kev) / 2354.8)


def vignetting(off_axis_arcmin: Floats) -> Floats:
    """Relative effective area (0 to 1) at off-axis angles (arcmin); the same at every energy.

    About 0.81 at 5, 0.59 at 10, 0.42 at 15 arcmin, close to the handbook's curve at 1.5 keV.
    """
    return np.asarray(1 / (1 + (off_axis_arcmin / _VIGNETTING_SCALE_ARCMIN) ** _VIGNETTING_SLOPE))


def psf_radii_arcsec(camera: Camera, count: int, rng: np.random.Generator) -> Floats:
    """Distances (arcsec) of photons from their source, by the point spread function of the measurements."""
    return radius_of(camera.name, rng.uniform(0.0, 1.0, count))


@lru_cache(maxsize=8)
def band_matrix(camera: Camera) -> Floats:
    """Detected counts per band from a photon spectrum: shape (energies, 5), cm2 keV.

    `photons @ band_matrix(camera)` is the on-axis rate (count/s) in bands 1-5 of the whole point source.
    """
    edges = np.array([BANDS_KEV[band] for band in NARROW_BANDS])
    energy = ENERGIES_KEV[:, None]
    sigma = energy_sigma_kev(camera, ENERGIES_KEV)[:, None]
    inside = ndtr((edges[:, 1] - energy) / sigma) - ndtr((edges[:, 0] - energy) / sigma)
    return np.asarray(effective_area_cm2(camera)[:, None] * inside * BIN_KEV)


@lru_cache(maxsize=8)
def conversion_factors_1e11(camera: Camera) -> Floats:
    """Energy-conversion factors (1e11 count cm2 erg-1) of bands 1-5, power law index 1.7 behind 3e20 cm-2."""
    photons = photon_spectrum(Spectrum("powerlaw", 1.7, 0.03))
    fluxes = np.array([energy_flux_cgs(photons, band_kev=BANDS_KEV[band]) for band in NARROW_BANDS])
    return np.asarray(photons @ band_matrix(camera) / fluxes / 1e11)
