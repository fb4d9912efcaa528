"""Source circles and background rings: which events and which sky belong to a source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import NARROW_BANDS
from pipeline.config import RunConfig
from pipeline.measure.exposure import ExposureMap, maps_of_bands
from pipeline.measure.goodtime import GoodTime, good_time
from pipeline.psf import surface_density
from pipeline.readers.events import EventList
from pipeline.readers.region_files import Ellipse
from pipeline.readers.skyframe import local_map

GRID_STEP_ARCSEC: Final = 2.0
LEAST_COVERAGE: Final = 0.1
MASK_APERTURES: Final = (3.0, 2.0, 1.0)
"""Neighbours are cut out of the ring to the first of these that leaves `LEAST_RING_SHARE` of it: at three
apertures their wings in the ring are, averaged over where neighbours may be, those in the circle."""
LEAST_RING_SHARE: Final = 0.3


@dataclass(frozen=True, eq=False)
class Camera:
    """Clean events of one camera with its exposure maps, ready to be cut around positions.

    Attributes
    ----------
    events : EventList
        Clean events.
    maps : tuple of ExposureMap
        One for each of the bands 1..5.
    """

    events: EventList
    maps: tuple[ExposureMap, ...]

    @cached_property
    def by_x(self) -> NDArray[np.int64]:
        """Event numbers sorted by X, so that a strip of sky is one slice."""
        return np.argsort(self.events.x, kind="stable")

    @cached_property
    def sorted_x(self) -> NDArray[np.float64]:
        """X of the events in the order of `by_x`."""
        return self.events.x[self.by_x]

    def near(self, x: float, y: float, radius_pixels: float) -> NDArray[np.int64]:
        """Numbers of the events in the square of half-width `radius_pixels` about a position."""
        first, last = np.searchsorted(self.sorted_x, [x - radius_pixels, x + radius_pixels])
        strip = self.by_x[first:last]
        return strip[np.abs(self.events.y[strip] - y) <= radius_pixels]


def camera_of(events: EventList, maps: list[ExposureMap]) -> Camera:
    """Join clean events with the maps of the same camera (at least one)."""
    return Camera(events, maps_of_bands(maps))


@dataclass(frozen=True, eq=False)
class Surroundings:
    """A source and what lies about it.

    Attributes
    ----------
    ra_deg, dec_deg : float
        The source.
    neighbours : ndarray of shape (n, 2)
        Right ascension and declination of the other sources of the observation.
    extended : tuple of Ellipse
        Extended emission of the observation.
    """

    ra_deg: float
    dec_deg: float
    neighbours: NDArray[np.float64]
    extended: tuple[Ellipse, ...] = ()


@dataclass(frozen=True, eq=False)
class Patch:
    """What one camera recorded of one source.

    Attributes
    ----------
    camera, filter_name : str
        Camera and filter.
    source_time_s, source_ev, background_time_s, background_ev : ndarray
        Arrival times (s) and energies (eV) of the events in the circle and in the ring.
    ratio : ndarray of shape (5,)
        Per band, exposure-weighted area of the circle over that of the ring.
    effective_s : ndarray of shape (5,)
        Per band, the exposure that turns net counts into the rate of the whole point source on axis: map
        exposure weighted with the point spread function over the part of the circle that is used, less what
        its wings add to the background of the ring.
    live_s : float
        Live time of the source's CCD, s.
    good : GoodTime
        Good time of the source's CCD.
    on_extended : bool
        The source lies on extended emission, which is then part of its local background.
    vignetted : bool
        Whether vignetting is in `effective_s`.
    """

    camera: str
    filter_name: str
    source_time_s: NDArray[np.float64]
    source_ev: NDArray[np.float64]
    background_time_s: NDArray[np.float64]
    background_ev: NDArray[np.float64]
    ratio: NDArray[np.float64]
    effective_s: NDArray[np.float64]
    live_s: float
    good: GoodTime
    on_extended: bool
    vignetted: bool


@dataclass(frozen=True, eq=False)
class _Geometry:
    """Masks in offsets (arcsec; +x west, +y north) from the source."""

    config: RunConfig
    neighbours: NDArray[np.float64]
    ellipses: tuple[tuple[float, float, Ellipse], ...]
    ring: tuple[float, float]
    mask_arcsec: float

    def in_source(self, dx: NDArray[np.float64], dy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """In the circle, and nearer to this source than to any other."""
        square = dx**2 + dy**2
        mine = square <= self.config.aperture_arcsec**2
        for nx, ny in self.neighbours:
            mine &= square <= (dx - nx) ** 2 + (dy - ny) ** 2
        return mine

    def in_ring(self, dx: NDArray[np.float64], dy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """In the ring, outside every source circle and all extended emission."""
        square = dx**2 + dy**2
        return (square >= self.ring[0] ** 2) & (square < self.ring[1] ** 2) & self.is_empty(dx, dy)

    @cached_property
    def empty_ring(self) -> NDArray[np.bool_]:
        """Which points of the ring's grid are empty."""
        return self.is_empty(*_grid(self.config.annulus_arcsec[1], *self.ring))

    def is_empty(self, dx: NDArray[np.float64], dy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Outside the circles of all other sources and all extended emission that does not cover this one."""
        empty = np.ones(dx.shape, dtype=bool)
        for nx, ny in self.neighbours:
            empty &= (dx - nx) ** 2 + (dy - ny) ** 2 > self.mask_arcsec**2
        for ex, ey, ellipse in self.ellipses:
            empty &= ~_inside(dx - ex, dy - ey, ellipse)
        return empty


def _inside(dx: NDArray[np.float64], dy: NDArray[np.float64], ellipse: Ellipse) -> NDArray[np.bool_]:
    angle = np.deg2rad(ellipse.angle_deg)
    along = dx * np.cos(angle) + dy * np.sin(angle)
    across = dy * np.cos(angle) - dx * np.sin(angle)
    square = (along / ellipse.semi_major_arcsec) ** 2 + (across / ellipse.semi_minor_arcsec) ** 2
    return np.asarray(square <= 1.0)


def cut_patch(camera: Camera, source: Surroundings, config: RunConfig) -> Patch | None:
    """Cut the events of one source out of one camera.

    Parameters
    ----------
    camera : Camera
        Clean events and exposure maps.
    source : Surroundings
        The position, its neighbours, and extended emission.
    config : RunConfig
        Radii.

    Returns
    -------
    Patch or None
        None where the camera saw less than a tenth of the source, or has no background beside it.
    """
    frame = camera.events.frame
    scale = frame.arcsec_per_pixel
    x, y = (float(v[0]) for v in frame.to_pixel(source.ra_deg, source.dec_deg))
    if not (np.isfinite(x) and np.isfinite(y)):
        return None
    geometry, on_extended = _geometry(camera, source, (x, y), config)
    ratio, effective = _exposures(camera, geometry, (x, y))
    if not np.all(effective > 0):
        return None
    near = camera.near(x, y, config.annulus_arcsec[1] / scale)
    dx, dy = (camera.events.x[near] - x) * scale, (camera.events.y[near] - y) * scale
    inside, ring = near[geometry.in_source(dx, dy)], near[geometry.in_ring(dx, dy)]
    good, live = _ccd_time(camera.events, inside if len(inside) else near)
    events = camera.events
    return Patch(
        camera=events.camera,
        filter_name=events.filter_name,
        source_time_s=events.time[inside],
        source_ev=events.pi_ev[inside],
        background_time_s=events.time[ring],
        background_ev=events.pi_ev[ring],
        ratio=ratio,
        effective_s=effective,
        live_s=good.seconds * live,
        good=good,
        on_extended=on_extended,
        vignetted=camera.maps[0].vignetted,
    )


def _geometry(
    camera: Camera, source: Surroundings, centre: tuple[float, float], config: RunConfig
) -> tuple[_Geometry, bool]:
    frame = camera.events.frame
    offsets = np.column_stack(frame.to_pixel(source.neighbours[:, 0], source.neighbours[:, 1])) - centre
    offsets *= frame.arcsec_per_pixel
    reach = config.annulus_arcsec[1] + MASK_APERTURES[0] * config.aperture_arcsec
    near = offsets[np.hypot(offsets[:, 0], offsets[:, 1]) < reach]
    placed = [(frame.to_pixel(e.ra_deg, e.dec_deg), e) for e in source.extended]
    scale = frame.arcsec_per_pixel
    ellipses = [(float(x[0] - centre[0]) * scale, float(y[0] - centre[1]) * scale, e) for (x, y), e in placed]
    origin = np.zeros(1)
    covering = [bool(_inside(origin - ex, origin - ey, e)[0]) for ex, ey, e in ellipses]
    masked = tuple(item for item, covers in zip(ellipses, covering, strict=True) if not covers)
    ring = config.extended_annulus_arcsec if any(covering) else config.annulus_arcsec
    masks = [apertures * config.aperture_arcsec for apertures in MASK_APERTURES]
    choices = (_Geometry(config, near, masked, ring, mask) for mask in masks[:-1])
    # A crowded ring with some wings in it is better than none.
    last = _Geometry(config, near, masked, ring, masks[-1])
    wide = (one for one in choices if np.mean(one.empty_ring) >= LEAST_RING_SHARE)
    return next(wide, last), any(covering)


def _exposures(
    camera: Camera, geometry: _Geometry, centre: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area ratio and effective exposure per band; zeros where the source is not covered."""
    config, frame = geometry.config, camera.events.frame
    outer = config.annulus_arcsec[1]
    circle = _grid(outer, 0.0, config.aperture_arcsec + GRID_STEP_ARCSEC)
    ring = _grid(outer, *geometry.ring)
    empty = geometry.empty_ring
    circle, ring = circle[:, geometry.in_source(*circle)], ring[:, empty]
    weight = surface_density(camera.events.camera, np.hypot(*circle)) * GRID_STEP_ARCSEC**2
    wings = _wings(camera.events.camera, outer, *geometry.ring)[empty]
    circle, ring = circle / frame.arcsec_per_pixel, ring / frame.arcsec_per_pixel
    found: dict[int, tuple[float, float]] = {}
    for chart in camera.maps:
        if id(chart) not in found:
            near = local_map(frame, *centre, chart.wcs)
            of_source, of_ring = chart.at(*near.apply(*circle)), chart.at(*near.apply(*ring))
            covered = np.sum(weight[of_source > 0]) >= LEAST_COVERAGE * np.sum(weight) and of_ring.sum() > 0
            ratio = float(of_source.sum() / of_ring.sum()) if covered else 0.0
            # What the source itself leaves in the ring is subtracted with the background.
            seen = float(np.sum(weight * of_source) - ratio * np.sum(wings * of_ring))
            found[id(chart)] = (ratio, seen if covered else 0.0)
    rows = np.array([found[id(chart)] for chart in camera.maps]).reshape(len(NARROW_BANDS), 2)
    return rows[:, 0], rows[:, 1]


@lru_cache(maxsize=16)
def _grid(half_width: float, inner: float, outer: float) -> NDArray[np.float64]:
    """Offsets (arcsec), shape (2, n), of a square grid's points at inner <= distance < outer."""
    steps = np.arange(-half_width, half_width, GRID_STEP_ARCSEC) + GRID_STEP_ARCSEC / 2
    points = np.array(np.meshgrid(steps, steps)).reshape(2, -1)
    square = points[0] ** 2 + points[1] ** 2
    chosen = points[:, (square >= inner**2) & (square < outer**2)]
    # Shared by all sources.
    chosen.setflags(write=False)
    return chosen


@lru_cache(maxsize=16)
def _wings(camera: str, half_width: float, inner: float, outer: float) -> NDArray[np.float64]:
    """Share of a point source's events about each point of a ring's grid."""
    distance = np.hypot(*_grid(half_width, inner, outer))
    return np.asarray(surface_density(camera, distance) * GRID_STEP_ARCSEC**2)


def _ccd_time(events: EventList, numbers: NDArray[np.int64]) -> tuple[GoodTime, float]:
    """Good time and live fraction of the CCD with most of the events (without events: the deepest CCD)."""
    if len(numbers):
        ccd = int(np.bincount(events.ccd[numbers]).argmax())
    else:
        ccd = max(events.good_times, key=lambda n: events.good_times[n].seconds)
    return events.good_times.get(ccd, good_time([], [])), events.live_fraction.get(ccd, 1.0)
