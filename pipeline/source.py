"""Everything made of one source: features and products of each observation, and their sum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import RunConfig
from pipeline.errors import NotExposed
from pipeline.measure.apertures import Patch, Surroundings, cut_patch
from pipeline.measure.counterparts import counterpart_features, nearest_counterpart
from pipeline.measure.features import Features, detection_features, position_error_arcsec, source_features
from pipeline.measure.lightcurve import LightCurves, chance_of_constant, make_light_curves
from pipeline.measure.positions import MergedSource, galactic_latitude
from pipeline.measure.spectrum import make_spectrum
from pipeline.observation import Observation
from pipeline.products.curves import json_bytes, lightcurve_document, plain, spectrum_document
from pipeline.products.cutout import cutout_fits, cutout_png, make_cutout, picture_meta
from pipeline.products.files import Product, slug


@dataclass(frozen=True, eq=False)
class SourceResult:
    """One source, measured.

    Attributes
    ----------
    entry : dict
        Its entry of the manifest.
    products : tuple of Product
        Its files.
    """

    entry: dict[str, Any]
    products: tuple[Product, ...]


@dataclass(frozen=True, eq=False)
class Field:
    """What measuring a source needs to know beside it.

    Attributes
    ----------
    observations : dict of str to Observation
        By identifier.
    positions : ndarray of shape (n, 2)
        Right ascension and declination of every source of the run.
    config : RunConfig
        Settings.
    """

    observations: dict[str, Observation]
    positions: NDArray[np.float64]
    config: RunConfig


def measure_source(source: MergedSource, name: str, field: Field) -> SourceResult:
    """Measure one source in all its observations.

    Parameters
    ----------
    source : MergedSource
        Position and observations.
    name : str
        Its name.
    field : Field
        Observations and the other sources.

    Returns
    -------
    SourceResult

    Raises
    ------
    NotExposed
        No camera of any observation saw the position.
    """
    detections: list[dict[str, Any]] = []
    products: list[Product] = []
    warnings: list[str] = []
    for obsid in source.observations:
        observation = field.observations[obsid]
        patches = _patches(observation, source, field)
        if not patches:
            warnings.append(f"{obsid}: not in the field of view of any camera")
            continue
        curves = make_light_curves(patches, field.config.lightcurve_bin_counts)
        detections.append(
            {"obsid": obsid, "features": detection_features(patches, chance_of_constant(curves))}
        )
        products += _products(observation, source, slug(name), (patches, curves), field.config)
        warnings += _warnings(obsid, patches)
    if not detections:
        raise NotExposed(
            f"{name}: no camera looked at ({source.ra_deg:.5f}, {source.dec_deg:.5f}); check the list"
        )
    features = _merged_features(source, detections, field)
    simulated = any(field.observations[d["obsid"]].simulated for d in detections)
    entry = {
        "name": name,
        "ra_deg": round(source.ra_deg, 7),
        "dec_deg": round(source.dec_deg, 7),
        "pos_err_arcsec": round(position_error_arcsec(features["counts_8"]), 2),
        "observations": [d["obsid"] for d in detections],
        "simulated": simulated,
        "features": plain(features),
        "detections": [{"obsid": d["obsid"], "features": plain(d["features"])} for d in detections],
        "products": [product.entry() for product in products],
        "warnings": warnings,
    }
    return SourceResult(entry, tuple(products))


def _patches(observation: Observation, source: MergedSource, field: Field) -> list[Patch]:
    square = (field.positions - [source.ra_deg, source.dec_deg]) ** 2
    others = field.positions[square.sum(axis=1) > 0]
    near = others[np.abs(others[:, 1] - source.dec_deg) < 0.1]
    surroundings = Surroundings(source.ra_deg, source.dec_deg, near, observation.extended)
    cut = [cut_patch(camera, surroundings, field.config) for camera in observation.cameras]
    return [patch for patch in cut if patch is not None and len(patch.good.start)]


def _merged_features(source: MergedSource, detections: list[dict[str, Any]], field: Field) -> Features:
    features = source_features([d["features"] for d in detections])
    features["gal_lat_deg"] = galactic_latitude(source.ra_deg, source.dec_deg)
    candidates = [c for d in detections for c in field.observations[d["obsid"]].counterparts]
    radius = field.config.counterpart_arcsec
    counterpart = nearest_counterpart(source.ra_deg, source.dec_deg, candidates, radius)
    if counterpart is not None:
        features |= counterpart_features(counterpart, features["flux_8_cgs"])
    return features


def _products(
    observation: Observation,
    source: MergedSource,
    folder: str,
    measured: tuple[list[Patch], LightCurves],
    config: RunConfig,
) -> Iterator[Product]:
    obsid, simulated = observation.obsid, observation.simulated
    patches, curves = measured
    base = f"sources/{folder}/{obsid}"
    cutout = make_cutout(list(observation.cameras), source.ra_deg, source.dec_deg, config)
    meta = picture_meta(source.ra_deg, source.dec_deg, config)
    yield Product("cutout", obsid, f"{base}_cutout.png", cutout_png(cutout, config), meta)
    cards = {"OBS_ID": obsid, "SIMULATD": simulated}
    cube_meta = {"bands_kev": meta["bands_kev"], "pixel_arcsec": config.cutout_pixel_arcsec, "unit": "count"}
    yield Product("cutout_fits", obsid, f"{base}_cutout.fits", cutout_fits(cutout, cards), cube_meta)
    spectra = [make_spectrum(patch, config.spectrum_group_counts) for patch in patches]
    for kind, document in (
        ("spectrum", spectrum_document(spectra, obsid, simulated)),
        ("lightcurve", lightcurve_document(curves, obsid, simulated)),
    ):
        facts = {"facts": document["facts"], "cameras": [p.camera for p in patches]}
        yield Product(kind, obsid, f"{base}_{kind}.json", json_bytes(document), facts)


def _warnings(obsid: str, patches: list[Patch]) -> list[str]:
    found = []
    if any(patch.on_extended for patch in patches):
        found.append(f"{obsid}: lies on extended emission, which its local background subtracts")
    if not all(patch.vignetted for patch in patches):
        found.append(
            f"{obsid}: vignetting not corrected (no exposure map); rates and fluxes are too low off axis"
        )
    if not math.isfinite(detection_features(patches, math.nan)["flux_8_cgs"]):
        found.append(f"{obsid}: no flux, as the filter {patches[0].filter_name} has no conversion factors")
    return found
