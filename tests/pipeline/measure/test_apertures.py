from dataclasses import replace

import numpy as np
import pytest

from pipeline.config import RunConfig
from pipeline.measure.apertures import Surroundings, camera_of, cut_patch
from pipeline.measure.cleaning import clean_events
from pipeline.measure.exposure import ExposureMap, from_events, map_for_energy
from pipeline.measure.rates import count_patch
from pipeline.psf import enclosed_fraction, radius_of, surface_density
from pipeline.readers.events import read_events
from pipeline.readers.region_files import Ellipse

ALONE = np.empty((0, 2))
CONFIG = RunConfig()
ARCSEC = 1.0 / 3600.0


@pytest.fixture
def camera(write_events, recipe):
    events = clean_events(
        read_events(write_events(recipe(sources=((0.0, 0.0, 400), (30.0, 0.0, 200)))))
    ).events
    return camera_of(events, [from_events(events)])


def test_the_point_spread_function_integrates_to_its_enclosed_fraction() -> None:
    radius = np.linspace(0.0, 20.0, 20_001)
    inside = np.trapezoid(2 * np.pi * radius * surface_density("M1", radius), radius)
    assert inside == pytest.approx(enclosed_fraction("M1", 20.0), rel=1e-6)
    assert enclosed_fraction("PN", 300.0) == 1.0


def test_counts_of_a_source_come_back(camera) -> None:
    patch = cut_patch(camera, Surroundings(150.0, 2.0, np.array([[150.0 + 30 * ARCSEC, 2.0]])), CONFIG)
    assert count_patch(patch).net.sum() == pytest.approx(398, abs=25)
    assert patch.ratio[0] == pytest.approx(20**2 / (120**2 - 60**2), rel=0.15)


def test_an_event_belongs_to_the_nearest_source_only(camera) -> None:
    near = np.array([[150.0 + 30 * ARCSEC, 2.0]])
    alone, beside = (cut_patch(camera, Surroundings(150.0, 2.0, n), CONFIG) for n in (ALONE, near))
    assert len(beside.source_ev) < len(alone.source_ev)
    assert beside.effective_s[0] < alone.effective_s[0]


def test_extended_emission_is_masked_from_the_background(camera) -> None:
    clear, masked = (
        cut_patch(camera, Surroundings(150.0, 2.0, ALONE, extended), CONFIG)
        for extended in ((), (Ellipse(150.0 - 90 * ARCSEC, 2.0, 40.0, 20.0, 90.0),))
    )
    assert len(masked.background_ev) < len(clear.background_ev)
    assert masked.ratio[0] > clear.ratio[0]


def test_a_source_on_extended_emission_keeps_its_local_background(camera) -> None:
    patch = cut_patch(
        camera, Surroundings(150.0, 2.0, ALONE, (Ellipse(150.0, 2.0, 200.0, 200.0, 0.0),)), CONFIG
    )
    assert patch.on_extended
    assert len(patch.background_ev) > 0


@pytest.mark.parametrize("dec", [2.6, -60.0])
def test_a_position_outside_the_field_has_no_patch(camera, dec: float) -> None:
    assert cut_patch(camera, Surroundings(150.0, dec, ALONE), CONFIG) is None


def test_the_map_that_shares_most_energy_is_taken() -> None:
    maps = [ExposureMap(np.zeros((1, 1)), None, band, True) for band in ((0.5, 2.0), (2.0, 10.0))]
    assert map_for_energy(maps, 4.5, 12.0) is maps[1]
    assert map_for_energy(maps, 0.2, 0.5) is maps[0]


def test_a_source_on_a_steep_slope_is_not_over_subtracted(write_events, recipe) -> None:
    events = clean_events(read_events(write_events(recipe(sources=((0.0, 0.0, 100),), background=0)))).events
    rng = np.random.default_rng(2)
    slope = rng.exponential(60.0, 20_000) - 150.0
    x = np.append(events.x, 25921.0 + slope / 0.05)
    y = np.append(events.y, 25921.0 + rng.uniform(-250.0, 250.0, 20_000) / 0.05)
    others = {
        name: np.resize(getattr(events, name), len(x)) for name in ("time", "pi_ev", "flag", "pattern", "ccd")
    }
    camera = camera_of(
        replace(events, x=x, y=y, **others), [from_events(replace(events, x=x, y=y, **others))]
    )
    patch = cut_patch(
        camera, Surroundings(150.0, 2.0, ALONE, (Ellipse(150.0, 2.0, 200.0, 200.0, 0.0),)), CONFIG
    )
    assert count_patch(patch).net.sum() == pytest.approx(100.0, abs=60.0)


def test_a_source_is_freed_of_its_own_wings_in_the_ring(camera) -> None:
    patch = cut_patch(camera, Surroundings(150.0, 2.0, ALONE), CONFIG)
    ring = enclosed_fraction("M1", 120.0) - enclosed_fraction("M1", 60.0)
    share = enclosed_fraction("M1", 20.0) - patch.ratio[0] * ring
    assert patch.effective_s[0] == pytest.approx(share * patch.live_s, rel=2e-3)


def test_neighbours_are_cut_out_of_the_ring_with_their_wings(camera) -> None:
    near = np.array([[150.0, 2.0 + 90 * ARCSEC]])
    alone, beside = (cut_patch(camera, Surroundings(150.0, 2.0, n), CONFIG) for n in (ALONE, near))
    area = 60**2 / (120**2 - 60**2)
    # Of a circle of three apertures half way in a ring, half as wide as it, a good part lies outside.
    assert 0.55 * area < 1.0 - alone.ratio[0] / beside.ratio[0] < 0.7 * area


def left_by_a_neighbour(camera, distance: float, number: int) -> tuple[float, int]:
    """Net counts, and those before the background is taken off, of an empty place beside a bright source."""
    radius = radius_of("M1", (np.arange(number) + 0.5) / number)
    angle = np.arange(number) * 2.4
    x, y = 25921.0 + radius * np.cos(angle) / 0.05, 25921.0 + (distance + radius * np.sin(angle)) / 0.05
    names = ("time", "pi_ev", "flag", "pattern", "ccd")
    events = {name: np.resize(getattr(camera.events, name), number) for name in names}
    wings = replace(camera, events=replace(camera.events, x=x, y=y, **events))
    near = np.array([[150.0, 2.0 + distance * ARCSEC]])
    patch = cut_patch(wings, Surroundings(150.0, 2.0, near), CONFIG)
    return len(patch.source_ev) - patch.ratio[0] * len(patch.background_ev), len(patch.source_ev)


def test_the_wings_of_neighbours_at_all_distances_are_subtracted_on_average(camera) -> None:
    # As many neighbours at each distance as there is sky.
    found = [left_by_a_neighbour(camera, distance, round(2000 * distance)) for distance in range(85, 225, 10)]
    net, inside = np.sum(found, axis=0)
    assert net == pytest.approx(0.0, abs=0.15 * inside)


def test_a_crowded_ring_keeps_what_lies_outside_single_apertures(camera) -> None:
    angle = np.linspace(0.0, 2 * np.pi, 12, endpoint=False)
    near = np.column_stack([150.0 + 85 * ARCSEC * np.cos(angle), 2.0 + 85 * ARCSEC * np.sin(angle)])
    assert len(cut_patch(camera, Surroundings(150.0, 2.0, near), CONFIG).background_ev) > 0
