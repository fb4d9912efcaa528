from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from claxson.catalogue.models import Product, Source
from claxson.catalogue.selectors import ShownProduct, shown_source
from claxson.catalogue.store import stored_path
from claxson.web.shown.numbers import written
from claxson.web.shown.pictures.cutouts import cutout
from claxson.web.shown.plots import Plot, plot

Document = Callable[..., dict[str, Any]]


@pytest.fixture
def drawn(make_source: Callable[..., Source], add_product: Callable[..., Product]) -> Callable[..., Plot]:
    def draw(kind: str, content: bytes | dict[str, Any]) -> Plot:
        source = make_source()
        add_product(source, kind, content)
        shown = shown_source(source.name)
        assert shown is not None
        return plot(kind, shown.products[0])

    return draw


def test_a_spectrum_becomes_a_table_for_each_camera(
    drawn: Callable[..., Plot], spectrum_document: Document
) -> None:
    shown = drawn("spectrum", spectrum_document())
    assert shown.cameras == ("PN",)
    assert shown.tables[0].rows[0] == ("0.5\N{EN DASH}1", "0.02", "0.002", "0.001")


def test_a_bin_without_observation_is_a_dash_not_a_zero(
    drawn: Callable[..., Plot], lightcurve_document: Document
) -> None:
    shown = drawn("lightcurve", lightcurve_document())
    assert shown.tables[0].rows[1] == ("750", "\N{EN DASH}", "\N{EN DASH}", "0")


@pytest.mark.parametrize(
    ("chance", "sentence"), [(1e-9, "It varied"), (0.001, "It may have varied"), (0.4, "It looks steady")]
)
def test_the_summary_says_whether_the_source_varied(
    drawn: Callable[..., Plot], lightcurve_document: Document, chance: float, sentence: str
) -> None:
    shown = drawn("lightcurve", lightcurve_document(facts={"chi2_prob": chance}))
    assert shown.summary.startswith(sentence)


@pytest.mark.parametrize(("chance", "said"), [(0.001, True), (0.4, False)])
def test_the_highest_point_is_named_only_where_it_may_be_more_than_chance(
    drawn: Callable[..., Plot], lightcurve_document: Document, chance: float, said: bool
) -> None:
    shown = drawn("lightcurve", lightcurve_document(facts={"chi2_prob": chance, "max_over_min": 39.0}))
    assert ("39 times the lowest" in shown.summary) == said


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"{}", b'{"cameras": [{}]}', b'{"cameras": [{"camera": "PN"}]}', b"null"],
)
def test_a_broken_document_is_a_message(drawn: Callable[..., Plot], content: bytes) -> None:
    assert "damaged" in drawn("spectrum", content).broken


def test_columns_of_unequal_length_are_broken(
    drawn: Callable[..., Plot], spectrum_document: Document
) -> None:
    document = spectrum_document()
    document["cameras"][0]["rate"].append(1.0)
    assert "damaged" in drawn("spectrum", document).broken


def test_no_camera_means_too_few_x_rays(drawn: Callable[..., Plot], spectrum_document: Document) -> None:
    assert "Too few X-rays" in drawn("spectrum", spectrum_document(cameras=[])).broken


def test_a_lost_file_is_a_message(
    make_source: Callable[..., Source], add_product: Callable[..., Product], spectrum_document: Document
) -> None:
    product = add_product(make_source(), "spectrum", spectrum_document())
    stored_path(product.sha256).unlink()
    shown = ShownProduct("spectrum", "0201901401", product.sha256, "application/json", {})
    assert "damaged" in plot("spectrum", shown).broken


def test_a_product_that_was_not_made_is_a_message() -> None:
    assert plot("spectrum", None).broken == "None was made from this observation."


def test_a_cutout_that_tells_little_of_itself_is_still_shown() -> None:
    shown = cutout(ShownProduct("cutout", "0201901401", "0" * 64, "image/png", {"bands_kev": "?"}), {})
    assert shown is not None
    assert (shown.fov_arcmin, shown.bands, shown.circle_radius) == (None, (), "12.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25, "0,25"), (-3.2e-14, "\N{MINUS SIGN}3,2·10⁻¹⁴"), (1234567.0, "1,23·10⁶"), (0.0, "0")],
)
def test_numbers_are_written_as_the_language_does(value: float, text: str) -> None:
    with translation.override("fr"):
        assert written(value) == text


def _cameras(**counts: int) -> list[dict[str, Any]]:
    """Spectra of one bin."""
    energies = {"energy_lo_kev": [0.5], "energy_hi_kev": [1.0], "rate": [0.02], "rate_err": [0.01]}
    return [{"camera": name, "counts": [number], **energies} for name, number in counts.items()]


def _timed(*rates: list[float | None], **changes: Any) -> dict[str, Any]:
    """Light curves of several cameras in the same bins."""
    cameras = [
        {"camera": name, "time_s": [50.0, 150.0], "rate": rate, "rate_err": [0.01, 0.01]}
        for name, rate in zip(("PN", "M1", "M2"), rates, strict=False)
    ]
    return {"cameras": cameras, **changes}


@pytest.mark.parametrize(
    ("net_counts", "first"), [(99.0, ("M1",)), (100.0, ("PN", "M1")), (None, ("PN", "M1"))]
)
def test_a_spectrum_of_few_x_rays_begins_with_the_camera_that_recorded_most(
    drawn: Callable[..., Plot], spectrum_document: Document, net_counts: float | None, first: tuple[str, ...]
) -> None:
    facts = {"net_counts": net_counts}
    shown = drawn("spectrum", spectrum_document(cameras=_cameras(PN=40, M1=60), facts=facts))
    assert shown.first == first
    assert shown.alone == ("M1" if len(first) == 1 else "")
    assert not shown.may_be_added


@pytest.mark.parametrize(("counts", "first"), [(199, ("ALL",)), (200, ("PN", "M1"))])
def test_a_light_curve_of_few_x_rays_begins_with_all_cameras_together(
    drawn: Callable[..., Plot], lightcurve_document: Document, counts: int, first: tuple[str, ...]
) -> None:
    shown = drawn("lightcurve", lightcurve_document(**_timed([1, 2], [1, 2], facts={"counts": counts})))
    assert shown.may_be_added
    assert shown.first == first


@pytest.mark.parametrize("rates", [([1.0, 2.0],), ([1.0, None], [None, 2.0])])
def test_cameras_that_never_observed_in_one_bin_are_not_added_up(
    drawn: Callable[..., Plot], lightcurve_document: Document, rates: tuple[list[float | None], ...]
) -> None:
    shown = drawn("lightcurve", lightcurve_document(**_timed(*rates, facts={"counts": 10})))
    assert not shown.may_be_added
    assert shown.first == shown.cameras


def test_cameras_with_bins_of_their_own_are_not_added_up(
    drawn: Callable[..., Plot], lightcurve_document: Document
) -> None:
    document = lightcurve_document(**_timed([1.0, 2.0], [1.0, 2.0]))
    document["cameras"][1]["time_s"] = [60.0, 160.0]
    assert not drawn("lightcurve", document).may_be_added
