"""Units done one after the other, or several at a time by processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from pipeline.errors import WorkerDied
from pipeline.inventory import failure_of
from pipeline.units.work import Done, Unit, do_unit, is_done


def do_units(units: list[Unit], jobs: int) -> Iterator[Done]:
    """Do the units that are not done yet, and tell how each ended.

    Parameters
    ----------
    units : list of Unit
        What to do.
    jobs : int
        How many at a time; 1 does them in this process.

    Yields
    ------
    Done
        A unit whose process dies (out of memory, killed) is tried once more, alone; if it dies again, it is
        a failure and the others go on.
    """
    to_do = []
    # Checking is mostly hashing, which threads share without starting processes.
    with ThreadPoolExecutor(jobs) as checkers:
        for unit, done in zip(units, checkers.map(is_done, units), strict=True):
            if done:
                yield Done(unit.folder, reused=True)
            else:
                to_do.append(unit)
    yield from map(do_unit, to_do) if min(jobs, len(to_do)) <= 1 else _in_parallel(to_do, jobs)


def _in_parallel(units: list[Unit], jobs: int) -> Iterator[Done]:
    lost: list[Unit] = []
    with _workers(min(jobs, len(units))) as pool:
        for unit, future in [(unit, _submitted(pool, unit)) for unit in units]:
            done = _result(future)
            if done is None:
                lost.append(unit)
            else:
                yield done
    yield from map(_alone, lost)


def _workers(jobs: int) -> ProcessPoolExecutor:
    # Forked processes would inherit threads and locks of libraries; spawned ones start clean.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _submitted(pool: ProcessPoolExecutor, unit: Unit) -> Future[Done] | None:
    try:
        return pool.submit(do_unit, unit)
    except BrokenProcessPool:
        return None


def _result(future: Future[Done] | None) -> Done | None:
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        return None


def _alone(unit: Unit) -> Done:
    with _workers(1) as pool:
        done = _result(_submitted(pool, unit))
    if done is not None:
        return done
    name = unit.folder.name
    error = WorkerDied(f"{name}: its process was killed twice; is there enough memory? run it alone")
    return Done(unit.folder, failures=(failure_of(name, error),))


def _end_with_parent() -> None:
    """A worker must not outlive a parent that was killed and could not say goodbye."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
