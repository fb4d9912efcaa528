"""Optical and infrared counterparts: nearest neighbour, and X-ray to optical flux ratios."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from pipeline.measure.positions import chord, unit_vectors
from pipeline.readers.tables import Counterpart, Galaxy, Position

CM_PER_MPC: Final = 3.0856775814913673e24
LEAST_PARALLAX_SIGMA: Final = 5.0
FARTHEST_RADII: Final = 3.0
"""Beyond so many radii a galaxy has nothing to do with a source."""
OPTICAL_ZERO: Final = 5.37
INFRARED_ZERO: Final = 6.95


def nearest_counterpart(
    ra_deg: float, dec_deg: float, counterparts: list[Counterpart], radius_arcsec: float
) -> Counterpart | None:
    """The nearest counterpart of a position.

    Parameters
    ----------
    ra_deg, dec_deg : float
        ICRS position.
    counterparts : list of Counterpart
        Candidates.
    radius_arcsec : float
        Largest distance.

    Returns
    -------
    Counterpart or None
        None when nothing lies within the radius.
    """
    if not counterparts:
        return None
    ra = np.array([c.position.ra_deg for c in counterparts])
    dec = np.array([c.position.dec_deg for c in counterparts])
    here = unit_vectors(np.array([ra_deg]), np.array([dec_deg]))[0]
    distance, index = cKDTree(unit_vectors(ra, dec)).query(here)
    return counterparts[int(index)] if distance <= chord(radius_arcsec) else None


def offsets_arcsec(place: Position, centre_deg: tuple[float, float]) -> dict[str, float]:
    """How far a place lies from the centre of a picture.

    Parameters
    ----------
    place : Position
        The place.
    centre_deg : tuple of float
        Right ascension and declination of the centre.

    Returns
    -------
    dict of str to float
        east_arcsec and north_arcsec, to a hundredth, good within arcminutes.
    """
    ra_deg, dec_deg = centre_deg
    east = ((place.ra_deg - ra_deg + 180.0) % 360.0 - 180.0) * math.cos(math.radians(dec_deg))
    north = place.dec_deg - dec_deg
    return {"east_arcsec": round(3600.0 * east, 2), "north_arcsec": round(3600.0 * north, 2)}


def flux_ratio(flux_cgs: float, magnitude: float, zero: float) -> float:
    """log10 of the X-ray to optical (or infrared) flux ratio: log10(Fx) + zero + magnitude / 2.5.

    Parameters
    ----------
    flux_cgs : float
        X-ray flux of 0.2-12 keV in erg cm-2 s-1.
    magnitude : float
        Magnitude; NaN when not detected.
    zero : float
        5.37 for the optical b and r, 6.95 for W1 and W2 (Maccacaro et al. 1988; Tranin et al. 2022).

    Returns
    -------
    float
        NaN when the flux is not positive or the magnitude is missing.
    """
    return math.log10(flux_cgs) + zero + magnitude / 2.5 if flux_cgs > 0 else math.nan


def counterpart_features(
    counterpart: Counterpart, flux_cgs: float, flux_error_cgs: float = 0.0
) -> dict[str, float]:
    """Features that a counterpart adds to a source (NaN where a magnitude is missing).

    Parameters
    ----------
    counterpart : Counterpart
        The object.
    flux_cgs : float
        X-ray flux of the source, 0.2-12 keV, erg cm-2 s-1.
    flux_error_cgs : float
        Its error. Where the flux does not exceed it, the ratios are missing: the logarithm of noise says
        nothing, and to take only its positive half would be biased.

    Returns
    -------
    dict of str to float
        log_fx_fb, log_fx_fr, log_fx_fw1, log_fx_fw2, proper_motion_masyr.
    """
    flux_cgs = flux_cgs if flux_cgs > flux_error_cgs else math.nan
    return {
        "log_fx_fb": flux_ratio(flux_cgs, counterpart.bmag, OPTICAL_ZERO),
        "log_fx_fr": flux_ratio(flux_cgs, counterpart.rmag, OPTICAL_ZERO),
        "log_fx_fw1": flux_ratio(flux_cgs, counterpart.w1mag, INFRARED_ZERO),
        "log_fx_fw2": flux_ratio(flux_cgs, counterpart.w2mag, INFRARED_ZERO),
        "proper_motion_masyr": counterpart.proper_motion_masyr,
    }


def parallax_distance(counterpart: Counterpart) -> tuple[float, float]:
    """Distance of an object and its error in Mpc, from its parallax.

    Parameters
    ----------
    counterpart : Counterpart
        The object.

    Returns
    -------
    tuple of float
        NaN where the parallax stands less than `LEAST_PARALLAX_SIGMA` errors above zero: its inverse would be
        biased and all but unbounded (Bailer-Jones 2015, PASP 127, 994).
    """
    parallax, error = counterpart.parallax_mas, counterpart.parallax_err_mas
    if not (error > 0 and parallax >= LEAST_PARALLAX_SIGMA * error):
        return math.nan, math.nan
    return 1e-3 / parallax, 1e-3 / parallax * error / parallax


def log_luminosity(distance_mpc: float, flux_cgs: float, flux_error_cgs: float) -> float:
    """log10 of 4 pi d^2 F in erg s-1; NaN where the flux does not exceed its error."""
    if not flux_cgs > flux_error_cgs:
        return math.nan
    return math.log10(4.0 * math.pi * (distance_mpc * CM_PER_MPC) ** 2 * flux_cgs)


def nearest_galaxy(ra_deg: float, dec_deg: float, galaxies: list[Galaxy]) -> tuple[Galaxy, float] | None:
    """The galaxy that a position is nearest to, counted in the galaxy's own radius.

    Parameters
    ----------
    ra_deg, dec_deg : float
        ICRS position.
    galaxies : list of Galaxy
        Candidates.

    Returns
    -------
    tuple of (Galaxy, float) or None
        The galaxy, and the distance from its centre over its radius; None beyond three radii.
    """
    if not galaxies:
        return None
    here = unit_vectors(np.array([ra_deg]), np.array([dec_deg]))
    places = np.array([(one.position.ra_deg, one.position.dec_deg) for one in galaxies])
    chords = np.linalg.norm(unit_vectors(places[:, 0], places[:, 1]) - here, axis=1)
    arcmin = 60.0 * np.rad2deg(2.0 * np.arcsin(chords / 2.0))
    ratio = arcmin / np.array([one.radius_arcmin for one in galaxies])
    best = int(np.argmin(ratio))
    return (galaxies[best], float(ratio[best])) if ratio[best] <= FARTHEST_RADII else None


def galaxy_features(
    ratio: float, distance_mpc: float, flux_cgs: float, flux_error_cgs: float
) -> dict[str, float]:
    """Features that a galaxy near a source adds.

    Parameters
    ----------
    ratio : float
        Distance from the galaxy's centre over its radius.
    distance_mpc : float
        Distance of the galaxy, Mpc.
    flux_cgs, flux_error_cgs : float
        X-ray flux of the source, 0.2-12 keV, and its error, erg cm-2 s-1.

    Returns
    -------
    dict of str to float
        separation_galaxy_radius, and log_lx = log10(4 pi d^2 F) where the source lies on the galaxy (ratio at
        most one) and its flux exceeds the error; else NaN.
    """
    return {
        "separation_galaxy_radius": ratio,
        "log_lx": log_luminosity(distance_mpc, flux_cgs, flux_error_cgs) if ratio <= 1.0 else math.nan,
    }
