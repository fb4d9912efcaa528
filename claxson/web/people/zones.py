"""Time zones to choose from, region by region, each place once."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.voting.services.preferences import time_zones

REGIONS: dict[str, Promise] = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}


@dataclass(frozen=True)
class Zone:
    """`key` is its name, `words` the place in it."""

    key: str
    words: str


def zones_by_region(chosen: str) -> list[tuple[str, list[Zone]]]:
    """UTC and a name of old that somebody chose once stand before the regions, under none."""
    names = time_zones()
    before = [name for name in dict.fromkeys(["UTC", chosen]) if name == "UTC" or name not in names]
    regions = [(str(label), _places(names, region)) for region, label in REGIONS.items()]
    return [("", [Zone(name, name) for name in before]), *sorted(regions)]


def _places(names: list[str], region: str) -> list[Zone]:
    places = [name for name in names if name.startswith(f"{region}/")]
    return [Zone(name, name.removeprefix(f"{region}/").replace("_", " ")) for name in places]
