"""Reads over the catalogue."""

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

    def of_kind(self, kind: str) -> tuple[ShownProduct, ...]:
        return tuple(product for product in self.products if product.kind == kind)


def source_id(name: str) -> int | None:
    """The key of the source of that name."""
    return Source.objects.filter(name=name).values_list("pk", flat=True).first()


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
        products=tuple(
            ShownProduct(p.kind, p.observation_id, p.sha256, p.media_type, p.meta) for p in products
        ),
    )


def _exposure_s(product: Product) -> float:
    return sum(camera.get("exposure_s") or 0.0 for camera in product.observation.cameras.values())


def has_simulated_sources() -> bool:
    return Source.objects.filter(simulated=True, products__isnull=False).exists()
