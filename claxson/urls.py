"""The address map."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from claxson.web import health, products

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("claxson.api.urls")),
    re_path(r"^products/(?P<sha256>[0-9a-f]{64})$", products.product, name="product"),
    *i18n_patterns(
        path("accounts/", include("claxson.web.accounts")),
        path("", include("claxson.web.urls")),
    ),
]
