"""The products of a source, observation by observation."""

from collections.abc import Iterator
from dataclasses import dataclass

from claxson.catalogue.models import Product
from claxson.catalogue.selectors import ShownProduct, ShownSource
from claxson.web.shown.pictures.cutouts import Cutout, cutout
from claxson.web.shown.plots import Plot, plot

Kind = Product.Kind


@dataclass(frozen=True)
class ShownObservation:
    """What one pointing of the telescope gave of this source."""

    obsid: str
    cutout: Cutout | None
    spectrum: Plot
    lightcurve: Plot
    fits_sha256: str | None


def observations(source: ShownSource) -> list[ShownObservation]:
    """Longest first, as the catalogue orders them."""
    obsids = dict.fromkeys(product.obsid for product in source.products)
    return [_observation(obsid, dict(_by_kind(source, obsid)), source) for obsid in obsids]


def _by_kind(source: ShownSource, obsid: str) -> Iterator[tuple[str, ShownProduct]]:
    return ((product.kind, product) for product in source.products if product.obsid == obsid)


def _observation(obsid: str, products: dict[str, ShownProduct], source: ShownSource) -> ShownObservation:
    fits = products.get(Kind.CUTOUT_FITS)
    return ShownObservation(
        obsid=obsid,
        cutout=cutout(products.get(Kind.CUTOUT), source.features),
        spectrum=plot("spectrum", products.get(Kind.SPECTRUM)),
        lightcurve=plot("lightcurve", products.get(Kind.LIGHTCURVE)),
        fits_sha256=None if fits is None else fits.sha256,
    )
