from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import EmptyEventList
from pipeline.measure.cleaning import clean_events, is_clean, select_events
from pipeline.measure.goodtime import good_time
from pipeline.readers.events import read_events
from pipeline.readers.intervals import read_good_time

START = 1.0e8


def test_bad_patterns_and_flags_go(write_events) -> None:
    events = read_events(write_events())
    flagged = replace(events, flag=np.where(np.arange(len(events)) == 100, 0x10000, 0))
    cleaned = clean_events(flagged)
    assert cleaned.cleaned_here
    assert len(cleaned.events) == len(events) - 6


def test_a_clean_list_is_left_alone(write_events) -> None:
    cleaned = clean_events(read_events(write_events())).events
    again = clean_events(cleaned, good_time([START], [START + 1.0]))
    assert is_clean(cleaned)
    assert not again.cleaned_here
    assert again.events is cleaned


def test_flares_are_cut_and_good_time_says_so(write_events) -> None:
    cleaned = clean_events(read_events(write_events()), good_time([START], [START + 4000.0])).events
    assert cleaned.time.max() < START + 4000.0
    assert cleaned.good_seconds == pytest.approx(4000.0)


def test_each_ccd_has_its_own_good_time(write_events) -> None:
    events = read_events(write_events())
    ccd = np.where(np.arange(len(events)) % 2, 2, 1)
    times = {1: good_time(START, START + 10_000.0), 2: good_time(START, START + 5000.0)}
    cleaned = clean_events(replace(events, ccd=ccd, good_times=times)).events
    assert cleaned.time[cleaned.ccd == 2].max() < START + 5000.0
    assert cleaned.time[cleaned.ccd == 1].max() > START + 9000.0


def test_pn_keeps_singles_and_doubles_only(write_events, recipe) -> None:
    events = read_events(write_events(recipe(instrument="EPN")))
    events = replace(events, pattern=np.arange(len(events)) % 6)
    assert set(clean_events(events).events.pattern.tolist()) == {0, 1, 2, 3, 4}


def test_pn_events_beside_the_field_of_view_go(write_events, recipe) -> None:
    events = read_events(write_events(recipe(instrument="EPN")))
    beside = np.arange(len(events)) % 10 == 9
    cleaned = clean_events(replace(events, flag=np.where(beside, 0x10000, 0))).events
    assert len(cleaned) == np.sum(~beside & (events.pattern < 5))


def test_a_list_without_one_good_event_is_refused(write_events) -> None:
    events = read_events(write_events())
    with pytest.raises(EmptyEventList, match=r"M1EVLI\.fits.*leave the file out"):
        clean_events(select_events(events, events.pattern == 31))


@pytest.mark.real_data
def test_hd159176_is_cleaned_event_for_event(real_data: Path) -> None:
    folder = real_data / "hd159176"
    expected = read_events(folder / "M1_clean.fits.gz")
    raw = read_events(folder / "P0001730201M1S002MIEVLI.FTZ")
    cleaned = clean_events(raw, read_good_time(folder / "M1_gti.fits")).events
    made = select_events(cleaned, (cleaned.pi_ev >= 500) & (cleaned.pi_ev <= 10_000))
    assert len(made) == 36_824
    for name in ("time", "x", "y", "pi_ev", "flag", "pattern", "ccd"):
        assert np.array_equal(getattr(made, name), getattr(expected, name)), name
    assert is_clean(expected)
    assert not is_clean(raw)
