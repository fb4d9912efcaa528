"""Sources found by their name, or by where they are."""

from dataclasses import dataclass
from typing import Any

from claxson.catalogue.models import FOLDED_NAME, Source
from claxson.catalogue.positions import Position, box_around, folded
from claxson.core.statements import rows_of

MOST = 100
# Right ascension goes around: a box may begin before 0 degrees, or end after 360.
CONE = """
SELECT name, ra_deg, dec_deg, simulated, separation_arcsec FROM (
    SELECT name, ra_deg, dec_deg, simulated, 3600 * degrees(2 * asin(least(1, sqrt(
        power(sin(radians(dec_deg - %(dec)s) / 2), 2)
        + cos(radians(dec_deg)) * cos(radians(%(dec)s)) * power(sin(radians(ra_deg - %(ra)s) / 2), 2)
    )))) AS separation_arcsec
    FROM catalogue_source
    WHERE dec_deg BETWEEN %(dec_low)s AND %(dec_high)s AND (
        ra_deg BETWEEN %(ra)s - %(half)s AND %(ra)s + %(half)s
        OR ra_deg >= %(ra)s - %(half)s + 360 OR ra_deg <= %(ra)s + %(half)s - 360
    )
) near WHERE separation_arcsec <= %(radius)s ORDER BY separation_arcsec, name LIMIT %(most)s
"""


@dataclass(frozen=True)
class Found:
    """A source, and how far it is from where one looked; None where one looked by name."""

    name: str
    ra_deg: float
    dec_deg: float
    simulated: bool
    separation_arcsec: float | None = None


def named_like(text: str) -> str | None:
    """The name that this is but for case and spaces; None unless there is exactly one."""
    names = _folded().filter(folded=folded(text)).values_list("name", flat=True)[:2]
    return names[0] if len(names) == 1 else None


def beginning_with(text: str, most: int = MOST) -> list[Found]:
    """Sources whose names begin so, in the order of their names."""
    if not folded(text):
        return []
    found = _folded().filter(folded__startswith=folded(text)).order_by("folded")
    return [Found(*row) for row in found.values_list("name", "ra_deg", "dec_deg", "simulated")[:most]]


def within(position: Position, radius_arcmin: float, most: int = MOST) -> list[Found]:
    """Sources in a cone, the nearest first."""
    box = box_around(position, radius_arcmin / 60)
    where: dict[str, Any] = {"ra": position.ra_deg, "dec": position.dec_deg, "half": box.ra_half}
    where |= {"dec_low": box.dec_low, "dec_high": box.dec_high, "radius": 60 * radius_arcmin, "most": most}
    return [Found(*row) for row in rows_of(CONE, where)]


def _folded() -> Any:
    return Source.objects.annotate(folded=FOLDED_NAME)
