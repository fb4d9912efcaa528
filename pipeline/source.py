"""From the detections of single observations to sources: position, name, merged features."""

from __future__ import annotations

import math
from collections import Counter as Tally
from typing import Any

from pipeline.config import RunConfig
from pipeline.measure.absence import reasons_of_absence
from pipeline.measure.counterparts import (
    counterpart_features,
    galaxy_features,
    log_luminosity,
    nearest_counterpart,
    offsets_arcsec,
    parallax_distance,
)
from pipeline.measure.features import Features, position_error_arcsec, source_features
from pipeline.measure.positions import MergedSource, galactic_latitude, iau_name, merge_positions
from pipeline.measure.rates import BandCounts, counts_from_document
from pipeline.products.curves import plain
from pipeline.readers.tables import Counterpart, Position

Entry = dict[str, Any]


def merge_detections(detections: dict[str, list[Entry]], config: RunConfig) -> list[Entry]:
    """Merge detections into sources.

    Parameters
    ----------
    detections : dict of str to list of dict
        The detections of each observation, as in the records of the units.
    config : RunConfig
        Radii.

    Returns
    -------
    list of dict
        Entries of the manifest, sorted by position. A name stays when a later observation is added: it is
        that of the position in the first observation that lists the source.
    """
    listed = {
        obsid: [Position(one["ra_deg"], one["dec_deg"], one["name"]) for one in found]
        for obsid, found in detections.items()
    }
    entries = []
    names: Tally[str] = Tally()
    for source in merge_positions(listed, config.merge_arcsec):
        members = [detections[obsid][number] for obsid, number in source.members]
        entry = _source(source, members, config)
        names[entry["name"]] += 1
        if names[entry["name"]] > 1:
            # Sources that share a truncated name get a letter.
            entry["name"] += chr(ord("a") + names[entry["name"]] - 1)
        entries.append(entry)
    return entries


def _source(source: MergedSource, members: list[Entry], config: RunConfig) -> Entry:
    counts = [counts_from_document(one) for member in members for one in member["counts"]]
    counterpart = _nearest(source, members, config)
    features = _features(source, members, counts, counterpart)
    simulated = any(member["simulated"] for member in members)
    prefix = "SIM" if simulated else "CLX"
    first = members[0]
    return {
        "name": source.name or iau_name(first["ra_deg"], first["dec_deg"], prefix),
        "ra_deg": round(source.ra_deg, 7),
        "dec_deg": round(source.dec_deg, 7),
        "pos_err_arcsec": round(position_error_arcsec(features["counts_8"]), 2),
        "observations": [member["obsid"] for member in members],
        "simulated": simulated,
        "features": plain(features),
        "distance": _distance(members, counterpart),
        "detections": [{"obsid": member["obsid"], "features": member["features"]} for member in members],
        "products": [
            _marked(product, counterpart, config) for member in members for product in member["products"]
        ],
        "absent": reasons_of_absence(features, counts, counterpart),
        "warnings": [warning for member in members for warning in member["warnings"]],
        "history": {"epochs": [member["epoch"] for member in members]},
    }


def _marked(product: Entry, counterpart: Counterpart | None, config: RunConfig) -> Entry:
    """A cut-out that shows the counterpart of the merged source, whichever observation has found it."""
    if product["kind"] != "cutout" or counterpart is None:
        return product
    centre = product["meta"]["wcs"]
    place = offsets_arcsec(counterpart.position, (centre["CRVAL1"], centre["CRVAL2"]))
    marked = {"counterpart": place, "counterpart_radius_arcsec": config.counterpart_arcsec}
    return product | {"meta": product["meta"] | marked}


def _nearest(source: MergedSource, members: list[Entry], config: RunConfig) -> Counterpart | None:
    candidates = [_counterpart(member["counterpart"]) for member in members if member["counterpart"]]
    return nearest_counterpart(source.ra_deg, source.dec_deg, candidates, config.counterpart_arcsec)


def _features(
    source: MergedSource, members: list[Entry], counts: list[BandCounts], counterpart: Counterpart | None
) -> Features:
    features = source_features([_numbers(member["features"]) for member in members], counts)
    features |= _fitted_index(members)
    features["gal_lat_deg"] = galactic_latitude(source.ra_deg, source.dec_deg)
    if counterpart is not None:
        features |= counterpart_features(counterpart, features["flux_8_cgs"], features["flux_8_cgs_err"])
    galaxy = next((member["galaxy"] for member in members if member["galaxy"]), None)
    if galaxy is not None:
        flux = features["flux_8_cgs"], features["flux_8_cgs_err"]
        features |= galaxy_features(galaxy["ratio"], galaxy["distance_mpc"], *flux)
    distance = math.nan if counterpart is None else parallax_distance(counterpart)[0]
    if math.isfinite(distance):
        # A star before a galaxy is a star.
        flux = features["flux_8_cgs"], features["flux_8_cgs_err"]
        features["log_lx"] = log_luminosity(distance, *flux)
    return features


def _distance(members: list[Entry], counterpart: Counterpart | None) -> dict[str, Any] | None:
    """How far it is and by what, with the error where it is known; None where it is not known."""
    distance, error = (math.nan, math.nan) if counterpart is None else parallax_distance(counterpart)
    if math.isfinite(distance):
        return {"mpc": plain(distance), "mpc_err": plain(error), "by": "parallax"}
    galaxy = next((member["galaxy"] for member in members if member["galaxy"]), None)
    if galaxy is None or galaxy["ratio"] > 1.0:
        return None
    return {"mpc": galaxy["distance_mpc"], "mpc_err": None, "by": f"galaxy {galaxy['name']}".rstrip()}


def _fitted_index(members: list[Entry]) -> Features:
    """The index of spectra that were fitted through their own responses goes before that of the bands."""
    pairs = [
        (one["features"]["photon_index"], one["features"]["photon_index_err"])
        for one in members
        if one["fitted"] and one["features"]["photon_index_err"]
    ]
    if not pairs:
        return {}
    weight = sum(error**-2 for _, error in pairs)
    value = sum(index * error**-2 for index, error in pairs) / weight
    return {"photon_index": value, "photon_index_err": weight**-0.5}


def _numbers(features: dict[str, float | None]) -> Features:
    return {name: math.nan if value is None else value for name, value in features.items()}


def _counterpart(entry: Entry) -> Counterpart:
    numbers = _numbers({name: value for name, value in entry.items() if name != "position"})
    return Counterpart(position=Position(**entry["position"]), **numbers)
