"""Which sources show best what a class looks like."""

from django.db.models import F

from claxson.catalogue.models import Product
from claxson.voting.models import Label


def example_names() -> dict[str, str]:
    """For each class the labelled source with a picture that sent most X-rays; real ones before simulated."""
    pictured = Label.objects.filter(source__products__kind=Product.Kind.CUTOUT)
    best = F("source__features__counts_8").desc(nulls_last=True)
    chosen = pictured.order_by("source_class", "source__simulated", best, "source_id").distinct("source_class")
    return dict(chosen.values_list("source_class", "source__name"))
