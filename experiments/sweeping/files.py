"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

WRITING = ".writing-"
"""Beginning of the names of files that are being written; no reader takes them for results."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, see it safe on disk, and put it there in one step."""
    partial = path.with_name(f"{WRITING}{os.getpid()}-{path.name}")
    try:
        with partial.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """See the names in a folder safe on disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_partial(folder: Path) -> None:
    """Remove what a killed process left half written in a folder that nobody else writes to."""
    for path in folder.glob(f"{WRITING}*"):
        path.unlink(missing_ok=True)


def sha256_of(path: Path) -> str | None:
    """Return the SHA-256 of a file, or ``None`` where it cannot be read."""
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return None
