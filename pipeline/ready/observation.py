"""An observation of which no event list is at hand: images, spectra and light curves of the archive."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np

from pipeline.bands import NARROW_BANDS
from pipeline.config import RunConfig
from pipeline.errors import NoEventList, NotAPpsName, PipelineError, SimulatedInput
from pipeline.fit.files import FileSpectrum, read_file_spectrum, shelf_of
from pipeline.inventory import Folder, InputFile
from pipeline.measure.apertures import Camera
from pipeline.measure.goodtime import GoodTime
from pipeline.measure.positions import chord, unit_vectors
from pipeline.observation import CAMERA_ORDER, Desk, Observation, all_rows, exposure_maps, find_positions
from pipeline.products.sky import read_sky_pictures
from pipeline.readers.fitsfile import opened_fits
from pipeline.readers.images import SkyImage, read_image
from pipeline.readers.lightcurves import read_rate_curve
from pipeline.readers.ppsnames import parse_pps_name
from pipeline.readers.tables import Position, read_counterparts, read_galaxies
from pipeline.ready.curves import FileCurve
from pipeline.ready.images import band_of_image, camera_of_images
from pipeline.ready.origin import Origin, read_origin, region_centre

NOT_OF_A_SOURCE: Final = ("bgd", "bkg", "back", "specbg", "_rate")
"""In names other than the archive's, what tells backgrounds and flare curves from sources."""
Placed = FileSpectrum | FileCurve


def load_products(folder: Folder, config: RunConfig, given: list[Position] | None = None) -> Observation:
    """Read what the archive made of an observation.

    Parameters
    ----------
    folder : Folder
        Inventory of a folder without an event list.
    config : RunConfig
        Settings.
    given : list of Position or None
        Positions to use where the folder has no region file.

    Returns
    -------
    Observation
        With cameras only where images of all five bands are here.

    Raises
    ------
    NoEventList
        Nothing could be used.
    SimulatedInput
        The products are simulated and only real ones are wanted.
    """
    desk = Desk(folder, config, failures=list(folder.failures))
    spectra, curves, pictured = _spectra(desk), _curves(desk), _cameras(desk)
    products: list[Placed] = [*spectra, *curves]
    origins = [one.origin for one in products] + [origin for _, origin in pictured]
    if not origins:
        causes = "; ".join([*(failure.message for failure in desk.failures), *desk.notes]) or "none is here"
        raise NoEventList(f"{folder.path.name}: no EPIC event list and no product to use ({causes})")
    if config.only_real and any(origin.simulated for origin in origins):
        raise SimulatedInput(f"{folder.path.name}: simulated; leave the folder out or drop --only-real")
    first = origins[0]
    spectra = [one for one in spectra if one.origin.obsid in {"", first.obsid}]
    curves = [one for one in curves if one.origin.obsid in {"", first.obsid}]
    cameras = [camera for camera, origin in pictured if origin.obsid == first.obsid]
    positions, extended = find_positions(desk, cameras, given)
    positions = _with_places(positions, [*spectra, *curves], config, limit=not cameras)
    made = f"{len(cameras)} camera(s) in images, {len(spectra)} spectra, {len(curves)} light curves"
    desk.notes.append(f"{first.obsid}: no event list; products of the archive were used: {made}")
    return Observation(
        obsid=first.obsid or folder.path.name,
        target=first.target,
        **_where_and_when(origins, positions),
        simulated=any(origin.simulated for origin in origins),
        cameras=tuple(cameras),
        cleaned_here=(False,) * len(cameras),
        positions=tuple(positions),
        extended=tuple(extended),
        counterparts=tuple(all_rows(desk, "counterparts", read_counterparts)),
        galaxies=tuple(all_rows(desk, "galaxies", read_galaxies)),
        pictures=tuple(all_rows(desk, "sky_pictures", read_sky_pictures)),
        spectra=tuple(spectra),
        flare_cut=GoodTime(np.empty(0), np.empty(0)),
        notes=tuple(desk.notes),
        failures=tuple(desk.failures),
        curves=tuple(curves),
        from_products=True,
    )


def _where_and_when(origins: list[Origin], positions: list[Position]) -> dict[str, float]:
    pointings = [one.pointing for one in origins if np.all(np.isfinite(one.pointing))]
    pointings += [(one.ra_deg, one.dec_deg) for one in positions]
    spans = [one.span_mjd for one in origins if np.all(np.isfinite(one.span_mjd))]
    if not (pointings and spans):
        raise NoEventList(f"{origins[0].name}: neither RA_PNT nor DATE-OBS says where and when it was taken")
    return {
        "ra_deg": pointings[0][0],
        "dec_deg": pointings[0][1],
        "mjd_start": min(begin for begin, _ in spans),
        "mjd_stop": max(end for _, end in spans),
    }


def _spectra(desk: Desk) -> list[FileSpectrum]:
    shelf = shelf_of([f.path for kind in ("spectrum", "area", "matrix") for f in desk.folder.of_kind(kind)])
    found: list[FileSpectrum] = []
    for file in desk.folder.of_kind("spectrum"):
        try:
            one = read_file_spectrum(file.path, shelf, with_matrix=False)
        except PipelineError as error:
            desk.fail(file, error)
            continue
        if isinstance(one, FileSpectrum):
            found.append(one)
    behind = {one.background.name for one in found if one.background is not None}
    return [one for one in found if one.spectrum.name not in behind and _is_of_source(one.origin, "SRSPEC")]


def _curves(desk: Desk) -> list[FileCurve]:
    """Source curves; of one exposure and source that which is free of the background goes first."""
    found: list[FileCurve] = []
    for file in desk.folder.of_kind("lightcurve"):
        try:
            curve, origin = read_rate_curve(file.path), read_origin(file.path)
            with opened_fits(file.path) as hdus:
                centre = region_centre(hdus)
        except PipelineError as error:
            desk.fail(file, error)
            continue
        whole = file.camera in CAMERA_ORDER and curve.usable(0.0).any()
        if whole and _is_of_source(origin, "SRCTSR"):
            found.append(FileCurve(curve, replace(origin, camera=file.camera), centre))
    return sorted(found, key=lambda one: (not one.curve.net, one.curve.name))


def _is_of_source(origin: Origin, content: str) -> bool:
    try:
        return parse_pps_name(origin.name).content == content
    except NotAPpsName:
        return not any(word in origin.name.lower() for word in NOT_OF_A_SOURCE)


def _cameras(desk: Desk) -> list[tuple[Camera, Origin]]:
    """Cameras whose images of all five bands are here; of several exposures the first whole one."""
    images = [pair for file in desk.folder.of_kind("image") if (pair := _image(desk, file)) is not None]
    images.sort(key=lambda pair: (CAMERA_ORDER.index(pair[1].camera), pair[1].obsid, pair[1].exposure_id))
    found: dict[str, tuple[Camera, Origin]] = {}
    for _, group in groupby(images, key=lambda pair: (pair[1].camera, pair[1].obsid, pair[1].exposure_id)):
        pairs = list(group)
        origin, bands = pairs[0][1], {band_of_image(image): image for image, _ in pairs}
        if origin.camera in found or not set(NARROW_BANDS) <= set(bands):
            seen = ", ".join(str(band) for band in sorted(bands) if band) or "none"
            where = f"{origin.obsid} {origin.camera} {origin.exposure_id}".rstrip()
            desk.notes.append(f"{where}: images of bands {seen} were not used; all five are needed")
            continue
        try:
            maps = exposure_maps(desk, origin.camera, origin.exposure_id)
            found[origin.camera] = camera_of_images(bands, origin, maps), origin
        except PipelineError as error:
            desk.notes.append(str(error))
    return list(found.values())


def _image(desk: Desk, file: InputFile) -> tuple[SkyImage, Origin] | None:
    if file.camera not in CAMERA_ORDER:
        return None
    try:
        return read_image(file.path), replace(read_origin(file.path), camera=file.camera)
    except PipelineError as error:
        desk.fail(file, error)
        return None


def _with_places(
    listed: list[Position], products: list[Placed], config: RunConfig, limit: bool
) -> list[Position]:
    """Listed positions and those of products that none of them explains; with `limit`, only of products."""
    reach = chord(config.aperture_arcsec)
    numbers = {one.origin.number for one in products} - {0}
    positions, used = list(listed), {k for k, one in enumerate(listed) if one.number in numbers}
    for place in (one.origin.place for one in products if one.origin.number not in numbers):
        if place is None:
            continue
        far = [_distance(place, (one.ra_deg, one.dec_deg)) for one in positions]
        nearest = int(np.argmin(far)) if far else -1
        if nearest < 0 or far[nearest] > reach:
            positions.append(Position(*place))
            nearest = len(positions) - 1
        used.add(nearest)
    return [one for k, one in enumerate(positions) if k in used] if limit else positions


def _distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    vectors = unit_vectors(*np.array([here, there]).T)
    return float(np.linalg.norm(vectors[0] - vectors[1]))
