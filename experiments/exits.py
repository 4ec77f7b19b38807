"""Exit codes of the command ``detention``, and the failure that carries one."""

from __future__ import annotations

DONE = 0
INTERNAL = 1
BAD_INPUT = 2
INCOMPLETE = 3
"""Finished, but some runs failed or the asked precision was not reached."""
IN_USE = 4
"""A folder is in use or belongs to another run."""
INTERRUPTED = 130
TERMINATED = 143


class Failure(Exception):  # noqa: N818 - it says what a command ended with, not that code is wrong
    """Ends a command: ``message`` goes to stderr, ``code`` becomes the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code
