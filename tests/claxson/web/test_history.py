"""The flux of a source from observation to observation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from claxson.catalogue.models import Source
from claxson.web.shown.history import history

SEEN = {"detected": True, "upper_limit_8_cgs": None}
MAY_2004, JUNE_2010 = 53150.0, 55360.0


def seen(mjd: float, flux: float, error: float = 1e-15) -> dict[str, Any]:
    return SEEN | {"obsid": "1", "mjd_start": mjd, "flux_8_cgs": flux, "flux_8_cgs_err": error}


def unseen(mjd: float, limit: float) -> dict[str, Any]:
    flux = {"flux_8_cgs": 1e-16, "flux_8_cgs_err": 2e-16}
    return {"obsid": "2", "mjd_start": mjd, "detected": False, "upper_limit_8_cgs": limit, **flux}


def test_a_brighter_point_is_higher_and_a_later_one_further_right() -> None:
    drawn = history([seen(JUNE_2010, 4e-14), seen(MAY_2004, 1e-14)])
    assert drawn is not None
    early, late = drawn.points
    assert float(early.x) < float(late.x)
    assert float(early.low) > float(early.y) > float(early.high) > float(late.y)
    assert "by a factor of 3.5 at least" in drawn.summary
    assert "Seen in 2 of 2 observations between May 25, 2004 and June 13, 2010." in drawn.summary
    assert not drawn.has_limits


def test_a_limit_is_an_arrow_and_no_detection() -> None:
    drawn = history([seen(MAY_2004, 4e-14), unseen(JUNE_2010, 1e-14)])
    assert drawn is not None
    assert drawn.has_limits
    assert drawn.points[1].text == "< 1·10⁻¹⁴"
    assert "Seen in 1 of 2" in drawn.summary
    assert "by a factor of 3.9 at least" in drawn.summary


def test_what_may_be_chance_is_no_change() -> None:
    drawn = history([seen(MAY_2004, 1e-14, 5e-15), seen(JUNE_2010, 2e-14, 5e-15)])
    assert drawn is not None
    assert "factor" not in drawn.summary


def test_an_error_as_large_as_the_flux_still_has_its_place() -> None:
    drawn = history([seen(MAY_2004, 1e-14, 2e-14), seen(MAY_2004, 3e-14)])
    assert drawn is not None
    assert all(0 <= float(point.low) <= 260 for point in drawn.points)


@pytest.mark.parametrize(
    "epochs",
    [[], [seen(MAY_2004, 1e-14)], [unseen(MAY_2004, 1e-14)] * 2, [seen(MAY_2004, 1e-14), {"detected": True}]],
)
def test_one_flux_is_no_history(epochs: list[dict[str, Any]]) -> None:
    assert history(epochs) is None


@pytest.mark.parametrize("page", ["sources", "classify"])
def test_pages_show_it(volunteer: Client, make_source: Callable[..., Source], page: str) -> None:
    source = make_source(history=[seen(MAY_2004, 1e-14), unseen(JUNE_2010, 2e-14)])
    assert "figure-history" in volunteer.get(f"/en/{page}/{source.name}/").text
