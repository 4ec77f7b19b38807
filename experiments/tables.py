"""Plain text tables for people: aligned columns, the last one wrapped to the terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

_NARROWEST = 24


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text under headings; on a terminal the last column is wrapped, never cut."""
    lines = [tuple(headings), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings) - 1)]
    indent = sum(widths) + 2 * len(widths)
    return "\n".join(_line(line, widths, indent) for line in lines)


def _line(cells: tuple[str, ...], widths: list[int], indent: int) -> str:
    start = "".join(f"{cell:<{width}}  " for cell, width in zip(cells, widths, strict=False))
    return (start + _wrapped(cells[-1], indent)).rstrip()


def _wrapped(text: str, indent: int) -> str:
    if not sys.stdout.isatty():
        return text
    width = max(shutil.get_terminal_size().columns - indent, _NARROWEST)
    return ("\n" + " " * indent).join(textwrap.wrap(text, width)) or text


def short(number: float) -> str:
    """Return a number as people write it: no trailing zeros."""
    return f"{number:g}"
