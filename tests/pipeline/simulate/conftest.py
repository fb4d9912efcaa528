"""One small simulated observation, exposed once for all tests of a run."""

import gzip
import io
from dataclasses import dataclass, replace

import numpy as np
import pytest
from astropy.io import fits

from pipeline.simulate import events, files, timing
from pipeline.simulate.events import EventList
from pipeline.simulate.observation import Observation, plan_observation
from pipeline.simulate.telescope import M1, PN


@dataclass(frozen=True)
class Exposed:
    observation: Observation
    m1: EventList
    pn: EventList


@pytest.fixture(scope="session")
def exposed() -> Exposed:
    """A plane field with six sources; the first is bright and close to the axis."""
    rng = np.random.default_rng(11)
    observation = brightened(plan_observation(2, 6, 20_000.0, rng))
    grid = timing.time_grid(observation.duration_s)
    curves = [timing.relative_rate(s.model.curve, grid, rng) for s in observation.sources]
    m1, pn = (events.expose(observation, curves, camera, rng) for camera in (M1, PN))
    return Exposed(observation, m1, pn)


def brightened(observation: Observation) -> Observation:
    first, *others = observation.sources
    return replace(observation, sources=(replace(first, flux_cgs=3e-12), *others))


@pytest.fixture(scope="session")
def event_hdus(exposed: Exposed) -> fits.HDUList:
    return fits.open(io.BytesIO(gzip.decompress(files.event_file(exposed.observation, exposed.m1))))
