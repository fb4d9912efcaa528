"""From positions per observation to sources: merging, names, Galactic latitude, nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipeline.readers.tables import Position


@dataclass(frozen=True)
class MergedSource:
    """One source on the sky.

    Attributes
    ----------
    ra_deg, dec_deg : float
        Mean position, ICRS.
    name : str
        Given name, or empty.
    observations : tuple of str
        Sorted identifiers of the observations that list it.
    members : tuple of (str, int)
        For each of them, which of its positions (counted from 0) this is.
    """

    ra_deg: float
    dec_deg: float
    name: str
    observations: tuple[str, ...]
    members: tuple[tuple[str, int], ...] = ()


def unit_vectors(ra_deg: NDArray[np.float64], dec_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions as vectors of length one, shape (n, 3); chords between them stand for angles."""
    ra, dec = np.deg2rad(ra_deg), np.deg2rad(dec_deg)
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def chord(arcsec: float) -> float:
    """Length of the chord that spans an angle on the unit sphere."""
    return float(2.0 * np.sin(np.deg2rad(arcsec / 3600.0) / 2.0))


def merge_positions(listed: dict[str, list[Position]], radius_arcsec: float) -> list[MergedSource]:
    """Merge the positions of several observations into sources.

    Parameters
    ----------
    listed : dict of str to list of Position
        Positions of each observation.
    radius_arcsec : float
        Positions closer than this to a source's first position join it.

    Returns
    -------
    list of MergedSource
        Sorted by right ascension, then declination. Each takes at most one position of an observation, the
        nearest to its first one; the others found sources of their own.
    """
    entries = [(obsid, n) for obsid in sorted(listed) for n in range(len(listed[obsid]))]
    if not entries:
        return []
    places = [listed[obsid][n] for obsid, n in entries]
    vectors = unit_vectors(np.array([p.ra_deg for p in places]), np.array([p.dec_deg for p in places]))
    near: Any = cKDTree(vectors).query_ball_point(vectors, chord(radius_arcsec))
    taken = np.zeros(len(entries), dtype=bool)
    merged = []
    for first in range(len(entries)):
        if not taken[first]:
            members = _one_of_each(first, [n for n in near[first] if not taken[n]], entries, vectors)
            taken[members] = True
            merged.append(
                _merge([entries[n] for n in members], [places[n] for n in members], vectors[members])
            )
    return sorted(merged, key=lambda source: (source.ra_deg, source.dec_deg))


def _one_of_each(
    first: int, candidates: list[int], entries: list[tuple[str, int]], vectors: NDArray[np.float64]
) -> list[int]:
    """The candidates nearest to the first position, one of each observation, in the order of the list."""
    if len(candidates) == 1:
        return candidates
    distance = np.sum((vectors[candidates] - vectors[first]) ** 2, axis=1)
    nearest: dict[str, int] = {}
    for index in np.argsort(distance, kind="stable"):
        nearest.setdefault(entries[candidates[index]][0], candidates[index])
    return sorted(nearest.values())


def _merge(
    members: list[tuple[str, int]], places: list[Position], vectors: NDArray[np.float64]
) -> MergedSource:
    x, y, z = vectors.mean(axis=0)
    names = [position.name for position in places if position.name]
    return MergedSource(
        ra_deg=float(np.mod(np.rad2deg(np.arctan2(y, x)), 360.0)),
        dec_deg=float(np.rad2deg(np.arctan2(z, np.hypot(x, y)))),
        name=names[0] if names else "",
        observations=tuple(obsid for obsid, _ in members),
        members=tuple(members),
    )


def iau_name(ra_deg: float, dec_deg: float, prefix: str) -> str:
    """Name after the position, truncated as the IAU asks: ``CLX J095814.2-110533``.

    Parameters
    ----------
    ra_deg, dec_deg : float
        ICRS position.
    prefix : str
        Acronym of the list.

    Returns
    -------
    str
    """
    # A hair is added so that a position that is exactly on a step is not truncated below it.
    tenths = int(ra_deg / 15.0 * 36000.0 + 1e-6)
    seconds = int(abs(dec_deg) * 3600.0 + 1e-6)
    right = f"{tenths // 36000:02d}{tenths // 600 % 60:02d}{tenths // 10 % 60:02d}.{tenths % 10}"
    up = f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
    return f"{prefix} J{right}{'-' if dec_deg < 0 else '+'}{up}"


def galactic_latitude(ra_deg: float, dec_deg: float) -> float:
    """Galactic latitude b in deg (signed) of an ICRS position."""
    return float(SkyCoord(ra_deg * u.deg, dec_deg * u.deg, frame="icrs").galactic.b.deg)
