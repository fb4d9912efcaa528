"""One observation, ready to be measured: cleaned cameras, positions, extended emission, counterparts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from pipeline.config import RunConfig
from pipeline.errors import EmptyEventList, NoEventList, PipelineError, SimulatedInput, UnknownInstrument
from pipeline.exposures import can_join, join_cameras
from pipeline.fit.files import FileSpectrum, read_file_spectrum, shelf_of
from pipeline.inventory import Failure, Folder, InputFile, failure_of
from pipeline.measure.apertures import Camera, camera_of
from pipeline.measure.cleaning import clean_events, is_clean
from pipeline.measure.detect import as_positions, detect_sources, make_field
from pipeline.measure.exposure import ExposureMap, from_events, from_image
from pipeline.measure.goodtime import GoodTime, contains, intersect, union
from pipeline.measure.positions import chord, unit_vectors
from pipeline.products.sky import SkyPicture, read_sky_pictures
from pipeline.readers.catalogues import read_source_list
from pipeline.readers.events import MJD_REFERENCE, EventList, read_events
from pipeline.readers.images import read_image
from pipeline.readers.intervals import read_flare_good_time, read_good_time
from pipeline.readers.region_files import Ellipse, RegionList, read_regions
from pipeline.readers.tables import (
    Counterpart,
    Galaxy,
    Position,
    read_counterparts,
    read_galaxies,
    read_positions,
)
from pipeline.ready.curves import FileCurve

T = TypeVar("T")
CAMERA_ORDER: Final = ("PN", "M1", "M2")
FIELD_ARCSEC: Final = 17.0 * 60.0
"""No camera sees farther from where the telescope points."""


@dataclass(frozen=True, eq=False)
class Observation:
    """Everything known of one observation.

    Attributes
    ----------
    obsid, target : str
        Identifier and the proposer's name of the target.
    ra_deg, dec_deg : float
        Pointing.
    mjd_start, mjd_stop : float
        First and last good second of any camera, MJD (TT).
    simulated : bool
        Whether the events are simulated.
    cameras : tuple of Camera
        Cleaned, in the order PN, M1, M2.
    cleaned_here : tuple of bool
        For each camera, whether this run cleaned it.
    positions : tuple of Position
        Point-like sources.
    extended : tuple of Ellipse
        Extended emission.
    counterparts : tuple of Counterpart
        Optical and infrared objects.
    galaxies : tuple of Galaxy
        Nearby galaxies.
    pictures : tuple of SkyPicture
        Pictures of the sky in other light.
    spectra : tuple of FileSpectrum
        Spectra of the input that have their responses.
    flare_cut : GoodTime
        Time that this run cut out of some camera because of background flares.
    notes : tuple of str
        Choices that a reader of the result should know.
    failures : tuple of Failure
        Files that were left out.
    curves : tuple of FileCurve
        Light curves of the input, where it has no event list.
    from_products : bool
        Whether the events are counts of images, as there is no event list.
    """

    obsid: str
    target: str
    ra_deg: float
    dec_deg: float
    mjd_start: float
    mjd_stop: float
    simulated: bool
    cameras: tuple[Camera, ...]
    cleaned_here: tuple[bool, ...]
    positions: tuple[Position, ...]
    extended: tuple[Ellipse, ...]
    counterparts: tuple[Counterpart, ...]
    galaxies: tuple[Galaxy, ...]
    pictures: tuple[SkyPicture, ...]
    spectra: tuple[FileSpectrum, ...]
    flare_cut: GoodTime
    notes: tuple[str, ...]
    failures: tuple[Failure, ...]
    curves: tuple[FileCurve, ...] = ()
    from_products: bool = False


@dataclass
class Desk:
    """A folder that is being read, and what piles up meanwhile."""

    folder: Folder
    config: RunConfig
    notes: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    maps: dict[str, tuple[str, ExposureMap] | None] = field(default_factory=dict)

    def fail(self, file: InputFile, error: PipelineError) -> None:
        """Put a file on the list of failures."""
        self.failures.append(failure_of(file.label, error))


def load_observation(folder: Folder, config: RunConfig, given: list[Position] | None = None) -> Observation:
    """Read, choose and clean the event lists of a folder, and find out where its sources are.

    Parameters
    ----------
    folder : Folder
        Inventory of the folder.
    config : RunConfig
        Settings.
    given : list of Position or None
        Positions to use where the folder has no region file.

    Returns
    -------
    Observation
        Files that could not be read are in its `failures`; the rest is used.

    Raises
    ------
    NoEventList
        Not one event list could be used.
    SimulatedInput
        The events are simulated and only real ones are wanted.
    """
    desk = Desk(folder, config, failures=list(folder.failures))
    chosen = _choose_lists(desk)
    if config.only_real and any(events.simulated for events in chosen):
        raise SimulatedInput(
            f"{folder.path.name}: simulated events; leave the folder out or drop --only-real"
        )
    cleaned = [pair for events in chosen if (pair := _clean_camera(desk, events, chosen)) is not None]
    if not cleaned:
        causes = "; ".join([*(failure.message for failure in desk.failures), *desk.notes]) or "none is here"
        raise NoEventList(f"{folder.path.name}: no usable EPIC event list ({causes})")
    exposures = [camera for camera, _ in cleaned]
    cleaned = _join_exposures(cleaned)
    cameras = [camera for camera, _ in cleaned]
    positions, extended = find_positions(desk, cameras, given)
    first = cameras[0].events
    spans = [t for camera in cameras for t in camera.events.good_times.values() if len(t.start)]
    return Observation(
        obsid=first.obsid,
        target=first.target,
        ra_deg=first.ra_pnt_deg,
        dec_deg=first.dec_pnt_deg,
        mjd_start=MJD_REFERENCE + min(float(t.start[0]) for t in spans) / 86400.0,
        mjd_stop=MJD_REFERENCE + max(float(t.stop[-1]) for t in spans) / 86400.0,
        simulated=any(camera.events.simulated for camera in cameras),
        cameras=tuple(cameras),
        cleaned_here=tuple(here for _, here in cleaned),
        positions=tuple(positions),
        extended=tuple(extended),
        counterparts=tuple(all_rows(desk, "counterparts", read_counterparts)),
        galaxies=tuple(all_rows(desk, "galaxies", read_galaxies)),
        pictures=tuple(all_rows(desk, "sky_pictures", read_sky_pictures)),
        spectra=tuple(_spectra(desk, first.obsid)),
        flare_cut=_flare_cut(chosen, exposures),
        notes=tuple(desk.notes),
        failures=tuple(desk.failures),
    )


def _flare_cut(lists: list[EventList], cameras: list[Camera]) -> GoodTime:
    """What cleaning took from the good time, by the CCD of each camera that has most of it."""
    cut = []
    for camera in cameras:
        before = next(events for events in lists if events.name == camera.events.name).good_times
        ccd = max(before, key=lambda number: before[number].seconds)
        kept = camera.events.good_times.get(ccd, GoodTime(np.empty(0), np.empty(0)))
        outside = GoodTime(np.append(-np.inf, kept.stop), np.append(kept.start, np.inf))
        cut.append(intersect(before[ccd], outside))
    return union(cut)


def _choose_lists(desk: Desk) -> list[EventList]:
    """The lists to use, camera by camera."""
    lists: list[EventList] = []
    for file in desk.folder.of_kind("events"):
        try:
            lists.append(read_events(file.path))
        except UnknownInstrument as error:
            # Every full set of products holds RGS and timing lists: no failure, but worth a line.
            desk.notes.append(f"left out {error}")
        except PipelineError as error:
            desk.fail(file, error)
    obsids = sorted({events.obsid for events in lists})
    if len(obsids) > 1:
        desk.notes.append(f"{desk.folder.path.name}: holds {', '.join(obsids)}; only {obsids[0]} was used")
    chosen = []
    for camera in CAMERA_ORDER:
        mine = [events for events in lists if events.camera == camera and events.obsid == obsids[0]]
        chosen += _choose_exposures(desk, mine)
    return chosen


def _choose_exposures(desk: Desk, lists: list[EventList]) -> list[EventList]:
    """Of each exposure of a camera one list, the longest first; only those whose counts can be added."""
    # A raw list keeps the full energy range and all the time, so it wins over its own filtered copy.
    lists = sorted(lists, key=lambda e: (is_clean(e), -e.good_seconds, e.name))
    chosen: list[EventList] = []
    for events in lists:
        if all(can_join(one, events) for one in chosen):
            chosen.append(events)
    used = ", ".join(events.name for events in chosen)
    left = [events for events in lists if not any(events is one for one in chosen)]
    desk.notes += [f"{e.obsid} {e.camera}: used {used}, not {e.name}" for e in left]
    if len(chosen) > 1:
        desk.notes.append(f"{chosen[0].obsid} {chosen[0].camera}: {len(chosen)} exposures joined: {used}")
    return chosen


def _join_exposures(cleaned: list[tuple[Camera, bool]]) -> list[tuple[Camera, bool]]:
    """One camera for all its exposures; said to be cleaned here if any of them was."""
    names = dict.fromkeys(camera.events.camera for camera, _ in cleaned)
    groups = [[pair for pair in cleaned if pair[0].events.camera == name] for name in names]
    return [(join_cameras([c for c, _ in group]), any(here for _, here in group)) for group in groups]


def _clean_camera(desk: Desk, events: EventList, chosen: list[EventList]) -> tuple[Camera, bool] | None:
    quiet = _quiet_time(desk, events)
    try:
        cleaned = clean_events(events, quiet)
    except EmptyEventList as error:
        desk.failures.append(failure_of(f"{desk.folder.path.name}/{events.name}", error))
        return None
    if cleaned.cleaned_here and quiet is None:
        desk.notes.append(
            f"{events.obsid} {events.camera}: no flare light curve or GTI file; flares were not cut"
        )
    others = frozenset(one.exposure_id for one in chosen if one.camera == events.camera and one is not events)
    maps = exposure_maps(desk, events.camera, events.exposure_id, others)
    if not maps:
        desk.notes.append(f"{events.obsid} {events.camera}: no exposure map; vignetting was not corrected")
    return camera_of(cleaned.events, maps or [from_events(cleaned.events)]), cleaned.cleaned_here


def exposure_maps(
    desk: Desk, camera: str, exposure_id: str, others: frozenset[str] = frozenset()
) -> list[ExposureMap]:
    """The maps of an exposure, else those of its camera that are of none of the other exposures."""
    read = [_map(desk, file) for file in _of_camera(desk, "exposure", camera)]
    images = [one for one in read if one is not None]
    same = [chart for exposure, chart in images if exposure == exposure_id]
    # A map of another exposure would count its seconds here; one of all exposures names none of them.
    return same or [chart for exposure, chart in images if exposure not in others]


def _map(desk: Desk, file: InputFile) -> tuple[str, ExposureMap] | None:
    """Which exposure a map is of, and the map; each file is read once."""
    if file.label not in desk.maps:
        desk.maps[file.label] = None
        try:
            image = read_image(file.path)
            desk.maps[file.label] = (image.exposure_id, from_image(image))
        except PipelineError as error:
            desk.fail(file, error)
    return desk.maps[file.label]


def _of_camera(desk: Desk, kind: str, camera: str) -> list[InputFile]:
    return [file for file in desk.folder.of_kind(kind) if file.camera == camera]


def _quiet_time(desk: Desk, events: EventList) -> GoodTime | None:
    """Quiet time of this exposure; a GTI file, made on purpose, goes before the flare curve's threshold."""
    readers = {"gti": read_good_time, "flare_background": read_flare_good_time}
    for kind, reader in readers.items():
        for file in _of_camera(desk, kind, events.camera):
            quiet = _read_quiet_time(desk, file, reader)
            # Another exposure of the same camera is told by its time.
            if quiet is not None and contains(quiet, events.time).any():
                return quiet
    return None


def _read_quiet_time(desk: Desk, file: InputFile, reader: Callable[[Path], GoodTime]) -> GoodTime | None:
    try:
        return reader(file.path)
    except PipelineError as error:
        desk.fail(file, error)
        return None


def find_positions(
    desk: Desk, cameras: list[Camera], given: list[Position] | None
) -> tuple[list[Position], list[Ellipse]]:
    """Point sources and extended emission: of regions, of a given list, of the archive, or detected."""
    regions = [found for file in desk.folder.of_kind("regions") if (found := _regions(desk, file))]
    points = [point for one in regions for point in one.points]
    extended = [ellipse for one in regions for ellipse in one.extended]
    label = cameras[0].events.obsid if cameras else desk.folder.path.name
    if extended:
        desk.notes.append(
            f"{label}: {len(extended)} extended region(s) masked from backgrounds, not made sources"
        )
    if points:
        return points, extended
    near = [one for one in given or () if not cameras or _is_near(one, cameras[0].events)]
    listed = near or all_rows(desk, "positions", read_positions)
    if listed:
        return listed, extended
    sources = _source_lists(desk)
    if sources.points:
        counted = f"{len(sources.points)} positions, {len(sources.extended)} extended sources masked"
        desk.notes.append(f"{label}: the archive's source list was used: {counted}")
        return list(sources.points), [*extended, *sources.extended]
    if not cameras:
        return [], extended
    detected = detect_sources(make_field(cameras), desk.config.detection_likelihood)
    desk.notes.append(f"{label}: no region file or list of positions; {len(detected)} sources were detected")
    return as_positions(detected), extended


def _regions(desk: Desk, file: InputFile) -> RegionList | None:
    try:
        grids = [*desk.folder.of_kind("image"), *desk.folder.of_kind("exposure")]
        image = read_image(grids[0].path) if grids else None
        return read_regions(file.path, image, desk.config.extended_arcsec)
    except PipelineError as error:
        desk.fail(file, error)
        return None


def _is_near(position: Position, events: EventList) -> bool:
    """Whether the telescope pointed near enough for a camera to see a place."""
    here = unit_vectors(np.array([events.ra_pnt_deg]), np.array([events.dec_pnt_deg]))
    there = unit_vectors(np.array([position.ra_deg]), np.array([position.dec_deg]))
    return bool(np.linalg.norm(here - there) < chord(FIELD_ARCSEC))


def _source_lists(desk: Desk) -> RegionList:
    """The sources of the archive's lists: of the one for all cameras, else of all there are."""
    files = desk.folder.of_kind("source_list")
    merged = [file for file in files if not file.camera] or files
    found = []
    for file in merged:
        try:
            found.append(read_source_list(file.path))
        except PipelineError as error:
            desk.fail(file, error)
    points = tuple(point for one in found for point in one.points)
    return RegionList(points, tuple(ellipse for one in found for ellipse in one.extended))


def _spectra(desk: Desk, obsid: str) -> list[FileSpectrum]:
    """Spectra that can be fitted; one line tells of all that cannot."""
    shelf = shelf_of([f.path for kind in ("spectrum", "area", "matrix") for f in desk.folder.of_kind(kind)])
    found, left = [], []
    for file in desk.folder.of_kind("spectrum"):
        try:
            one = read_file_spectrum(file.path, shelf)
        except PipelineError as error:
            desk.fail(file, error)
            continue
        if isinstance(one, str):
            left.append(one)
        elif one.spectrum.obsid in {"", obsid}:
            found.append(one)
    if left:
        desk.notes.append(f"{obsid}: {len(left)} spectra were not fitted, the first: {left[0]}")
    return found


def all_rows(desk: Desk, kind: str, reader: Callable[[Path], list[T]]) -> list[T]:
    """What all files of a kind list."""
    found: list[T] = []
    for file in desk.folder.of_kind(kind):
        try:
            found += reader(file.path)
        except PipelineError as error:
            desk.fail(file, error)
    return found
