"""Finds the processes that a self-test has started, and theirs, by a mark in their environment.

A mark is inherited, so workers are found even after their parent is gone and the system has given them
another one.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "DETENTION_SELFTEST"
"""Environment variable that the processes of a self-test carry."""

_PROC = Path("/proc")
_LOOK_EVERY_SECONDS = 0.02


def is_visible() -> bool:
    """Say whether the system shows the environment of processes (Linux does)."""
    return (_PROC / "self" / "environ").exists()


def marked(mark: str) -> list[int]:
    """Return the living processes that carry a mark; none where the system does not show it."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for path in _PROC.glob("[0-9]*/environ"):
        with suppress(OSError):
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def left_after(mark: str, seconds: float) -> int | None:
    """Return how many processes still carry a mark after waiting at most ``seconds`` for them to end.

    Returns ``None`` where the system does not show it.
    """
    if not is_visible():
        return None
    deadline = time.monotonic() + seconds
    while True:
        left = len(marked(mark))
        if left == 0 or time.monotonic() >= deadline:
            return left
        time.sleep(_LOOK_EVERY_SECONDS)


def end(mark: str) -> None:
    """End every process that carries a mark."""
    for number in marked(mark):
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)
