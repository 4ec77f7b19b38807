"""What can be wrong with a scenario and how it is said: one line per problem.

``PATH:LINE:COL: KEY: got X; allowed Y[; nearest Z]``
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

MOST_PROBLEMS = 50
"""More than this many problems of one reference are not reported."""

MOST_ECHOED = 60
"""Characters of a value that are repeated in a message."""

MOST_OF_A_KEY = 120
"""Characters of a key that are repeated in a message."""

_LONGEST_COMPARED = 100


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where something was written: a file (or ``--set``, ``--off``, ``command line``), line, column.

    Lines and columns count from 1, columns in characters.
    """

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{printable(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was refused: where, which key, what was found, what is allowed."""

    position: Position
    key: str
    got: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        nearest = f"; nearest {self.nearest}" if self.nearest else ""
        key = shown(self.key, MOST_OF_A_KEY) or '""'
        return f"{self.position}: {key}: got {self.got}; allowed {self.allowed}{nearest}"

    def row(self) -> dict[str, Any]:
        """Return the problem as shown by ``detention check --json``."""
        return {
            **asdict(self.position),
            "key": self.key,
            "got": self.got,
            "allowed": self.allowed,
            "nearest": self.nearest or None,
        }


class ScenarioError(ValueError):
    """A scenario, overlay or option was refused; ``problems`` says why, one entry per problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Collects problems while reading goes on, up to :data:`MOST_PROBLEMS`."""

    def __init__(self) -> None:
        self._entries: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._entries)

    @property
    def entries(self) -> tuple[Problem, ...]:
        """What was noted so far."""
        return tuple(self._entries)

    @property
    def full(self) -> bool:
        """Whether further problems would no longer be reported."""
        return len(self._entries) >= MOST_PROBLEMS

    def add(
        self,
        position: Position,
        key: str,
        got: str,
        allowed: str,
        word: str = "",
        names: Iterable[str] = (),
    ) -> None:
        """Note one problem; ``word`` is compared with ``names`` to suggest the nearest."""
        if not self.full:
            self._entries.append(Problem(position, key, got, allowed, nearest(word, names)))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems, as far as there is room."""
        self._entries.extend(list(problems)[: MOST_PROBLEMS - len(self._entries)])

    def raise_if_any(self) -> None:
        """Raise :class:`ScenarioError` if something was refused; each file's lines come in order."""
        if self._entries:
            files = list(dict.fromkeys(problem.position.path for problem in self._entries))
            raise ScenarioError(sorted(self._entries, key=_reading_order(files)))


def _reading_order(files: list[str]) -> Callable[[Problem], tuple[int, int, int]]:
    def order(problem: Problem) -> tuple[int, int, int]:
        position = problem.position
        file = files.index(position.path)
        if position.path.startswith("--"):
            return file, 0, 0  # several options share line 1: they stay in the order they were given
        return file, position.line, position.column

    return order


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the name most like ``word``, or nothing if none comes close."""
    if not word:
        return ""
    close = get_close_matches(word[:_LONGEST_COMPARED].lower(), list(names), n=1, cutoff=0.5)
    return close[0] if close else ""


def is_printable(character: str) -> bool:
    """Say whether a character may stand in a title or message: no control, format or line sign."""
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp")


def printable(text: str) -> str:
    """Return ``text`` with control characters written as escapes."""
    return "".join(
        character if is_printable(character) else character.encode("unicode_escape").decode()
        for character in text
    )


def shown(text: str, most: int = MOST_ECHOED) -> str:
    """Return ``text`` as it is repeated in a message: escaped, on one line, shortened."""
    shortened = text if len(text) <= most else text[: most - 1] + "…"
    return printable(shortened)


def one_of(names: Iterable[str], otherwise: str) -> str:
    """Say which names are allowed: all of them if that stays short, else ``otherwise``."""
    listed = ", ".join(names)
    return listed if 0 < len(listed) <= 240 else otherwise
