"""Ctrl-C and TERM arrive at a moment of the sweep's choosing, so that nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from experiments import exits


class Asked:
    """Whether the sweep has been asked to end, and by what."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Note a signal; the second one ends the sweep at once."""
        if self.number:
            self.raise_if_any()
        self.number = number

    def raise_if_any(self) -> None:
        """Raise what the signal stands for: ``KeyboardInterrupt``, or ``SystemExit`` with code 143."""
        if self.number == signal.SIGINT:
            raise KeyboardInterrupt
        if self.number:
            raise SystemExit(exits.TERMINATED)


@contextmanager
def listening() -> Iterator[Asked]:
    """Note Ctrl-C and TERM for the length of the block (only the main thread can)."""
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            # None: a handler that Python did not set and cannot put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
