"""Observations as units of work: parallel, kept, and safe against being killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.check import check_manifest
from pipeline.errors import OutputOverInput
from pipeline.run import RunRequest, run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folders(write_events, recipe) -> tuple[Path, ...]:
    """Three observations, each with a source of its own beside a common one."""
    made = []
    for number in range(3):
        obsid = f"000000000{number}"
        sources = ((0.0, 0.0, 300), (150.0 + 90 * number, 60.0, 200))
        path = write_events(recipe(sources=sources, cards={"OBS_ID": obsid}, seed=number), folder=obsid)
        made.append(path.parent)
    return tuple(made)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def times(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_several_at_a_time_give_the_same_bytes_as_one(folders, tmp_path: Path) -> None:
    run(RunRequest(folders, tmp_path / "one", jobs=1))
    run(RunRequest(folders, tmp_path / "two", jobs=2))
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


def test_one_more_folder_redoes_nothing_of_the_others(folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(RunRequest(folders[:2], out))
    before = times(out / "observations")
    outcome = run(RunRequest(folders, out))
    assert outcome.kept == 2
    after = times(out / "observations")
    assert not [path for path in before if before[path] != after[path] and "looks" not in path]
    assert len(outcome.manifest["sources"]) == 4
    run(RunRequest(folders, tmp_path / "fresh"))
    assert everything(out) == everything(tmp_path / "fresh")


def test_a_name_stays_when_an_observation_is_added(folders, tmp_path: Path) -> None:
    names = [
        {source["name"] for source in run(RunRequest(some, tmp_path / "out")).manifest["sources"]}
        for some in (folders[:1], folders)
    ]
    assert names[0] <= names[1]


def test_a_folder_that_is_left_out_leaves_nothing_behind(folders, tmp_path: Path) -> None:
    run(RunRequest(folders, tmp_path / "out"))
    run(RunRequest(folders[:2], tmp_path / "out"))
    run(RunRequest(folders[:2], tmp_path / "fresh"))
    assert everything(tmp_path / "out") == everything(tmp_path / "fresh")


def test_only_the_damaged_observation_is_redone(folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(RunRequest(folders, out))
    whole = everything(out)
    next((out / "observations" / "0000000001").glob("*_small.webp")).write_bytes(b"damage")
    assert run(RunRequest(folders, out)).kept == 2
    assert everything(out) == whole


def test_two_folders_of_one_name_are_told_apart(folders, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / folders[0].name
    twin.parent.mkdir()
    twin.symlink_to(folders[1])
    (tmp_path / "copy").mkdir()
    other = tmp_path / "copy" / folders[0].name
    folders[1].rename(other)
    manifest = run(RunRequest((folders[0], other), tmp_path / "out")).manifest
    assert [failure["code"] for failure in manifest["failures"]] == ["duplicate_folder"]


def test_the_output_must_not_lie_over_the_input(write_events, tmp_path: Path) -> None:
    (tmp_path / "observations").mkdir()
    folder = write_events(folder="observations/0000000001").parent
    with pytest.raises(OutputOverInput, match="choose another --out"):
        run(RunRequest((folder,), tmp_path))


@pytest.mark.crash
def test_a_killed_run_loses_only_what_was_in_hand(folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pipeline", "run", *map(str, folders), "--out", str(out), "--jobs", "1"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    while process.poll() is None and not list(out.glob("observations/*/unit.json")):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    finished = len(list(out.glob("observations/*/unit.json")))
    outcome = run(RunRequest(folders, out))
    assert outcome.kept == finished >= 1
    assert check_manifest(outcome.manifest, out) == []
    run(RunRequest(folders, tmp_path / "fresh"))
    assert everything(out) == everything(tmp_path / "fresh")


@pytest.mark.crash
def test_workers_end_with_a_parent_that_is_killed(folders, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pipeline", "run", *map(str, folders), "--out", str(out), "--jobs", "2"]
    process = subprocess.Popen(command, cwd=ROOT)
    while process.poll() is None and not list(out.glob("observations/*")):
        time.sleep(0.005)
    workers = [int(task) for task in children(process.pid)]
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [worker for worker in workers if alive(worker)]


def children(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
