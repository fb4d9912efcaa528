"""Checking a manifest against its schema and its files."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Final

from pipeline.errors import PipelineError
from pipeline.products.files import files_of
from pipeline.readers.fitsfile import sha256_of

_NUMBER: Final = (int, float)
_MANIFEST: Final = {
    "schema": str,
    "code_version": str,
    "config": dict,
    "config_sha256": str,
    "simulated": bool,
    "attribution": str,
    "inputs": list,
    "observations": list,
    "sources": list,
    "feature_table": dict,
    "failures": list,
    "notes": list,
}
_INPUT: Final = {"path": str, "sha256": str, "kind": str}
_OBSERVATION: Final = {
    "obsid": str,
    "target": str,
    "ra_deg": _NUMBER,
    "dec_deg": _NUMBER,
    "mjd_start": _NUMBER,
    "mjd_stop": _NUMBER,
    "cameras": dict,
    "simulated": bool,
}
_SOURCE: Final = {
    "name": str,
    "ra_deg": _NUMBER,
    "dec_deg": _NUMBER,
    "pos_err_arcsec": _NUMBER,
    "observations": list,
    "simulated": bool,
    "features": dict,
    "detections": list,
    "products": list,
    "warnings": list,
}
_PRODUCT: Final = {
    "kind": str,
    "obsid": str,
    "path": str,
    "sha256": str,
    "bytes": int,
    "media_type": str,
    "meta": dict,
}
_VARIANT: Final = {"role": str, "path": str, "sha256": str, "bytes": int, "media_type": str}
_TABLE: Final = {"path": str, "sha256": str, "columns": list}
_FAILURE: Final = {"where": str, "code": str, "message": str}


def check_manifest(manifest: dict[str, Any], folder: Path) -> list[str]:
    """Everything that is wrong with a manifest and its files.

    Parameters
    ----------
    manifest : dict
        As from `pipeline.manifest.read_manifest`.
    folder : Path
        Folder of the manifest.

    Returns
    -------
    list of str
        One sentence for each fault; empty when all is well.
    """
    faults = check_schema(manifest)
    return faults or check_files(manifest, folder)


def check_schema(manifest: dict[str, Any]) -> list[str]:
    """Missing or wrongly typed parts of a manifest, one sentence for each."""
    faults = _shape(manifest, _MANIFEST, "manifest")
    if faults:
        return faults
    for part, shape in (("inputs", _INPUT), ("observations", _OBSERVATION), ("failures", _FAILURE)):
        faults += [
            fault for n, item in enumerate(manifest[part]) for fault in _shape(item, shape, f"{part}[{n}]")
        ]
    faults += _shape(manifest["feature_table"], _TABLE, "feature_table")
    for number, source in enumerate(manifest["sources"]):
        faults += _check_source(source, f"sources[{number}]")
    return faults


def _check_source(source: Any, where: str) -> list[str]:
    faults = _shape(source, _SOURCE, where)
    if faults:
        return faults
    for number, product in enumerate(source["products"]):
        faults += _check_product(product, f"{where}.products[{number}]")
    wrong = [k for k, v in source["features"].items() if v is not None and not isinstance(v, _NUMBER)]
    return faults + [f"{where}.features: {name} is not a number or null" for name in wrong]


def _check_product(product: Any, where: str) -> list[str]:
    faults = _shape(product, _PRODUCT, where)
    if faults:
        return faults
    variants = product["meta"].get("variants", [])
    if not isinstance(variants, list):
        return [f"{where}.meta: variants has the wrong type"]
    return [
        fault for n, one in enumerate(variants) for fault in _shape(one, _VARIANT, f"{where}.variants[{n}]")
    ]


def _shape(item: Any, shape: dict[str, Any], where: str) -> list[str]:
    if not isinstance(item, dict):
        return [f"{where}: is not an object"]
    faults = [f"{where}: {name} is missing" for name in shape if name not in item]
    present = [name for name in shape if name in item]
    return faults + [
        f"{where}: {name} has the wrong type" for name in present if not isinstance(item[name], shape[name])
    ]


def check_files(manifest: dict[str, Any], folder: Path) -> list[str]:
    """Files that are missing, changed, or outside the folder, one sentence for each."""
    products = [product for source in manifest["sources"] for product in source["products"]]
    table = manifest["feature_table"]
    fault = _check_file(folder, table["path"], table["sha256"])
    return check_product_files(products, folder) + ([fault] if fault else [])


def check_product_files(products: list[dict[str, Any]], folder: Path) -> list[str]:
    """What is wrong with the files of some products, variants included, one sentence for each fault."""
    files = [pair for product in products for pair in files_of(product)]
    return [fault for path, digest in files if (fault := _check_file(folder, path, digest))]


def _check_file(folder: Path, path: str, digest: str) -> str:
    if not is_inside(path):
        return f"{path}: points outside the folder of the manifest"
    try:
        found = sha256_of(folder / path)
    except PipelineError as error:
        return f"{path}: {error}"
    return "" if found == digest else f"{path}: has changed since the manifest was written"


def is_inside(path: str) -> bool:
    """Whether a path of a manifest stays inside its folder."""
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts
