"""Progress of long work on stderr: a bar with time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import typer

LINE_EVERY_SECONDS = 10.0


class Reporter(Protocol):
    """Takes how much more has been done; may be called from several threads."""

    def __call__(self, done: int) -> None:
        """Report ``done`` more units of work."""


@contextmanager
def reporting(label: str, total: int) -> Iterator[Reporter]:
    """Show the progress of ``total`` units of work while the block runs."""
    if sys.stderr.isatty():
        with _bar(label, total) as reporter:
            yield reporter
    else:
        yield _Lines(label, total)


@contextmanager
def _bar(label: str, total: int) -> Iterator[Reporter]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.update(task, advance=done)


class _Lines:
    """Writes a plain line at most every few seconds: for log files and pipes."""

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = max(1, total)
        self.done = 0
        self.started = self.told = time.monotonic()
        self.lock = threading.Lock()

    def __call__(self, done: int) -> None:
        with self.lock:
            self.done += done
            now = time.monotonic()
            if now - self.told < LINE_EVERY_SECONDS:
                return
            self.told = now
            share = min(1.0, self.done / self.total)
            left = (now - self.started) * (1.0 - share) / share if share > 0 else float("nan")
            typer.echo(f"{self.label}: {share:.0%}, about {left:.0f} s left", err=True)
