"""Pictures of a source in single bands and other kinds of light."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from claxson.catalogue.models import Product, Source
from claxson.catalogue.selectors import ShownProduct
from claxson.catalogue.store import keep
from claxson.web.shown.pictures.cutouts import Cutout, cutout

BAND = {"role": "band", "sha256": "b" * 64, "energy_kev": [0.2, 1.0], "media_type": "image/webp"}
SKY = {
    "role": "sky",
    "view": "optical",
    "sha256": "c" * 64,
    "fov_arcmin": 2.0,
    "bands": ["rmag", "bmag"],
    "survey": "DSS2",
    "attribution": "STScI",
    "media_type": "image/webp",
}


def shown(*variants: Any, features: dict[str, float | None] | None = None, **meta: Any) -> Cutout:
    frame = {"width_px": 300, "height_px": 300, "fov_arcmin": 4.0, "variants": list(variants)} | meta
    found = cutout(ShownProduct("cutout", "0201901401", "a" * 64, "image/png", frame), features or {})
    assert found is not None
    return found


def test_another_picture_lies_on_the_frame_of_the_x_ray_picture_at_its_own_scale() -> None:
    (view,) = shown(SKY).sky
    assert (view.x, view.y, view.width, view.height) == ("75.00", "75.00", "150.00", "150.00")
    assert (view.survey, view.bands, view.attribution) == ("DSS2", "R, B", "STScI")


def test_a_simulated_picture_names_no_survey() -> None:
    (view,) = shown(SKY | {"survey": "simulated", "attribution": "Simulated"}).sky
    assert (view.survey, view.bands, view.attribution) == ("", "R, B", "")


def test_each_kind_of_light_without_a_picture_is_said() -> None:
    assert len(shown(SKY).missing) == 2
    assert len(shown().missing) == 3


def test_bands_are_named_by_their_energies() -> None:
    assert [band.energies for band in shown(BAND).bands] == ["0.2\N{EN DASH}1"]


PLACE = {"east_arcsec": 3.0, "north_arcsec": -4.0}


def test_the_counterpart_is_marked_where_it_lies_north_up_and_east_left() -> None:
    marked = shown(pixel_arcsec=0.5, counterpart=PLACE, counterpart_radius_arcsec=5.0).counterpart
    assert (marked.x, marked.y) == ("144.0", "158.0")
    assert "5.0\N{DOUBLE PRIME}" in marked.text


@pytest.mark.parametrize("place", [None, {}, "damaged", {"east_arcsec": 1.0}])
def test_without_a_counterpart_that_is_said(place: Any) -> None:
    marked = shown(pixel_arcsec=0.5, counterpart=place, counterpart_radius_arcsec=5.0).counterpart
    assert marked.x == ""
    assert "No counterpart is known within 5" in marked.text


def test_where_the_picture_does_not_tell_the_numbers_do() -> None:
    assert shown(features={"log_fx_fr": None}).counterpart.text == "No counterpart is known."
    elsewhere = shown(features={"log_fx_fr": 1.0}).counterpart
    assert (elsewhere.x, elsewhere.text[:23]) == ("", "A counterpart is known,")


def test_a_picture_of_a_smaller_field_says_so(
    client: Client, make_source: Callable[..., Source], add_product: Callable[..., Product]
) -> None:
    meta = {"fov_arcmin": 4.0, "width_px": 300, "height_px": 300}
    small, same = make_source(), make_source("another")
    add_product(small, "cutout", b"png", variants=[SKY], **meta)
    add_product(same, "cutout", b"png of another", variants=[SKY | {"fov_arcmin": 4.0}], **meta)
    assert "only 2.0\N{PRIME} wide" in client.get(f"/en/sources/{small.name}/").text
    assert "\N{PRIME} wide" in (page := client.get(f"/en/sources/{same.name}/").text)
    assert "only 4.0\N{PRIME}" not in page


def test_the_unsmoothed_picture_is_offered_where_there_is_one() -> None:
    assert shown().counts_sha256 == ""
    assert shown({"role": "counts", "sha256": "d" * 64}).counts_sha256 == "d" * 64


@pytest.mark.parametrize(
    "variant", [None, {}, {**SKY, "sha256": "../x"}, {**SKY, "fov_arcmin": None}, {**SKY, "fov_arcmin": 0}]
)
def test_a_variant_that_tells_too_little_is_left_out(variant: Any) -> None:
    assert shown(variant).sky == ()


def test_a_picture_of_unknown_scale_is_left_out() -> None:
    assert shown(SKY, fov_arcmin=None).sky == ()


def test_a_variant_is_served_under_its_hash(
    client: Client, make_source: Callable[..., Source], add_product: Callable[..., Product], tmp_path: Path
) -> None:
    content = b"webp of a band"
    sha256 = hashlib.sha256(content).hexdigest()
    (tmp_path / "band").write_bytes(content)
    add_product(make_source(), "cutout", b"png", variants=[{**BAND, "sha256": sha256}])
    keep(tmp_path / "band", sha256)
    page = client.get(f"/products/{sha256}")
    assert (page.content, page["Content-Type"]) == (content, "image/webp")
    assert client.get(f"/products/{'d' * 64}").status_code == 404


def test_all_pictures_of_a_source_are_on_its_page(
    client: Client, make_source: Callable[..., Source], add_product: Callable[..., Product]
) -> None:
    source = make_source()
    meta = {"fov_arcmin": 4.0, "width_px": 300, "height_px": 300, "variants": [BAND, SKY]}
    add_product(source, "cutout", b"png", **meta)
    page = client.get(f"/en/sources/{source.name}/").text
    assert f"/products/{'b' * 64}" in page
    assert f"/products/{'c' * 64}" in page
    assert "DSS2 (R, B), only 2.0\N{PRIME} wide · STScI" in page
    assert "No infrared picture is stored with this source." in page
