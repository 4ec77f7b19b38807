"""The commit of the source from which an answer comes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BAKED = Path(__file__).resolve().parent / "COMMIT"
"""A build may write the commit into this file, for an installation that has no repository."""

_DIGEST = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@cache
def commit() -> str | None:
    """Return the commit of the checkout or the build, or ``None`` if neither is known.

    The repository is read directly: starting git would take longer than most listings.
    """
    return checked_out(ROOT / ".git") or _first_line(BAKED)


def checked_out(repository: Path) -> str | None:
    """Return the commit that is checked out in ``repository`` (a ``.git`` folder or link to one)."""
    folder = _git_folder(repository)
    head = _text(folder / "HEAD")
    if not head.startswith("ref:"):
        return _digest(head)
    name = head.removeprefix("ref:").strip()
    shared = _shared_folder(folder)
    return _first_line(folder / name) or _first_line(shared / name) or _packed(shared / "packed-refs", name)


def _git_folder(repository: Path) -> Path:
    """Return the folder itself; a linked work tree has a file that names it."""
    if repository.is_file():
        return repository.parent / _text(repository).removeprefix("gitdir:").strip()
    return repository


def _shared_folder(folder: Path) -> Path:
    common = _text(folder / "commondir").strip()
    return folder / common if common else folder


def _packed(path: Path, name: str) -> str | None:
    for line in _text(path).splitlines():
        digest, _, reference = line.partition(" ")
        if reference == name:
            return _digest(digest)
    return None


def _first_line(path: Path) -> str | None:
    return _digest(_text(path))


def _digest(text: str) -> str | None:
    return text.strip() if _DIGEST.fullmatch(text.strip()) else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
