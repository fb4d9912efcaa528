"""Which observations look at a place on the sky: the archives' table services."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
from astropy.io.votable import parse_single_table

from pipeline.archive.transfer import Line
from pipeline.errors import ArchiveRefused, NoNetwork, UnknownProduct

XSA_QUERY: Final = (
    "SELECT observation_id FROM xsa.v_public_observations "
    "WHERE 1=CONTAINS(POINT('ICRS',ra,dec),CIRCLE('ICRS',{ra},{dec},{radius}))"
)
MIRROR_QUERY: Final = (
    "SELECT obsid FROM xmmmaster WHERE 1=CONTAINS(POINT('ICRS',ra,dec),CIRCLE('ICRS',{ra},{dec},{radius}))"
)


def observations_near(line: Line, cone_deg: tuple[float, float, float], scratch: Path) -> list[str]:
    """Public observations that point within a radius of a position.

    Parameters
    ----------
    line : Line
        The line to the archives; HEASARC is asked when the Science Archive does not answer.
    cone_deg : tuple of float
        Right ascension, declination (ICRS) and radius, deg.
    scratch : Path
        A file that may be written and is removed.

    Returns
    -------
    list of str
        Identifiers, sorted.

    Raises
    ------
    NoNetwork, ArchiveRefused
        No archive answers, or none with a table.
    """
    cone = dict(zip(("ra", "dec", "radius"), (f"{value:.6f}" for value in cone_deg), strict=True))
    try:
        return _ask(line, line.services.tap, XSA_QUERY.format(**cone), scratch)
    except (NoNetwork, ArchiveRefused, UnknownProduct):
        return _ask(line, line.services.mirror_tap, MIRROR_QUERY.format(**cone), scratch)


def _ask(line: Line, service: str, query: str, scratch: Path) -> list[str]:
    asked = urlencode({"REQUEST": "doQuery", "LANG": "ADQL", "FORMAT": "votable", "QUERY": query})
    rows = votable_rows(line.read(f"{service}?{asked}", scratch), service)
    return sorted({str(next(iter(row.values()))).strip() for row in rows})


def votable_rows(content: bytes, service: str) -> list[dict[str, Any]]:
    """The rows of the table that a table service answers with.

    Parameters
    ----------
    content : bytes
        The answer.
    service : str
        Its address, for messages.

    Returns
    -------
    list of dict
        Column -> value; blank cells are left out.

    Raises
    ------
    ArchiveRefused
        The answer is not a table.
    """
    try:
        with warnings.catch_warnings():
            # Real services break the standard of tables in harmless ways.
            warnings.simplefilter("ignore")
            table = parse_single_table(io.BytesIO(content)).to_table(use_names_over_ids=True)
    except (ValueError, IndexError, OSError, TypeError) as error:
        said = content[:200].decode("utf-8", "replace").strip()
        raise ArchiveRefused(f"{service}: the answer is not a table ({said!r}); try again later") from error
    return [{name: row[name] for name in table.colnames if not np.ma.is_masked(row[name])} for row in table]
