"""Locks on folders: held by the system for as long as the process lives, so no lock is ever stale."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import IO

from experiments import exits

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: two sweeps on one folder are not kept apart
    fcntl = None

_RETRY_SECONDS = 0.05


class Lock:
    """A lock file; ``take`` holds it alone, ``share`` together with others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, seconds: float = 0.0) -> bool:
        """Hold the lock alone, trying for ``seconds``; say whether that worked."""
        return self._hold(alone=True, seconds=seconds)

    def share(self, seconds: float = 0.0) -> bool:
        """Hold the lock with others who share it, trying for ``seconds``; say whether that worked."""
        return self._hold(alone=False, seconds=seconds)

    def _hold(self, *, alone: bool, seconds: float) -> bool:
        if self._file is None:
            self._file = self.path.open("a+", encoding="utf-8")
        if fcntl is None:
            return True
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        deadline = time.monotonic() + seconds
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(self._file, kind | fcntl.LOCK_NB)
                self._sign()
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(_RETRY_SECONDS)

    def _sign(self) -> None:
        """Write down who holds the lock, for the message of the one who does not get it."""
        assert self._file is not None
        with suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
            self._file.flush()

    def holder(self) -> str:
        """Return who held the lock last, as far as that can be read."""
        with suppress(OSError):
            text = self.path.read_text(encoding="utf-8", errors="replace").strip()
            if text.isprintable() and 0 < len(text) <= 200:
                return text
        return "another process"

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


def in_use(lock: Lock) -> exits.Failure:
    """Return the failure of the second writer."""
    return exits.Failure(f"{lock.path.parent}: in use by another sweep ({lock.holder()})", exits.IN_USE)


@contextmanager
def held(lock: Lock, seconds: float) -> Iterator[None]:
    """Hold a lock alone for the length of the block; raises ``Failure`` with exit code 4."""
    if not lock.take(seconds):
        lock.release()
        raise in_use(lock)
    try:
        yield
    finally:
        lock.release()
