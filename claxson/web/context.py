"""What every page may need."""

from django.http import HttpRequest

from claxson.catalogue.selectors import has_simulated_sources


def site(request: HttpRequest) -> dict[str, bool]:
    """`simulated_site`: pages say so where what they show was simulated."""
    return {"simulated_site": has_simulated_sources()}
