"""Several exposures of one camera, joined as if the camera had looked once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from pipeline.measure.apertures import Camera
from pipeline.measure.cleaning import COLUMNS
from pipeline.measure.exposure import ExposureMap
from pipeline.measure.goodtime import GoodTime, intersect, union
from pipeline.readers.events import EventList

MOST_SHARED: Final = 0.01


def can_join(first: EventList, second: EventList) -> bool:
    """Whether the counts of two lists add up: same sky pixels and filter, and not the same time twice."""
    if first.frame != second.frame or first.filter_name != second.filter_name:
        return False
    spans = [union(list(events.good_times.values())) for events in (first, second)]
    shared = intersect(spans[0], spans[1]).seconds
    return shared <= MOST_SHARED * min(span.seconds for span in spans)


def join_cameras(parts: list[Camera]) -> Camera:
    """Join exposures of one camera.

    Parameters
    ----------
    parts : list of Camera
        Clean events and maps of one exposure each, at least one; the first gives the name.

    Returns
    -------
    Camera
        Events of all in the order of time; good times are united, exposure maps added.
    """
    if len(parts) == 1:
        return parts[0]
    lists = [part.events for part in parts]
    order = np.argsort(np.concatenate([events.time for events in lists]), kind="stable")
    columns = {name: np.concatenate([getattr(events, name) for events in lists])[order] for name in COLUMNS}
    good = {ccd: union(_of_ccd(lists, ccd)) for ccd in sorted({ccd for e in lists for ccd in e.good_times})}
    joined = replace(lists[0], good_times=good, live_fraction=_live(lists), **columns)  # type: ignore[arg-type]
    maps = tuple(_added([part.maps[band] for part in parts]) for band in range(len(parts[0].maps)))
    return Camera(joined, maps)


def _of_ccd(lists: list[EventList], ccd: int) -> list[GoodTime]:
    return [events.good_times[ccd] for events in lists if ccd in events.good_times]


def _live(lists: list[EventList]) -> dict[int, float]:
    """Live time over good time of all exposures together."""
    ccds = sorted({ccd for events in lists for ccd in events.good_times})
    seconds = {ccd: sum(part.seconds for part in _of_ccd(lists, ccd)) for ccd in ccds}
    live = {
        ccd: sum(
            e.good_times[ccd].seconds * e.live_fraction.get(ccd, 1.0) for e in lists if ccd in e.good_times
        )
        for ccd in ccds
    }
    return {ccd: live[ccd] / seconds[ccd] for ccd in ccds if seconds[ccd] > 0}


def _added(maps: list[ExposureMap]) -> ExposureMap:
    """The sum of maps; those on another grid than the first are sampled at its pixels."""
    # One map may stand for all exposures; its seconds count once.
    maps = list({id(one): one for one in maps}.values())
    first = maps[0]
    rows, columns = (axis.ravel().astype(np.float64) for axis in np.indices(first.seconds.shape))
    total = first.seconds.copy()
    for one in maps[1:]:
        if one.seconds.shape == first.seconds.shape and one.wcs.wcs.compare(first.wcs.wcs):
            total += one.seconds
        else:
            sky = first.wcs.wcs_pix2world(columns, rows, 0)
            total += one.at(*one.wcs.wcs_world2pix(*sky, 0)).reshape(total.shape)
    return replace(first, seconds=total, vignetted=all(one.vignetted for one in maps))
