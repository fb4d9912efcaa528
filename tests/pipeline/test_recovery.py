"""From simulated events to fluxes and back: the whole chain keeps to the truth."""

from pathlib import Path

import numpy as np

from bench.recovery import pairs
from pipeline.run import RunRequest, run
from pipeline.simulate.command import SimulationConfig, simulate

CONFIG = SimulationConfig(seed=21, observations=1, sources=40, reference=0)


def test_fluxes_of_a_simulated_field_are_those_it_was_made_of(tmp_path: Path) -> None:
    for name, content in simulate(CONFIG):
        path = tmp_path / "sim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folders = tuple(path for path in (tmp_path / "sim").iterdir() if path.is_dir())
    run(RunRequest(folders, tmp_path / "out"))
    found = pairs(tmp_path / "sim" / "truth.csv", tmp_path / "out" / "manifest.json")
    true, flux, error = found.T[:3]
    assert len(true) > 25
    weight = error**-2
    ratio = np.sum(weight * flux * true) / np.sum(weight * true**2)
    # Three errors of the mean, and the two per cent that are allowed.
    assert abs(ratio - 1.0) < 0.02 + 3.0 * np.sum(weight * true**2) ** -0.5
    assert abs(np.median((flux - true) / error)) < 0.6
