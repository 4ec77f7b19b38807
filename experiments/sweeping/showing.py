"""Progress of a sweep: a bar on a terminal, one line that renews itself in a notebook, lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.progress import reporting

NOTEBOOK_EVERY_SECONDS = 0.5
Tell = Callable[[int], None]


@contextmanager
def showing(total: int, *, enabled: bool = True, grows: bool = False) -> Iterator[Tell]:
    """Show the progress of ``total`` runs while the block runs.

    ``grows``: more runs may follow, as many as a precision asks for.
    """
    label = "sweeping, first round" if grows else "sweeping"
    if not enabled or total == 0:
        yield lambda _done: None
    elif in_notebook():
        line = _Line(label, total)
        yield line
        line.end()
    else:
        with reporting(label, total) as tell:
            yield tell


def in_notebook() -> bool:
    """Say whether this runs in a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and hasattr(shell, "kernel")


class _Line:
    """One line of output that overwrites itself."""

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.started = time.monotonic()
        self.told = -NOTEBOOK_EVERY_SECONDS

    def __call__(self, done: int) -> None:
        self.done += done
        now = time.monotonic()
        if now - self.told >= NOTEBOOK_EVERY_SECONDS:
            self.told = now
            self._write(now)

    def _write(self, now: float) -> None:
        share = min(1.0, self.done / self.total)
        left = (now - self.started) * (1.0 - share) / share if share else 0.0
        text = f"{self.label}: {self.done:,} of {self.total:,} runs, about {left:.0f} s left"
        sys.stdout.write(f"\r{text:<70}")
        sys.stdout.flush()

    def end(self) -> None:
        """Leave the last state on the line."""
        self._write(time.monotonic())
        sys.stdout.write("\n")
