"""Units done one after the other, or several at a time by processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from pipeline.errors import WorkerDied
from pipeline.inventory import failure_of
from pipeline.units.work import Done, Unit, do_unit, is_done

T = TypeVar("T")
R = TypeVar("R")


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
        A unit whose process dies twice is a failure, and the others go on.
    """
    to_do = []
    # Checking is mostly hashing, which threads share without starting processes.
    with ThreadPoolExecutor(jobs) as checkers:
        for unit, done in zip(units, checkers.map(is_done, units), strict=True):
            if done:
                yield Done(unit.folder, reused=True)
            else:
                to_do.append(unit)
    for unit, end in do_all(do_unit, to_do, jobs):
        if end is None:
            name = unit.folder.name
            error = WorkerDied(f"{name}: its process was killed twice; is there enough memory? run it alone")
            yield Done(unit.folder, failures=(failure_of(name, error),))
        else:
            yield end


def do_all(task: Callable[[T], R], items: list[T], jobs: int) -> Iterator[tuple[T, R | None]]:
    """Apply a function to every item, by several processes if need be.

    Parameters
    ----------
    task : callable
        A function of a module, which other processes can import.
    items : list
        Plain data.
    jobs : int
        How many at a time; 1 works in this process.

    Yields
    ------
    tuple of (item, result)
        An item whose process dies (out of memory, killed) is tried once more, alone; if that dies too, its
        result is None.
    """
    if min(jobs, len(items)) <= 1:
        yield from ((item, task(item)) for item in items)
        return
    lost: list[T] = []
    with _workers(min(jobs, len(items))) as pool:
        for item, future in [(item, _submitted(pool, task, item)) for item in items]:
            result = _result(future)
            if result is None:
                lost.append(item)
            else:
                yield item, result
    for item in lost:
        with _workers(1) as pool:
            result = _result(_submitted(pool, task, item))
        yield item, result


def _workers(jobs: int) -> ProcessPoolExecutor:
    # Forked processes would inherit threads and locks of libraries; spawned ones start clean.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _submitted(pool: ProcessPoolExecutor, task: Callable[[T], R], item: T) -> Future[R] | None:
    try:
        return pool.submit(task, item)
    except BrokenProcessPool:
        return None


def _result(future: Future[R] | None) -> R | None:
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        return None


def _end_with_parent() -> None:
    """A worker must not outlive a parent that was killed and could not say goodbye."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
