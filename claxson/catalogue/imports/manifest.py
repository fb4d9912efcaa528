"""The pipeline's manifest, `claxson.manifest/1`, checked before anything is stored; no database.

What is wrong with one source refuses that source; what is wrong with the frame refuses the file.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from claxson.catalogue.errors import UnusableFile
from claxson.catalogue.imports.report import Refusal
from claxson.catalogue.store import SHA256, sha256_of

SCHEMA = "claxson.manifest/1"
MAX_NAME = 40
MAX_OBSID = 10
MAX_TARGET = 80
# A browser is handed the file with this type: only what a product of this kind can be.
MEDIA_TYPES = {
    "cutout": "image/png",
    "cutout_fits": "application/fits",
    "spectrum": "application/json",
    "lightcurve": "application/json",
}
EPOCH_NUMBERS = ("mjd_start", "mjd_stop", "flux_8_cgs", "flux_8_cgs_err", "upper_limit_8_cgs")
# Other forms of a product (single bands, other wavelengths, drawings), named in its meta data.
VARIANT_TYPES = ("image/png", "image/webp", "image/svg+xml")

Object = Mapping[str, Any]


class Unfit(ValueError):
    """A source or an observation does not have the manifest's form; the message says where."""


@dataclass(frozen=True)
class ManifestObservation:
    """A pointing, as the manifest describes it."""

    obsid: str
    target: str
    ra_deg: float | None
    dec_deg: float | None
    mjd_start: float | None
    mjd_stop: float | None
    cameras: dict[str, Any]
    simulated: bool


@dataclass(frozen=True)
class ManifestProduct:
    """A product whose file was found and has the stated content; `variants`: hash and file of other forms."""

    kind: str
    obsid: str
    file: Path
    sha256: str
    n_bytes: int
    media_type: str
    meta: dict[str, Any]
    variants: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True)
class ManifestSource:
    """A source; `row` is its place in the list, from 1."""

    row: int
    name: str
    ra_deg: float
    dec_deg: float
    pos_err_arcsec: float | None
    features: dict[str, float | None]
    simulated: bool
    detections: dict[str, dict[str, float | None]]
    products: tuple[ManifestProduct, ...]
    history: list[dict[str, Any]]


@dataclass(frozen=True)
class Manifest:
    """A manifest whose frame is sound; its sources are checked one by one."""

    folder: Path
    simulated: bool
    observations: dict[str, ManifestObservation]
    sources: list[Any]

    def source(self, row: int) -> ManifestSource | Refusal:
        """The source in this place (from 1), or why it cannot be taken."""
        raw = self.sources[row - 1]
        try:
            return _source(raw, row, self)
        except Unfit as error:
            name = raw.get("name") if isinstance(raw, Mapping) else None
            return Refusal(row, f"{name}: {error}" if name else str(error))


def read_manifest(path: Path) -> Manifest:
    """Read `manifest.json`, or the one in the folder that is given."""
    file = path / "manifest.json" if path.is_dir() else path
    raw = _read_object(file)
    if raw.get("schema") != SCHEMA:
        raise UnusableFile(f"this is not a manifest: its schema is {raw.get('schema')!r}, not {SCHEMA!r}")
    try:
        simulated = _flag(raw, "simulated")
        observations = [_observation(item, simulated) for item in _list(raw, "observations")]
        sources = _list(raw, "sources")
    except Unfit as error:
        raise UnusableFile(f"the manifest is damaged: {error}") from error
    if not sources:
        raise UnusableFile("the manifest lists no sources")
    folder = file.parent.resolve()
    return Manifest(folder, simulated, {item.obsid: item for item in observations}, sources)


def _read_object(file: Path) -> Object:
    if not file.is_file():
        raise UnusableFile("there is no such file")
    try:
        # NaN and Infinity are not JSON, but writers write them: they mean missing.
        raw = json.loads(file.read_text(encoding="utf-8"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise UnusableFile(f"this is not a manifest: not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise UnusableFile(f"this is not a manifest: not JSON at line {error.lineno}: {error.msg}") from error
    if not isinstance(raw, Mapping):
        raise UnusableFile("this is not a manifest: not a JSON object")
    return raw


def _observation(raw: Any, simulated: bool) -> ManifestObservation:
    item = _object(raw, "an observation")
    return ManifestObservation(
        obsid=_text(item, "obsid", MAX_OBSID),
        target=str(item.get("target") or "")[:MAX_TARGET],
        ra_deg=_number_or_none(item, "ra_deg"),
        dec_deg=_number_or_none(item, "dec_deg"),
        mjd_start=_number_or_none(item, "mjd_start"),
        mjd_stop=_number_or_none(item, "mjd_stop"),
        cameras=dict(_object(item.get("cameras") or {}, "cameras")),
        simulated=simulated or _flag(item, "simulated"),
    )


def _source(raw: Any, row: int, manifest: Manifest) -> ManifestSource:
    item = _object(raw, "the source")
    ra_deg, dec_deg = _number_or_none(item, "ra_deg"), _number_or_none(item, "dec_deg")
    if ra_deg is None or dec_deg is None or not (0 <= ra_deg < 360 and abs(dec_deg) <= 90):
        raise Unfit(f"no position on the sky: ra_deg = {ra_deg}, dec_deg = {dec_deg}")
    return ManifestSource(
        row=row,
        name=_text(item, "name", MAX_NAME),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        pos_err_arcsec=_number_or_none(item, "pos_err_arcsec"),
        features=_features(item),
        simulated=manifest.simulated or _flag(item, "simulated"),
        detections=_detections(item, manifest),
        products=_products(item, manifest),
        history=[
            _epoch(_object(raw, "an epoch"), manifest)
            for raw in _list(_object(item.get("history") or {}, "history"), "epochs")
        ],
    )


def _epoch(item: Object, manifest: Manifest) -> dict[str, Any]:
    return {
        "obsid": _obsid(item, manifest),
        "detected": _flag(item, "detected"),
        **{name: _number_or_none(item, name) for name in EPOCH_NUMBERS},
    }


def _detections(item: Object, manifest: Manifest) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for raw in _list(item, "detections"):
        detection = _object(raw, "a detection")
        obsid = _obsid(detection, manifest)
        if obsid in found:
            raise Unfit(f"two detections in observation {obsid}")
        found[obsid] = _features(detection)
    return found


def _products(item: Object, manifest: Manifest) -> tuple[ManifestProduct, ...]:
    products = tuple(_product(_object(raw, "a product"), manifest) for raw in _list(item, "products"))
    if len({(product.obsid, product.kind) for product in products}) < len(products):
        raise Unfit("two products of the same kind and observation")
    return products


def _product(item: Object, manifest: Manifest) -> ManifestProduct:
    kind = _text(item, "kind", MAX_NAME)
    if kind not in MEDIA_TYPES:
        raise Unfit(f"product kind {kind!r} is not one of {', '.join(MEDIA_TYPES)}")
    if item.get("media_type") != MEDIA_TYPES[kind]:
        raise Unfit(f"a {kind} must be {MEDIA_TYPES[kind]}, not {item.get('media_type')!r}")
    file, sha256 = _checked_file(item, manifest.folder)
    meta = dict(_object(item.get("meta") or {}, "meta"))
    return ManifestProduct(
        kind=kind,
        obsid=_obsid(item, manifest),
        file=file,
        sha256=sha256,
        n_bytes=file.stat().st_size,
        media_type=MEDIA_TYPES[kind],
        meta=meta,
        variants=tuple(_variant(_object(raw, "a variant"), manifest) for raw in _list(meta, "variants")),
    )


def _variant(item: Object, manifest: Manifest) -> tuple[str, Path]:
    if item.get("media_type") not in VARIANT_TYPES:
        raise Unfit(f"a variant must be one of {', '.join(VARIANT_TYPES)}, not {item.get('media_type')!r}")
    file, sha256 = _checked_file(item, manifest.folder)
    return sha256, file


def _checked_file(item: Object, folder: Path) -> tuple[Path, str]:
    """The product's file: inside the manifest's folder, also where links lead, and of the stated content."""
    stated, sha256 = item.get("path"), item.get("sha256")
    if not isinstance(stated, str) or not stated:
        raise Unfit("a product without a path")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise Unfit(f"product {stated}: {sha256!r} is not a sha256")
    file = (folder / PurePosixPath(stated)).resolve()
    if not file.is_relative_to(folder):
        raise Unfit(f"product {stated}: the path leaves the manifest's folder")
    if not file.is_file():
        raise Unfit(f"product {stated}: there is no such file")
    if sha256_of(file) != sha256:
        raise Unfit(f"product {stated}: the file is damaged, its sha256 is not the stated one")
    return file, sha256


def _obsid(item: Object, manifest: Manifest) -> str:
    obsid = _text(item, "obsid", MAX_OBSID)
    if obsid not in manifest.observations:
        raise Unfit(f"observation {obsid} is not in the manifest's list")
    return obsid


def _features(item: Object) -> dict[str, float | None]:
    features = _object(item.get("features") or {}, "features")
    return {name: _number_or_none(features, name) for name in features}


def _object(raw: Any, what: str) -> Object:
    if not isinstance(raw, Mapping):
        raise Unfit(f"{what} is not a JSON object")
    return raw


def _list(item: Object, name: str) -> list[Any]:
    value = item.get(name, [])
    if not isinstance(value, list):
        raise Unfit(f"{name} is not a list")
    return value


def _flag(item: Object, name: str) -> bool:
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise Unfit(f"{name} is {value!r}, neither true nor false")
    return value


def _text(item: Object, name: str, longest: int) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise Unfit(f"{name} is {value!r}, not a text of 1 to {longest} characters")
    return value


def _number_or_none(item: Object, name: str) -> float | None:
    value = item.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"{name} is {value!r}, not a number")
    return float(value) if math.isfinite(value) else None
