"""Everything made of one source in one observation: features and products."""

from __future__ import annotations

import math
from collections import Counter as Tally
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.config import RunConfig
from pipeline.epochs import epoch
from pipeline.errors import NotExposed
from pipeline.fit.bands import IndexEstimate, index_from_bands
from pipeline.fit.unfolding import unfold
from pipeline.measure.apertures import Camera, Patch, Surroundings, cut_patch
from pipeline.measure.counterparts import nearest_counterpart, nearest_galaxy
from pipeline.measure.features import Features, band_features
from pipeline.measure.lightcurve import LightCurves, chance_of_constant, make_light_curves
from pipeline.measure.positions import MergedSource, iau_name, merge_positions
from pipeline.measure.rates import BandCounts, count_patch, counts_document
from pipeline.measure.spectrum import make_spectrum
from pipeline.observation import Observation
from pipeline.products.curves import json_bytes, lightcurve_document, plain, spectrum_document, with_model
from pipeline.products.cutout import make_cutout
from pipeline.products.drawings import draw_lightcurve, draw_spectrum
from pipeline.products.files import Product, Variant, slug
from pipeline.products.overlay import make_overlay
from pipeline.products.pictures import cutout_products
from pipeline.products.sky import picture_variants, sky_variants
from pipeline.units.fits import fits_of, with_fits, with_fits_document
from pipeline.units.neighbourhood import EventIndex, index_events

_DRAWERS: Final = {"spectrum": draw_spectrum, "lightcurve": draw_lightcurve}


@dataclass(frozen=True, eq=False)
class Field:
    """What measuring a source needs to know beside it.

    Attributes
    ----------
    observation : Observation
        Its observation.
    index : tuple of EventIndex
        One for each camera.
    positions : ndarray of shape (n, 2)
        Right ascension and declination of every source of the observation.
    folder : str
        Where its products go, relative to the output folder.
    config : RunConfig
        Settings.
    """

    observation: Observation
    index: tuple[EventIndex, ...]
    positions: NDArray[np.float64]
    folder: str
    config: RunConfig


@dataclass(frozen=True, eq=False)
class Detection:
    """One source in one observation, measured: its entry of the unit's record, and its files."""

    entry: dict[str, Any]
    products: tuple[Product, ...]


def make_field(
    observation: Observation, sources: list[MergedSource], folder: str, config: RunConfig
) -> Field:
    """What the sources of an observation share."""
    positions = np.array([(s.ra_deg, s.dec_deg) for s in sources]).reshape(-1, 2)
    return Field(observation, index_events(observation), positions, folder, config)


def measure_detection(source: MergedSource, label: str, field: Field) -> Detection:
    """Measure one source of an observation and make its products.

    Parameters
    ----------
    source : MergedSource
        Position and, if it was given one, name.
    label : str
        A name that no other source of the observation has; its files are called after it.
    field : Field
        The observation and its other sources.

    Returns
    -------
    Detection

    Raises
    ------
    NotExposed
        No camera saw the position.
    """
    observation, config = field.observation, field.config
    cameras = [index.about(source.ra_deg, source.dec_deg) for index in field.index]
    patches = cut_patches(source, field, cameras)
    if not patches:
        place = f"({source.ra_deg:.5f}, {source.dec_deg:.5f})"
        raise NotExposed(f"{label}: no camera of {observation.obsid} looked at {place}; check the list")
    curves = make_light_curves(patches, config.lightcurve_bin_counts)
    counts = [count_patch(patch) for patch in patches]
    index = index_from_bands(counts)
    fits, failed = fits_of(source, observation, config.aperture_arcsec)
    features = with_fits(band_features(counts, index), fits) | {"chi2_prob": chance_of_constant(curves)}
    products = _products(field, (source, label), cameras, (patches, curves, counts, index, fits))
    warnings = _warnings(observation.obsid, patches, features["flux_8_cgs"]) + failed
    return detection_entry(source, field, (features, counts, fits), products, warnings)


def detection_entry(
    source: MergedSource,
    field: Field,
    measured: tuple[Features, list[BandCounts], list[dict[str, Any]]],
    products: list[Product],
    warnings: list[str],
) -> Detection:
    """A detection from its features, counts and fits, and what was made of it."""
    observation, (features, counts, fits) = field.observation, measured
    entry = {
        "ra_deg": round(source.ra_deg, 7),
        "dec_deg": round(source.dec_deg, 7),
        "name": source.name,
        "obsid": observation.obsid,
        "simulated": observation.simulated,
        "features": plain(features),
        "fitted": bool(fits),
        "counts": [plain(counts_document(one)) for one in counts],
        "epoch": epoch(vars(observation), features, listed=True),
        "counterpart": _counterpart(source, field),
        "galaxy": _galaxy(source, field),
        "products": [product.entry() for product in products],
        "warnings": warnings,
    }
    return Detection(entry, tuple(products))


def labelled(observation: Observation, merge_arcsec: float) -> list[tuple[MergedSource, str]]:
    """The sources of an observation, each with a name that no other one has.

    Parameters
    ----------
    observation : Observation
        With its listed positions.
    merge_arcsec : float
        Positions closer than this are one source.

    Returns
    -------
    list of tuple of (MergedSource, str)
        Sorted by position; the name is the given one or follows from the position, with a letter where
        several share it.
    """
    prefix = "SIM" if observation.simulated else "CLX"
    # Each position counts as a list of its own, so that close ones of the same list merge.
    listed = {f"{number:06d}": [position] for number, position in enumerate(observation.positions)}
    seen: Tally[str] = Tally()
    found = []
    for source in merge_positions(listed, merge_arcsec):
        name = source.name or iau_name(source.ra_deg, source.dec_deg, prefix)
        seen[slug(name)] += 1
        letter = chr(ord("a") + seen[slug(name)] - 1) if seen[slug(name)] > 1 else ""
        found.append((source, name + letter))
    return found


def cut_patches(source: MergedSource, field: Field, cameras: list[Camera] | None = None) -> list[Patch]:
    """What each camera that looked at a position recorded of it.

    Parameters
    ----------
    source : MergedSource
        The position.
    field : Field
        The observation and its sources.
    cameras : list of Camera or None
        Cameras with the events about the position, if they have been picked out already.

    Returns
    -------
    list of Patch
        Empty where no camera looked.
    """
    if cameras is None:
        cameras = [index.about(source.ra_deg, source.dec_deg) for index in field.index]
    square = (field.positions - [source.ra_deg, source.dec_deg]) ** 2
    others = field.positions[square.sum(axis=1) > 0]
    near = others[np.abs(others[:, 1] - source.dec_deg) < 0.1]
    surroundings = Surroundings(source.ra_deg, source.dec_deg, near, field.observation.extended)
    cut = [cut_patch(camera, surroundings, field.config) for camera in cameras]
    return [patch for patch in cut if patch is not None and len(patch.good.start)]


def _counterpart(source: MergedSource, field: Field) -> dict[str, Any] | None:
    candidates, radius = list(field.observation.counterparts), field.config.counterpart_arcsec
    found = nearest_counterpart(source.ra_deg, source.dec_deg, candidates, radius)
    return None if found is None else {key: _exact(value) for key, value in asdict(found).items()}


def _looked_for_counterparts(field: Field) -> dict[str, Any]:
    """None, for now: a cut-out is marked once its source is merged. Nothing where nobody looked."""
    if not field.observation.counterparts:
        return {}
    return {"counterpart": None, "counterpart_radius_arcsec": field.config.counterpart_arcsec}


def _galaxy(source: MergedSource, field: Field) -> dict[str, Any] | None:
    found = nearest_galaxy(source.ra_deg, source.dec_deg, list(field.observation.galaxies))
    if found is None:
        return None
    galaxy, ratio = found
    return {"name": galaxy.position.name, **plain({"ratio": ratio, "distance_mpc": galaxy.distance_mpc})}


def _exact(value: Any) -> Any:
    """Positions in all their digits; a magnitude that is missing as null."""
    return value if isinstance(value, dict) else plain(value)


def _products(
    field: Field,
    named: tuple[MergedSource, str],
    cameras: list[Camera],
    measured: tuple[list[Patch], LightCurves, list[BandCounts], IndexEstimate, list[dict[str, Any]]],
) -> list[Product]:
    observation = field.observation
    obsid, simulated = observation.obsid, observation.simulated
    (source, label), (patches, curves, counts, index, fits) = named, measured
    products = drawn_cutout(source, label, field, cameras)
    spectra = [make_spectrum(patch, field.config.spectrum_group_counts) for patch in patches]
    overlay = make_overlay(patches, curves, observation.flare_cut)
    modelled = unfold(spectra, counts, index)
    spectrum = with_model(spectrum_document(spectra, obsid, simulated), modelled, index)
    spectrum = with_fits_document(spectrum, fits)
    curve = lightcurve_document(curves, overlay, obsid, simulated)
    seen = {"cameras": [patch.camera for patch in patches]}
    products.append(drawn_document("spectrum", label, field, spectrum, seen))
    products.append(drawn_document("lightcurve", label, field, curve, seen))
    return products


def drawn_cutout(source: MergedSource, label: str, field: Field, cameras: list[Camera]) -> list[Product]:
    """The cut-out of a source as picture and as counts, with the sky in other light."""
    observation, config = field.observation, field.config
    base, place = f"{field.folder}/{slug(label)}", (source.ra_deg, source.dec_deg)
    cutout = make_cutout(cameras, *place, config)
    about = {"OBS_ID": observation.obsid, "SIMULATD": observation.simulated}
    products = cutout_products(cutout, base, about, config)
    sky = picture_variants(observation.pictures, place, base, config.merge_arcsec)
    if observation.simulated and not sky:
        sky = sky_variants(observation.counterparts, place, base, config)
    meta = products[0].meta | _looked_for_counterparts(field)
    products[0] = replace(products[0], meta=meta, variants=(*products[0].variants, *sky))
    return products


def drawn_document(
    kind: str, label: str, field: Field, document: dict[str, Any], about: dict[str, Any]
) -> Product:
    """A spectrum or a light curve as its document and its drawing; `about` is what its entry also says."""
    observation, base = field.observation, f"{field.folder}/{slug(label)}"
    title = f"{label}, {observation.obsid}{', simulated' if observation.simulated else ''}"
    content = _DRAWERS[kind](document, title)
    drawing = Variant("drawing", f"{base}_{kind}.svg", content, {})
    facts = {"facts": document["facts"], **about}
    path = f"{base}_{kind}.json"
    return Product(kind, observation.obsid, path, json_bytes(document), facts, (drawing,))


def _warnings(obsid: str, patches: list[Patch], flux_cgs: float) -> list[str]:
    found = []
    if any(patch.on_extended for patch in patches):
        found.append(f"{obsid}: lies on extended emission, which its local background subtracts")
    if not all(patch.vignetted for patch in patches):
        found.append(
            f"{obsid}: vignetting not corrected (no exposure map); rates and fluxes are too low off axis"
        )
    if not math.isfinite(flux_cgs):
        found.append(f"{obsid}: no flux, as the filter {patches[0].filter_name} has no conversion factors")
    return found
