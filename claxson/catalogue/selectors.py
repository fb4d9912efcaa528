"""Reads over the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from claxson.catalogue.models import Product, Source


@dataclass(frozen=True)
class ShownProduct:
    """A product as a page needs it: the address is `/products/<sha256>`."""

    kind: str
    obsid: str
    sha256: str
    media_type: str
    meta: dict[str, Any]


@dataclass(frozen=True)
class ShownSource:
    """A source with everything a page shows of it."""

    id: int
    name: str
    origin: str
    ra_deg: float
    dec_deg: float
    features: dict[str, float | None]
    simulated: bool
    products: tuple[ShownProduct, ...]
    history: list[dict[str, Any]]

    def of_kind(self, kind: str) -> tuple[ShownProduct, ...]:
        return tuple(product for product in self.products if product.kind == kind)


def source_id(name: str) -> int | None:
    """The key of the source of that name."""
    return Source.objects.filter(name=name).values_list("pk", flat=True).first()


def source_name(pk: int) -> str:
    """The name of the source of that key."""
    return Source.objects.values_list("name", flat=True).get(pk=pk)


def shown_sources(names: Iterable[str]) -> list[ShownSource]:
    """The sources of these names, each as `shown_source` gives it."""
    sources = Source.objects.filter(name__in=list(names)).prefetch_related("products__observation")
    return [_shown(source) for source in sources]


def shown_source(name: str) -> ShownSource | None:
    """The source of that name with its products, longest observation first."""
    source = Source.objects.filter(name=name).prefetch_related("products__observation").first()
    return None if source is None else _shown(source)


def _shown(source: Source) -> ShownSource:
    products = sorted(source.products.all(), key=lambda p: (-_exposure_s(p), p.observation_id, p.kind))
    return ShownSource(
        id=source.pk,
        name=source.name,
        origin=source.origin,
        ra_deg=source.ra_deg,
        dec_deg=source.dec_deg,
        features=source.features,
        simulated=source.simulated,
        history=source.history,
        products=tuple(
            ShownProduct(p.kind, p.observation_id, p.sha256, p.media_type, p.meta) for p in products
        ),
    )


def _exposure_s(product: Product) -> float:
    return sum(camera.get("exposure_s") or 0.0 for camera in product.observation.cameras.values())


def media_type_of(sha256: str) -> str | None:
    """What a stored file is, be it a product or another form of one; None where no product names it."""
    product = Product.objects.filter(sha256=sha256).values_list("media_type", flat=True).first()
    return product or _media_type_of_variant(sha256)


def _media_type_of_variant(sha256: str) -> str | None:
    named = Product.objects.filter(meta__contains={"variants": [{"sha256": sha256}]})
    variants = named.values_list("meta__variants", flat=True).first() or []
    return next((str(one["media_type"]) for one in variants if one["sha256"] == sha256), None)


def has_simulated_sources() -> bool:
    return Source.objects.filter(simulated=True, products__isnull=False).exists()
