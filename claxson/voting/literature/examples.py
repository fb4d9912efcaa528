"""Which sources show best what a class looks like."""

from dataclasses import dataclass

from django.db.models import F

from claxson.catalogue.models import Product
from claxson.core.classes import DECISIVE
from claxson.voting.models import Consensus, Label

BRIGHTEST = F("source__features__counts_8").desc(nulls_last=True)


@dataclass(frozen=True)
class ExampleOf:
    """The name of a source of a class, and who says that it is one."""

    name: str
    by_crowd: bool


def example_sources() -> dict[str, ExampleOf]:
    """For each class a source with a picture: from the literature, else one the crowd has decided on."""
    return {key: ExampleOf(name, by_crowd=True) for key, name in _decided().items()} | {
        key: ExampleOf(name, by_crowd=False) for key, name in _published().items()
    }


def _published() -> dict[str, str]:
    """Real ones before simulated, and those that sent most X-rays."""
    pictured = Label.objects.filter(source__products__kind=Product.Kind.CUTOUT)
    best = pictured.order_by("source_class", "source__simulated", BRIGHTEST, "source_id")
    return dict(best.distinct("source_class").values_list("source_class", "source__name"))


def _decided() -> dict[str, str]:
    """Real ones before simulated, and those on which the crowd agreed best."""
    pictured = Consensus.objects.filter(answer__in=DECISIVE, source__products__kind=Product.Kind.CUTOUT)
    best = pictured.order_by("answer", "source__simulated", "-agreement", BRIGHTEST, "source_id")
    return dict(best.distinct("answer").values_list("answer", "source__name"))
