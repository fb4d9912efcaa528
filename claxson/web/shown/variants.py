"""Other forms of a product: single bands, other wavelengths, still drawings."""

from collections.abc import Mapping
from typing import Any

from claxson.catalogue.store import SHA256

Variant = Mapping[str, Any]


def variants(meta: Mapping[str, Any], role: str) -> list[Variant]:
    """Those of one role, as far as they name a stored file."""
    listed = meta.get("variants")
    found = listed if isinstance(listed, list) else []
    return [one for one in found if isinstance(one, Mapping) and one.get("role") == role and _stored(one)]


def _stored(variant: Variant) -> bool:
    return SHA256.fullmatch(str(variant.get("sha256"))) is not None
