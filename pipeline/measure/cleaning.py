"""Choosing good events: flags, patterns, good time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EmptyEventList
from pipeline.measure.goodtime import GoodTime, contains, good_time, intersect
from pipeline.readers.events import EventList

COLUMNS: Final = ("time", "x", "y", "pi_ev", "flag", "pattern", "ccd")
"""Arrays of an event list with one value for each event."""

REJECTED_FLAGS: Final = {"PN": 0xCFA0000, "M1": 0x766BA000, "M2": 0x766BA000}
"""Bits that must be zero: the selections #XMMEA_EP and #XMMEA_EM of the event lists' own headers."""

OUT_OF_FIELD: Final = 0x10000
"""Bit of events beside the field of view. The selection of MOS holds it, that of pn does not: particles
beside the field, where no exposure is counted, would pass for background of the sources at its edge."""

LARGEST_PATTERN: Final = {"PN": 4, "M1": 12, "M2": 12}
"""Largest accepted pattern: up to doubles for pn, up to quadruples for MOS (XMM-Newton Users' Handbook)."""


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A clean event list.

    Attributes
    ----------
    events : EventList
        Only good events; its `good_times` are narrowed to the quiet time.
    cleaned_here : bool
        False when the list was clean already and was left as it is.
    """

    events: EventList
    cleaned_here: bool


def select_events(events: EventList, keep: NDArray[np.bool_]) -> EventList:
    """The same list with only the events where `keep` is true."""
    return replace(events, **{name: getattr(events, name)[keep] for name in COLUMNS})


def good_quality(events: EventList) -> NDArray[np.bool_]:
    """Whether flag and pattern of each event pass the standard selection of its camera.

    Parameters
    ----------
    events : EventList
        Any list.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    unflagged = (events.flag & REJECTED_FLAGS[events.camera]) == 0
    return np.asarray(unflagged & (events.pattern <= LARGEST_PATTERN[events.camera]), dtype=bool)


def is_clean(events: EventList) -> bool:
    """Whether a list has been filtered already.

    Told from the events, not from header texts, which tools copy along: a raw list always holds some events
    with a rejected flag or pattern, a filtered one holds none.

    Parameters
    ----------
    events : EventList
        A list as read from its file.

    Returns
    -------
    bool
    """
    return bool(np.all(good_quality(events)))


def clean_events(events: EventList, quiet: GoodTime | None = None) -> Cleaned:
    """Keep good events of the field of view in good time; a list that is clean already keeps all its events.

    Parameters
    ----------
    events : EventList
        A list as read from its file.
    quiet : GoodTime or None
        Time without background flares; None when nothing is known. Not applied to a clean list, whose own
        interval tables already say what was kept.

    Returns
    -------
    Cleaned

    Raises
    ------
    EmptyEventList
        Nothing survives.
    """
    if is_clean(events):
        return Cleaned(events, cleaned_here=False)
    ccds = sorted({*events.good_times, *np.unique(events.ccd).tolist()})
    nothing = good_time([], [])
    narrowed = {ccd: events.good_times.get(ccd, nothing) for ccd in ccds}
    if quiet is not None:
        narrowed = {ccd: intersect(intervals, quiet) for ccd, intervals in narrowed.items()}
    keep = good_quality(events) & ((events.flag & OUT_OF_FIELD) == 0)
    for ccd, intervals in narrowed.items():
        on_ccd = events.ccd == ccd
        keep[on_ccd] &= contains(intervals, events.time[on_ccd])
    if not keep.any():
        raise EmptyEventList(
            f"{events.name}: no event passes flags, patterns and good time; leave the file out"
        )
    return Cleaned(replace(select_events(events, keep), good_times=narrowed), cleaned_here=True)
