"""Freed memory stays with the process while it does run after run.

A run allocates some twenty MiB and frees them at its end.  The C library of Linux hands such amounts back to
the system and fetches them anew, page by page, for the next run, which costs several per cent of its time.
"""

from __future__ import annotations

import ctypes

KEPT_BYTES = 256 << 20
"""Freed memory that is kept at most; larger pieces go back at once."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST_HEAP_PIECE = 32 << 20
"""The largest threshold that every glibc accepts for pieces of their own."""


def keep_freed_memory() -> bool:
    """Ask the C library to keep freed memory for the next run; return whether it will.

    Only glibc can be asked; elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    # First the size from which a piece is fetched from the system by itself: with a threshold for trimming
    # alone the library would no longer adapt it and fetch every table anew.
    if not any(mallopt(_MMAP_THRESHOLD, size) for size in (KEPT_BYTES, _LARGEST_HEAP_PIECE)):
        return False
    return bool(mallopt(_TRIM_THRESHOLD, KEPT_BYTES))
