import random
from collections.abc import Iterator

import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from django.db import connection

from claxson.catalogue.models import Source
from claxson.catalogue.positions import Position, box_around
from claxson.catalogue.search import CONE, FOLDED_NAME, beginning_with, named_like, within

pytestmark = pytest.mark.django_db


def add(name: str, ra_deg: float = 1.0, dec_deg: float = 2.0) -> Source:
    return Source.objects.create(name=name, origin="test", ra_deg=ra_deg, dec_deg=dec_deg)


@pytest.fixture
def sky() -> Iterator[list[Source]]:
    """Sources all over the sky, many around its seam and its poles."""
    draw = random.Random(7)
    places = [(draw.random() * 360, draw.uniform(-90, 90)) for _ in range(200)]
    places += [(draw.uniform(-1, 1) % 360, draw.uniform(-1, 1)) for _ in range(100)]
    places += [(draw.random() * 360, draw.choice([-1, 1]) * draw.uniform(89, 90)) for _ in range(100)]
    return [add(f"S {i}", *place) for i, place in enumerate(places)]


def test_a_name_is_found_whatever_its_spaces_and_case() -> None:
    add("4XMM J053431.9+220052")
    assert named_like("4xmmj053431.9 +220052") == "4XMM J053431.9+220052"
    assert named_like("4XMM J053431.9+22005") is None


def test_of_two_names_that_differ_by_a_space_neither_is_meant() -> None:
    add("A B"), add("AB")
    assert named_like("ab") is None
    assert [one.name for one in beginning_with("a")] == ["A B", "AB"]


def test_a_beginning_finds_all_that_begin_so_and_no_wildcard_helps() -> None:
    for name in ("4XMM J1", "4XMM J2", "SIM J1"):
        add(name)
    assert [one.name for one in beginning_with("4xmm")] == ["4XMM J1", "4XMM J2"]
    assert beginning_with("%") == beginning_with("") == []


@pytest.mark.parametrize("place", [(0.0, 0.0), (359.9, 0.3), (120.0, 89.8), (10.0, -90.0), (200.0, 45.0)])
def test_a_cone_holds_what_astropy_says(sky: list[Source], place: tuple[float, float]) -> None:
    here = SkyCoord(*place, unit="deg")
    apart = {
        s.name: here.separation(SkyCoord(s.ra_deg, s.dec_deg, unit="deg")).to_value(u.arcsec) for s in sky
    }
    found = within(Position(*place), 60.0, 500)
    assert {one.name for one in found} == {name for name, arcsec in apart.items() if arcsec <= 3600}
    assert [one.separation_arcsec for one in found] == pytest.approx(
        [apart[one.name] for one in found], abs=1e-3
    )
    assert found == sorted(found, key=lambda one: one.separation_arcsec or 0.0)


def plan(sql: str, parameters: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("asked", [{"folded": "4XMMJ1"}, {"folded__startswith": "4XMM"}])
def test_names_are_found_by_an_index(asked: dict[str, str]) -> None:
    query = Source.objects.annotate(folded=FOLDED_NAME).filter(**asked).values("name").query
    found = plan(*query.sql_with_params())
    assert "sources_by_folded_name" in found
    assert "Index Cond" in found


def test_positions_are_found_by_an_index() -> None:
    box = box_around(Position(10, 20), 0.1)
    where = {"ra": 10, "dec": 20, "dec_low": box.dec_low, "dec_high": box.dec_high, "half": box.ra_half}
    found = plan(CONE, where | {"radius": 360, "most": 10})
    assert "sources_by_position" in found
    assert "Index Cond: ((dec_deg >=" in found
