"""Many small runs at once: jobs in threads, results in order, stopping within a second or two."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from experiments.runner import Stopped, Tell, available_cores, post_count, wait_for
from sim.simulation import Simulation
from sim.specification import Specification

T = TypeVar("T")
Job = Callable[[threading.Event], T]
"""Takes the event that asks to stop; see :func:`simulate`."""


def run_jobs(
    jobs: Sequence[Job[T]], *, workers: int | None = None, tell: Tell = lambda _done: None
) -> list[T]:
    """Return the results of ``jobs`` in their order, whatever the number of ``workers``.

    ``tell(1)`` is called after each job.  Raises the first failure, and ``KeyboardInterrupt`` on Ctrl-C
    once the running jobs have noticed.
    """
    stop = threading.Event()

    def work(job: Job[T]) -> T:
        result = job(stop)
        tell(1)
        return result

    with ThreadPoolExecutor(max_workers=max(1, workers or available_cores())) as pool:
        futures: list[Future[T]] = [pool.submit(work, job) for job in jobs]
        try:
            wait_for(futures)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


def simulate(
    specification: Specification, seed: int, replicate: int, stop: threading.Event, *, copy: int = 0
) -> Simulation:
    """Return a finished run; copy ``k`` has other people in other places.  Raises ``Stopped``."""
    simulation = Simulation(
        specification,
        seed,
        replicate,
        first_place=copy * specification.places,
        first_post=copy * post_count(specification),
    )
    simulation.run(watch=lambda _day: not stop.is_set())
    if stop.is_set():
        raise Stopped
    return simulation
