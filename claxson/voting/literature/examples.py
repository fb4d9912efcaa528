"""Which sources may show what a class looks like."""

from collections.abc import Iterable, Mapping
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
    published = _first(Label.objects.all(), "source_class", BRIGHTEST)
    found = [ExampleOf(*row, by_crowd=False) for row in published]
    known = {one.source_class for one in found}
    decided = _first(
        Consensus.objects.filter(answer__in=DECISIVE), "answer", F("agreement").desc(), BRIGHTEST
    )
    return found + [ExampleOf(*row, by_crowd=True) for row in decided if row[0] not in known]


def _first(rows: QuerySet[Any], key: str, *order: Any) -> Iterable[tuple[Any, ...]]:
    """Real ones before simulated, then in that order."""
    order = (F("source__simulated"), *order, F("source_id"))
    place = Window(RowNumber(), partition_by=[F(key)], order_by=order)
    ranked = rows.filter(PICTURED).annotate(place=place).filter(place__lte=CONSIDERED).order_by(key, "place")
    return ranked.values_list(key, "source__name", "source__simulated", "source__features")
