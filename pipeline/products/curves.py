"""Spectra and light curves as JSON documents."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.fit.bands import IndexEstimate
from pipeline.fit.unfolding import Unfolded
from pipeline.measure.lightcurve import LightCurve, LightCurves, lightcurve_facts
from pipeline.measure.spectrum import Spectrum, spectrum_facts
from pipeline.products.overlay import Overlay, overlay_document, overlay_facts
from pipeline.products.shape import shape_facts
from pipeline.readers.events import MJD_REFERENCE

SPECTRUM_SCHEMA: Final = "claxson.spectrum/1"
LIGHTCURVE_SCHEMA: Final = "claxson.lightcurve/1"
DIGITS: Final = 7
RESPONSE: Final = (
    "nominal on-axis response of each camera, scaled by exposure, vignetting and filter per band"
)


def plain(value: Any) -> Any:
    """Make values fit for JSON: numbers with seven significant digits, NaN as null.

    Parameters
    ----------
    value : any
        Numbers, arrays, and lists, tuples and dicts of them.

    Returns
    -------
    any
    """
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


def _plain_array(values: NDArray[Any]) -> list[Any]:
    if values.dtype.kind not in "f" or values.ndim != 1:
        return [plain(item) for item in values.tolist()]
    finite = np.isfinite(values)
    size = np.abs(np.where(finite & (values != 0), values, 1.0))
    # Powers of ten up to 22 are exact, so that the rounded numbers print with seven digits and no tail.
    places = np.clip(DIGITS - 1 - np.floor(np.log10(size)), -22, 22)
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    rounded = np.rint(np.where(finite, values, 0.0) * up / down) / up * down
    if finite.all():
        return list(rounded.tolist())
    return [number if good else None for number, good in zip(rounded.tolist(), finite.tolist(), strict=True)]


def plain_columns(columns: dict[str, NDArray[np.float64]]) -> dict[str, list[Any]]:
    """Named one-dimensional arrays as `plain` makes them, all in one go."""
    values = plain(np.concatenate(list(columns.values())))
    ends = np.cumsum([0] + [len(one) for one in columns.values()]).tolist()
    return {name: values[start:stop] for name, (start, stop) in zip(columns, pairwise(ends), strict=True)}


def json_bytes(document: Any) -> bytes:
    """A compact JSON file, keys sorted, the same for the same content; NaN is refused."""
    return (json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n").encode()


def spectrum_document(spectra: list[Spectrum], obsid: str, simulated: bool) -> dict[str, Any]:
    """The spectra of one source in one observation.

    Parameters
    ----------
    spectra : list of Spectrum
        One for each camera, at least one.
    obsid : str
        Observation.
    simulated : bool
        Whether the events are simulated.

    Returns
    -------
    dict
        Document of schema ``claxson.spectrum/1``.
    """
    cameras = [
        {
            "camera": one.camera,
            **plain_columns(
                {
                    "energy_lo_kev": one.low_kev,
                    "energy_hi_kev": one.high_kev,
                    "rate": one.rate,
                    "rate_err": one.rate_error,
                    "background": one.background,
                }
            ),
            "counts": one.counts.tolist(),
            "exposure_s": plain(one.exposure_s),
        }
        for one in spectra
    ]
    return {
        "schema": SPECTRUM_SCHEMA,
        "simulated": simulated,
        "obsid": obsid,
        "unit": "count s-1 keV-1",
        "cameras": cameras,
        "facts": plain(spectrum_facts(spectra) | shape_facts(spectra)),
    }


def with_model(
    document: dict[str, Any], modelled: list[Unfolded | None], index: IndexEstimate
) -> dict[str, Any]:
    """A spectrum's document with the absorbed power law that fits the counts of the bands best.

    Parameters
    ----------
    document : dict
        From `spectrum_document`.
    modelled : list of Unfolded or None
        For each of its cameras.
    index : IndexEstimate
        The model.

    Returns
    -------
    dict
        Each camera has also `model` (count s-1 keV-1), `residual` (in errors), and `energy_flux`,
        `energy_flux_err`, `energy_flux_model` (erg cm-2 s-1); the facts have the model's parameters, and how
        well it fits: `model_chi2` over so many `model_bins`. Without a model these are missing, and
        `model.reason` says why.
    """
    cameras = [
        camera | ({} if one is None else _model_columns(one))
        for camera, one in zip(document["cameras"], modelled, strict=True)
    ]
    parameters = {
        "photon_index": index.value,
        "photon_index_err": index.error,
        "nh_1e22": index.nh_1e22,
        "norm": index.norm,
    }
    model = {
        "name": "powerlaw",
        "response": RESPONSE,
        "energy_flux_unit": "erg cm-2 s-1",
        **plain(parameters),
    }
    model |= {"reason": index.reason} if index.reason else {}
    residuals = np.concatenate([one.residual for one in modelled if one is not None] or [np.empty(0)])
    quality = {"model_chi2": float(np.sum(residuals**2)), "model_bins": len(residuals)}
    facts = document["facts"] | plain(parameters | (quality if len(residuals) else {}))
    return document | {"cameras": cameras, "model": model, "facts": facts}


def _model_columns(one: Unfolded) -> dict[str, Any]:
    columns = {
        "model": one.rate,
        "residual": np.round(one.residual, 3),
        "energy_flux": one.energy_flux,
        "energy_flux_err": one.energy_flux_error,
        "energy_flux_model": one.energy_flux_model,
    }
    return plain_columns(columns)


def lightcurve_document(curves: LightCurves, overlay: Overlay, obsid: str, simulated: bool) -> dict[str, Any]:
    """The light curves of one source in one observation.

    Parameters
    ----------
    curves : LightCurves
        One for each camera.
    overlay : Overlay
        Blocks, flares, and what was cut.
    obsid : str
        Observation.
    simulated : bool
        Whether the events are simulated.

    Returns
    -------
    dict
        Document of schema ``claxson.lightcurve/1``; bins that were not exposed are null.
    """
    intervals = np.column_stack([curves.good.start, curves.good.stop]) - curves.start_s
    return {
        "schema": LIGHTCURVE_SCHEMA,
        "simulated": simulated,
        "obsid": obsid,
        "unit": "count s-1",
        "time_unit": "s",
        "mjd_start": MJD_REFERENCE + curves.start_s / 86400.0,
        "bin_s": curves.bin_s,
        "cameras": [_camera(one) for one in curves.cameras],
        "gti_s": _milliseconds(intervals),
        **plain(overlay_document(overlay, curves.start_s)),
        "facts": plain(lightcurve_facts(curves) | overlay_facts(overlay, curves)),
    }


def _camera(curve: LightCurve) -> dict[str, Any]:
    columns = {
        "time_s": curve.time_s,
        "rate": curve.rate,
        "rate_err": curve.rate_error,
        "fraction_exposed": np.round(curve.fraction_exposed, 4),
    }
    return {"camera": curve.camera, **plain_columns(columns)}


def _milliseconds(values: NDArray[np.float64]) -> list[list[float]]:
    return [[float(value) for value in row] for row in np.round(values, 3)]
