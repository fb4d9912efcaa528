"""From simulated events to fluxes and back: the whole chain keeps to the truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.recovery import ratio
from bench.simulated_truth import Pair, mean_over, pairs_of, wing_shares, write_fields
from pipeline.measure.goodtime import good_time
from pipeline.run import RunRequest, run
from pipeline.simulate import timing


@pytest.fixture(scope="module", params=[True, False], ids=["constant", "variable"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    place = tmp_path_factory.mktemp("recovery")
    fields = write_fields(place / "sim", seed=21, fields=1, sources=40, constant=request.param)
    folders = tuple(place / "sim" / field.plan.obsid for field in fields)
    run(RunRequest(folders, place / "run"))
    return [pair for field in fields for pair in pairs_of(field, place / "sim", place / "run")]


def test_every_source_is_measured(found: list[Pair]) -> None:
    assert len(found) == 40


def test_fluxes_and_rates_of_a_simulated_field_are_those_it_was_made_of(found: list[Pair]) -> None:
    pulls = np.array([(one.flux[1] - one.flux[0]) / one.flux[2] for one in found])
    for triples, errors in (
        ([one.flux for one in found], [one.flux_error for one in found]),
        ([one.rate for one in found], [one.rate[0] / one.counts**0.5 for one in found]),
    ):
        value, error = ratio(triples, errors)
        # Three errors of the mean, and the two per cent that are allowed.
        assert abs(value - 1.0) < 0.02 + 3.0 * error
    assert abs(np.median(pulls)) < 0.6
    assert 0.7 < pulls.std() < 1.35


def test_hardness_of_a_simulated_field_is_that_it_was_made_of(found: list[Pair]) -> None:
    pulls = np.array([(one.hr2[1] - one.hr2[0]) / one.hr2[2] for one in found if np.isfinite(one.hr2[1])])
    assert abs(pulls.mean()) < 0.6
    assert 0.7 < pulls.std() < 1.35


def test_a_mean_rate_is_that_of_the_time_that_is_left() -> None:
    grid = timing.time_grid(30_000.0)
    curve = np.where(grid < 15_000.0, 1.0, 3.0)
    assert mean_over(curve, 100.0, good_time(100.0, 10_100.0)) == pytest.approx(0.5, rel=2e-3)
    assert mean_over(curve, 100.0, good_time(100.0, 30_100.0)) == pytest.approx(1.0)


def test_wings_are_those_of_neighbours(tmp_path: Path) -> None:
    plan = write_fields(tmp_path, seed=3, fields=1, sources=12, constant=True)[0].plan
    lonely = replace(plan, sources=plan.sources[:1])
    assert wing_shares(lonely).tolist() == [0.0]
    brighter = replace(plan.sources[1], flux_cgs=10 * plan.sources[1].flux_cgs)
    before, after = (
        wing_shares(replace(plan, sources=(plan.sources[0], one))) for one in (plan.sources[1], brighter)
    )
    assert after[0] == pytest.approx(10 * before[0])
    assert after[1] == pytest.approx(0.1 * before[1])
