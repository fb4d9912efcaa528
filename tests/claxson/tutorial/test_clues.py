import math

import pytest

from claxson.tutorial.clues import RULES, clues_for, distinctness
from claxson.web.shown.verdict import SEEN_ON, WORDS


def keys(source_class: str, **measured: float | None) -> list[str]:
    return [clue.key for clue in clues_for(source_class, measured)]


def test_an_agn_is_told_by_loxo_latitude_and_slope() -> None:
    told = keys("agn", log_fx_fr=0.1, gal_lat_deg=-55.0, photon_index=1.9)
    assert set(told) == {"loxo_as_light", "far_from_plane", "slopes_gently"}
    assert told[-1] == "slopes_gently"


def test_the_sign_of_the_latitude_does_not_matter() -> None:
    assert keys("xrb", gal_lat_deg=-2.0) == keys("xrb", gal_lat_deg=2.0) == ["near_plane"]


def test_what_lies_deeper_within_its_bounds_comes_first() -> None:
    assert keys("star", log_fx_fr=-3.0, log_fx_fw1=-1.1) == ["loxo_low", "loxi_low"]
    assert keys("star", log_fx_fr=-1.1, log_fx_fw1=-3.0) == ["loxi_low", "loxo_low"]


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_was_not_measured_is_no_clue(value: float | None) -> None:
    assert keys("star", log_fx_fr=value) == []


def test_what_points_elsewhere_is_no_clue() -> None:
    assert keys("agn", log_fx_fr=-2.5, gal_lat_deg=3.0, photon_index=6.0, chi2_prob=1e-9) == []


def test_a_class_without_rules_has_no_clues() -> None:
    assert keys("other", log_fx_fr=0.0) == []


def test_every_clue_has_words_and_a_place_where_it_is_seen() -> None:
    rules = [rule for group in RULES.values() for rule in group]
    assert {rule.key for rule in rules} == set(WORDS)
    assert {rule.seen_on for rule in rules} <= set(SEEN_ON)


def test_what_points_to_two_classes_alike_is_no_distinct_example() -> None:
    clear = {"log_fx_fr": 0.0, "gal_lat_deg": 50.0, "photon_index": 1.9, "chi2_prob": 0.6}
    varied = clear | {"chi2_prob": 1e-9}
    assert distinctness("agn", clear) > distinctness("agn", varied) > 0
    assert distinctness("cv", clear) < 0
    assert distinctness("other", {}) == 0
