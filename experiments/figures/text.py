"""Text in figures: what users wrote made safe and short, numbers as people write them, lengths measured."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that a figure looks the same everywhere."""
UNKNOWN = "\N{WHITE SQUARE}"
LONGEST = 400
"""Text from users is cut here before anything else is done with it."""

_MEASURE = TextToPath()


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont(FONT)).get_charmap())


def clean(text: str) -> str:
    r"""Return text on one line, without what is invisible, unknown to the font or reorders its surroundings.

    >>> clean("a\n b\x00\u202ec")
    'a bc'
    """
    shown = []
    for character in " ".join(text[:LONGEST].split()):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            continue
        shown.append(character if ord(character) in _glyphs() else UNKNOWN)
    return "".join(shown).strip()


def plain(text: str) -> str:
    """Return text that is drawn as it stands: a dollar sign starts no formula."""
    return text.replace("$", r"\$")


@cache
def width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in inches."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    points, _, _ = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return float(points) / 72.0


def fit(text: str, inches: float, size: float, weight: str = "normal") -> str:
    """Return text shortened in the middle until it fits; both ends tell scenarios apart."""
    text = clean(text)
    if width(text, size, weight) <= inches:
        return text
    low, high = 2, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(_cut(text, middle), size, weight) <= inches else (low, middle - 1)
    return _cut(text, low)


def _cut(text: str, keep: int) -> str:
    head = (keep + 1) // 2
    return f"{text[:head].rstrip()}\N{HORIZONTAL ELLIPSIS}{text[len(text) - keep + head :].lstrip()}"


def wrap(
    text: str,
    inches: float,
    size: float,
    weight: str = "normal",
    *,
    lines: int = 9,
    even: bool = False,
    hyphens: bool = False,
) -> list[str]:
    """Return text broken into lines that fit; what goes beyond ``lines`` is cut.

    ``even`` makes lines of about the same length; ``hyphens`` allows breaks after hyphens.
    """
    found: list[str] = []
    for characters in range(min(len(text), 250) + 1, 8, -1):
        tried = textwrap.wrap(text, characters, break_on_hyphens=hyphens) or [""]
        if found and len(tried) > len(found):
            break
        # Fewer characters may move a word to a line of wide letters: every way is measured.
        if max(width(line, size, weight) for line in tried) <= inches:
            found = tried
            if not even:
                break
    found = found or [text]
    kept = found[: lines - 1] if len(found) > lines else found[:-1]
    return [*kept, fit(" ".join(found[len(kept) :]), inches, size, weight)]


def different(names: list[str], inches: float, size: float) -> list[str]:
    """Return names that fit and can still be told apart."""
    found: list[str] = []
    for name in names:
        full = clean(name) or "unnamed"
        short = fit(full, inches, size)
        number = 2
        while short in found:
            mark = f" ({number})"
            short = fit(full, inches - width(mark, size), size) + mark
            number += 1
        found.append(short)
    return found


def number(value: float | None) -> str:
    """Return a number with the digits that matter.

    >>> number(5045.9), number(44.35), number(0.4514), number(None)
    ('5,046', '44.4', '0.45', '–')
    """
    if value is None or not math.isfinite(value):
        return "\N{EN DASH}"
    size = abs(value)
    if size >= 100 or value == 0:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.2g}"


def listed(items: list[str]) -> str:
    """Return ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def count(items: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count(1, "run"), count(2000, "run")
    ('1 run', '2,000 runs')
    """
    return f"{items:,} {one if items == 1 else many or one + 's'}"
