"""Which sources may show what a class looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from claxson.catalogue.models import Product
from claxson.core.classes import DECISIVE
from claxson.voting.models import Consensus, Label

CONSIDERED = 20  # of each class
BRIGHTEST = F("source__features__counts_8").desc(nulls_last=True)
PICTURED = Exists(Product.objects.filter(source=OuterRef("source_id"), kind=Product.Kind.CUTOUT))


@dataclass(frozen=True)
class ExampleOf:
    """A source of a class, and who says that it is one."""

    source_class: str
    name: str
    simulated: bool
    features: Mapping[str, float | None]
    by_crowd: bool


def possible_examples() -> list[ExampleOf]:
    """Sources with a picture: of each class from the literature, else such as the crowd has decided on."""
    found = _first(Label.objects.all(), ("source_class", BRIGHTEST), by_crowd=False)
    known = {one.source_class for one in found}
    decided = Consensus.objects.filter(answer__in=set(DECISIVE) - known)
    return found + _first(decided, ("answer", F("agreement").desc(), BRIGHTEST), by_crowd=True)


def _first(rows: QuerySet[Any], ranked: tuple[str, *tuple[Any, ...]], *, by_crowd: bool) -> list[ExampleOf]:
    """By class, then real ones before simulated, then in that order."""
    key, *order = ranked
    place = Window(RowNumber(), [F(key)], order_by=[F("source__simulated"), *order, F("source_id")])
    first = rows.filter(PICTURED).annotate(place=place).filter(place__lte=CONSIDERED).order_by(key, "place")
    found = first.values_list(key, "source__name", "source__simulated", "source__features")
    return [ExampleOf(key, name, simulated, features, by_crowd) for key, name, simulated, features in found]
