"""Workers of any ``concurrent.futures.Executor``: a process pool, Dask, MPI, whatever is at hand."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait

from experiments import exits
from experiments.sweeping.running import FAILED, STOPPED, Report, Runner, Task, one_line, perform

WAITING_PER_WORKER = 4


class Executed:
    """A crew made of an executor that somebody handed in; it stays open when the sweep is done."""

    def __init__(self, executor: Executor, workers: int, runner: Runner) -> None:
        self.executor = executor
        self.runner = runner
        self.capacity = workers * WAITING_PER_WORKER
        self._futures: dict[Future[Report], int] = {}

    def submit(self, task: Task) -> None:
        """Hand a run to the executor; raises ``Failure`` where it takes no more."""
        try:
            self._futures[self.executor.submit(perform, task, self.runner)] = task.number
        except RuntimeError as error:  # broken, or shut down
            raise _broken(error) from None

    def collect(self, seconds: float) -> list[Report]:
        """Return the runs that have ended; raises ``Failure`` when the executor has broken down.

        Which run broke it cannot be known, so none is blamed: those under way are done again next time.
        """
        if not self._futures:
            return []
        done, _ = wait(self._futures, timeout=seconds, return_when=FIRST_COMPLETED)
        return [self._report(future) for future in done]

    def _report(self, future: Future[Report]) -> Report:
        number = self._futures.pop(future)
        try:
            return future.result()
        except BrokenExecutor as error:
            raise _broken(error) from None
        except CancelledError:
            return Report(number, FAILED, "cancelled by the executor", 0.0)
        except Exception as error:  # noqa: BLE001 - whatever the executor says of a run is data
            return Report(number, FAILED, one_line(f"{type(error).__name__}: {error}"), 0.0)

    def close(self) -> list[Report]:
        """Withdraw what has not begun and return what has ended."""
        for future in self._futures:
            future.cancel()
        ended = [future for future in self._futures if future.done() and not future.cancelled()]
        reports = [future.result() for future in ended if future.exception() is None]
        self._futures.clear()
        return [report for report in reports if report.status != STOPPED]


def _broken(error: BaseException) -> exits.Failure:
    reason = one_line(str(error) or type(error).__name__)
    return exits.Failure(
        f"the executor broke down ({reason}); finished runs are kept, the same command goes on",
        exits.INTERNAL,
    )
