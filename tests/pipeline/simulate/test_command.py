import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.simulate.command import SimulationConfig, add_arguments, run, simulate

SMALL = SimulationConfig(seed=3, observations=1, sources=4, exposure_ks=5.0, reference=20)
OPTIONS = ("--observations", "1", "--sources", "4", "--exposure-ks", "5", "--reference", "20")


def call(out: Path, *more: str, options: Sequence[str] = OPTIONS) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(["--out", str(out), "--seed", "3", *options, *more]))


def digests(config: SimulationConfig) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in simulate(config)}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    first, again = digests(SMALL), digests(SMALL)
    other = digests(SimulationConfig(4, 1, 4, 5.0, 20))
    assert first == again
    assert not set(first.values()) & set(other.values())


def test_it_writes_whole_observations_and_keeps_the_truth_apart(tmp_path: Path) -> None:
    assert call(tmp_path / "sim") == 0
    top = {path.name for path in (tmp_path / "sim").iterdir()}
    assert top == {
        "9900000101",
        "known_sources.csv",
        "truth.csv",
        "reference_labels.csv",
        "README.txt",
        "simulation.json",
    }
    assert len(list((tmp_path / "sim" / "9900000101").glob("P9900000101*.FTZ"))) == 9
    assert "NOT AN OBSERVATION" in (tmp_path / "sim" / "README.txt").read_text()


def test_it_leaves_nothing_else_behind(tmp_path: Path) -> None:
    call(tmp_path / "a folder" / "sim")
    assert [path.name for path in (tmp_path / "a folder").iterdir()] == ["sim"]


def test_a_second_run_says_already_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(tmp_path / "sim")
    before = (tmp_path / "sim" / "truth.csv").stat().st_mtime_ns
    assert call(tmp_path / "sim") == 0
    assert "already there" in capsys.readouterr().out
    assert (tmp_path / "sim" / "truth.csv").stat().st_mtime_ns == before


def test_it_refuses_a_folder_with_foreign_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.tex").write_text("do not lose this")
    assert call(tmp_path) == 2
    assert "not a simulation" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_it_refuses_other_settings_and_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(tmp_path / "sim")
    assert call(tmp_path / "sim", "--seed", "5") == 2
    assert "other settings" in capsys.readouterr().err
    (tmp_path / "sim" / "truth.csv").unlink()
    assert call(tmp_path / "sim") == 2
    assert "truth.csv is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [("--sources", "0"), ("--exposure-ks", "nan"), ("--seed", "-1"), ("--reference", "-5")]
)
def test_it_refuses_settings_out_of_range(
    wrong: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path / "sim", *wrong) == 2
    assert wrong[0] in capsys.readouterr().err
    assert not (tmp_path / "sim").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sim").write_text("")
    assert call(tmp_path / "sim") == 2
    assert "is a file" in capsys.readouterr().err
    assert call(tmp_path / "sim" / "deeper") == 2
    assert "cannot write" in capsys.readouterr().err
