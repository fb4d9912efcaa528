"""The events about one position, found without looking at all the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.apertures import Camera
from pipeline.measure.cleaning import COLUMNS
from pipeline.observation import Observation
from pipeline.readers.events import EventList

CELL_ARCSEC: Final = 60.0
REACH_ARCSEC: Final = 182.0
"""Half-width of the square that is cut out: the half diagonal of a cut-out, and more than any ring."""


@dataclass(frozen=True, eq=False)
class Clipping(Camera):
    """A camera with few events, which are looked through faster than they are sorted."""

    def near(self, x: float, y: float, radius_pixels: float) -> NDArray[np.int64]:
        """Numbers of the events in the square of half-width `radius_pixels` about a position."""
        inside = np.abs(self.events.x - x) <= radius_pixels
        inside &= np.abs(self.events.y - y) <= radius_pixels
        return np.flatnonzero(inside)


@dataclass(frozen=True, eq=False)
class EventIndex:
    """One camera's events, sorted into cells of the sky.

    Attributes
    ----------
    camera : Camera
        Clean events and exposure maps.
    """

    camera: Camera

    @cached_property
    def _cells(self) -> tuple[EventList, NDArray[np.int64], tuple[int, int], int, int]:
        """Events sorted by cell, where each cell begins, the first cell, and the size of the grid."""
        column, row = self._cell(self.camera.events.x), self._cell(self.camera.events.y)
        first = int(column.min()), int(row.min())
        width, height = int(column.max()) - first[0] + 1, int(row.max()) - first[1] + 1
        number = (row - first[1]) * width + column - first[0]
        order = np.argsort(number, kind="stable")
        starts = np.searchsorted(number[order], np.arange(width * height + 1))
        events = self.camera.events
        # Sorted once, the events about a place are a few slices, which copy faster than picked numbers.
        columns = {name: getattr(events, name)[order] for name in COLUMNS}
        return replace(events, **columns), starts, first, width, height

    def _cell(self, pixel: NDArray[np.float64]) -> NDArray[np.int64]:
        step = CELL_ARCSEC / self.camera.events.frame.arcsec_per_pixel
        return np.floor(pixel / step).astype(np.int64)

    def about(self, ra_deg: float, dec_deg: float, reach_arcsec: float = REACH_ARCSEC) -> Camera:
        """The same camera with only the events of the cells that touch a square about a position.

        Parameters
        ----------
        ra_deg, dec_deg : float
            ICRS position.
        reach_arcsec : float
            Half-width of the square.

        Returns
        -------
        Camera
            Events by cell, in each cell in their old order; its exposure maps are shared.
        """
        frame = self.camera.events.frame
        x, y = frame.to_pixel(ra_deg, dec_deg)
        _, starts, first, width, height = self._cells
        if not np.isfinite(x[0]):
            return self._only([slice(0, 0)])
        reach = np.array([-1.0, 1.0]) * reach_arcsec / frame.arcsec_per_pixel
        left, right = np.clip(self._cell(x + reach) - first[0], [0, -1], [width, width - 1])
        bottom, top = np.clip(self._cell(y + reach) - first[1], [0, -1], [height, height - 1])
        rows = range(int(bottom), int(top) + 1) if left <= right else range(0)
        strips = [slice(starts[r * width + left], starts[r * width + right + 1]) for r in rows]
        return self._only(strips or [slice(0, 0)])

    def _only(self, strips: list[slice]) -> Camera:
        events = self._cells[0]
        columns = {name: np.concatenate([getattr(events, name)[one] for one in strips]) for name in COLUMNS}
        return Clipping(replace(events, **columns), self.camera.maps)  # type: ignore[arg-type]


def index_events(observation: Observation) -> tuple[EventIndex, ...]:
    """An index for each camera of an observation."""
    return tuple(EventIndex(camera) for camera in observation.cameras)
