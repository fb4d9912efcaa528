"""Positions and names as people write them, and cones on the sky; no database."""

import math
import re
from dataclasses import dataclass

NUMBER = r"[+-]?\d+(?:\.\d*)?"
DEGREES = re.compile(rf"({NUMBER})°?[ ,;]+({NUMBER})°?")
# What stands in names of sources: hours, minutes and seconds, then degrees, minutes and seconds.
IN_NAME = re.compile(r"(?:.*J)?(\d\d)(\d\d)(\d\d(?:\.\d+)?)([+-]\d\d)(\d\d)(\d\d(?:\.\d+)?)")
LONGEST = 100


@dataclass(frozen=True)
class Position:
    """ICRS, in degrees; `ra_deg` in [0, 360)."""

    ra_deg: float
    dec_deg: float


@dataclass(frozen=True)
class Box:
    """What contains a cone: bounds of the declination, and half of the width in right ascension."""

    dec_low: float
    dec_high: float
    ra_half: float


def folded(name: str) -> str:
    """A name without what people vary: spaces, case, and which minus it is written with."""
    return "".join(name.split()).upper().replace("\N{MINUS SIGN}", "-")


def read_position(text: str) -> Position | None:
    """Two numbers are degrees; else hours and degrees, as astronomers write them or as names hold them."""
    text = " ".join(text.replace("\N{MINUS SIGN}", "-").split())
    if len(text) > LONGEST:
        return None
    if plain := DEGREES.fullmatch(text):
        return _position(*map(float, plain.groups()))
    named = IN_NAME.fullmatch(folded(text))
    return _sexagesimal("{} {} {} {} {} {}".format(*named.groups()) if named else text)


def box_around(position: Position, radius_deg: float) -> Box:
    """The smallest; near a pole it goes all around."""
    low, high = position.dec_deg - radius_deg, position.dec_deg + radius_deg
    if low <= -90 or high >= 90:
        return Box(max(low, -90.0), min(high, 90.0), 180.0)
    ratio = math.sin(math.radians(radius_deg)) / math.cos(math.radians(position.dec_deg))
    return Box(low, high, math.degrees(math.asin(min(1.0, ratio))))


def _sexagesimal(text: str) -> Position | None:
    # Only who searches by position needs it, and it takes a third of a second to load.
    from astropy.coordinates import SkyCoord  # noqa: PLC0415

    if not any(character.isdigit() for character in text):
        return None
    try:
        found = SkyCoord(text.replace(",", " "), unit=("hourangle", "deg"), frame="icrs")
    except Exception:  # noqa: BLE001  # astropy's parser raises whatever its parts raise
        return None
    return _position(float(found.ra.deg), float(found.dec.deg)) if found.isscalar else None


def _position(ra_deg: float, dec_deg: float) -> Position | None:
    return Position(ra_deg % 360, dec_deg) if -90 <= dec_deg <= 90 and -360 <= ra_deg <= 360 else None
