"""Fits of spectra that lie in the input: which are of a source, and what they say of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pipeline.errors import BadResponse, FitFailed
from pipeline.fit.files import FileSpectrum, fit_file, index_of
from pipeline.measure.features import Features
from pipeline.measure.positions import MergedSource, chord, unit_vectors
from pipeline.observation import Observation
from pipeline.products.curves import plain
from pipeline.ready.curves import FileCurve


def fits_of(
    source: MergedSource, observation: Observation, reach_arcsec: float
) -> tuple[list[dict[str, Any]], list[str]]:
    """Fit the spectra of the input that are of a source.

    Parameters
    ----------
    source : MergedSource
        The source.
    observation : Observation
        With its spectra.
    reach_arcsec : float
        How far the middle of an extraction region may lie from it.

    Returns
    -------
    tuple of (list of dict, list of str)
        Fits as from `pipeline.fit.files.fit_file`, and sentences on those that failed.
    """
    fits, failed = [], []
    numbers = numbers_of(source, observation)
    for one in observation.spectra:
        if one.matrix is not None and is_of(source, one, numbers, observation, reach_arcsec):
            try:
                fits.append(fit_file(one))
            except (BadResponse, FitFailed) as error:
                failed.append(f"{observation.obsid}: {error}")
    return fits, failed


def numbers_of(source: MergedSource, observation: Observation) -> set[int]:
    """Numbers that the archive's list gives to what was merged into this source."""
    members = [observation.positions[int(key)] for key, _ in source.members]
    return {position.number for position in members if position.number}


def is_of(
    source: MergedSource,
    one: FileSpectrum | FileCurve,
    numbers: set[int],
    observation: Observation,
    reach_arcsec: float,
) -> bool:
    """Whether a product is of a source: by its number, else by where its extraction region lies."""
    number = one.origin.number
    return number in numbers or (not number and _is_near(source, one, observation, reach_arcsec))


def _is_near(
    source: MergedSource, one: FileSpectrum | FileCurve, observation: Observation, reach_arcsec: float
) -> bool:
    place = _place(one, observation)
    if place is None:
        return observation.from_products and len(observation.positions) == 1
    vectors = unit_vectors(*np.array([place, (source.ra_deg, source.dec_deg)]).T)
    return bool(np.linalg.norm(vectors[0] - vectors[1]) < chord(reach_arcsec))


def _place(one: FileSpectrum | FileCurve, observation: Observation) -> tuple[float, float] | None:
    if one.origin.place is not None or one.centre is None or observation.from_products:
        return one.origin.place
    # The sky pixels of all products of an observation are the same.
    ra, dec = observation.cameras[0].events.frame.to_sky(*one.centre)
    return float(ra[0]), float(dec[0])


def with_fits(features: Features, fits: list[dict[str, Any]]) -> Features:
    """Features with the photon index of the fits, where they give one, instead of that of the bands."""
    value, error = index_of(fits)
    better = {"photon_index": value, "photon_index_err": error} if math.isfinite(error) else {}
    return features | better


def with_fits_document(document: dict[str, Any], fits: list[dict[str, Any]]) -> dict[str, Any]:
    """A spectrum's document with its fits, and the temperature of the first one in the facts."""
    if not fits:
        return document
    value, error = index_of(fits)
    kt = fits[0]["kt_kev"]
    facts = {"photon_index": value, "photon_index_err": error, "kt_kev": kt["value"]}
    facts |= {"kt_kev_lower": kt["lower"], "kt_kev_upper": kt["upper"]}
    return document | {"fits": plain(fits), "facts": document["facts"] | plain(facts)}
