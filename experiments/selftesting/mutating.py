"""Breaks texts the way people and programs do: slips of the finger, odd values, bad bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

MOST_CHANGES = 3

_ODD = (
    "",
    "~",
    "true",
    "no",
    "-1",
    "0",
    "1e999",
    "-.inf",
    ".nan",
    "0x10",
    "1_000",
    "'",
    '"half',
    "[]",
    "{}",
    "[1, [2, [3]]]",
    "{value: {value: 1}}",
    "2026-01-01",
    "&anchor 1",
    "*anchor",
    "!!python/object:os.system x",
    "!!binary aGVsbG8=",
    "<<: {a: 1}",
    "---",
    "%YAML 1.1",
    "? key",
    "| \n  text",
    "ｄａｙｓ",
    "\u202eabc",
    "é" * 5000,
    "[" * 40,
    "9" * 400,
)
_WORD = re.compile(r"[A-Za-z_]{3,}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

Change = Callable[[bytes, Random], bytes]


def mutated(text: str, random: Random) -> bytes:
    """Return a text with one to three random changes, as bytes that need not be UTF-8 any more."""
    content = text.encode()
    for _ in range(random.randint(1, MOST_CHANGES)):
        content = random.choice(_CHANGES)(content, random)
    return content


def _dropped(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + content[place + random.randint(1, 4) :]


def _byte(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + bytes([random.randrange(256)]) + content[place + random.randint(0, 1) :]


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _line(content: bytes, random: Random) -> bytes:
    """Drop, double or move a line, or indent it otherwise."""
    lines = content.split(b"\n")
    place = random.randrange(len(lines))
    what = random.randrange(4)
    if what == 0:
        del lines[place]
    elif what == 1:
        lines.insert(random.randrange(len(lines)), lines[place])
    elif what == 2:
        lines.insert(random.randrange(len(lines)), lines.pop(place))
    else:
        lines[place] = random.choice((b" ", b"   ", b"\t")) + lines[place]
    return b"\n".join(lines)


def _replaced(pattern: re.Pattern[str], wanted: Callable[[str, Random], str]) -> Change:
    def change(content: bytes, random: Random) -> bytes:
        text = content.decode("utf-8", "surrogateescape")
        found = list(pattern.finditer(text))
        if not found:
            return content
        one = random.choice(found)
        new = wanted(one[0], random)
        return (text[: one.start()] + new + text[one.end() :]).encode("utf-8", "surrogateescape")

    return change


def _odd(_old: str, random: Random) -> str:
    return random.choice(_ODD)


def _near(old: str, random: Random) -> str:
    """Return a number that is a little, or much, beside the old one."""
    return f"{float(old) * random.choice((0.5, 0.9, 1.1, 2.0, -1.0, 100.0)):g}"


def _slip(old: str, random: Random) -> str:
    """Return a word with two letters exchanged or one missing."""
    place = random.randrange(len(old) - 1)
    if random.random() < 0.5:
        return old[:place] + old[place + 1] + old[place] + old[place + 2 :]
    return old[:place] + old[place + 1 :]


_CHANGES: tuple[Change, ...] = (
    _dropped,
    _byte,
    _cut,
    _line,
    _replaced(_NUMBER, _odd),
    _replaced(_NUMBER, _near),
    _replaced(_NUMBER, _near),
    _replaced(_WORD, _odd),
    _replaced(_WORD, _slip),
)
