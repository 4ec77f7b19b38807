"""Small readers on top of the strict YAML tree, and the way from plain Python values to that tree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from scenarios.problems import Position, Problem, Problems, one_of, shown
from scenarios.reading import Block, Items, Node, Refused, Scalar, echo


def node_of(value: Any, position: Position) -> Node:
    """Return plain Python values (as a design is given in a notebook) as a tree of nodes."""
    if hasattr(value, "tolist"):
        value = value.tolist()  # NumPy's arrays, numbers and strings become Python's own
    if isinstance(value, Mapping):
        entries = ((Scalar(str(key), position), node_of(item, position)) for key, item in value.items())
        return Block(tuple(entries), position)
    if isinstance(value, (list, tuple, range)):
        return Items(tuple(node_of(item, position) for item in value), position)
    if value is None or isinstance(value, (bool, int, float)):
        return Scalar(_written(value), position)
    return Scalar(str(value), position, quoted=True)


def _written(value: float | None) -> str:
    """Return a number, switch or nothing as YAML has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    return repr(value)


def plain(node: Node) -> Any:
    """Return a tree of nodes as plain Python values; whole numbers become ``int``."""
    if isinstance(node, Block):
        return {name.text: plain(item) for name, item in node.entries}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    if isinstance(node, Refused):
        return None
    value = node.value
    if isinstance(value, float) and node.text.lstrip("+-").isdigit():
        return int(node.text)
    return value


def entry(node: Node, name: str) -> Node | None:
    """Return the value under a key of a mapping, if it is there."""
    if isinstance(node, Block):
        return next((item for key, item in node.entries if key.text == name), None)
    return None


def said(node: Node | None) -> bool:
    """Say whether a key has a value: ``key:`` and nothing more says nothing."""
    return node is not None and not (isinstance(node, Scalar) and node.value is None)


def check_keys(node: Block, path: str, names: Iterable[str], problems: Problems) -> None:
    """Note every key of a mapping that is none of ``names``."""
    known = list(names)
    for key, _ in node.entries:
        if key.text not in known:
            where = f"{path}.{key.text}" if path else key.text
            problems.add(key.position, where, echo(key), one_of(known, "a known key"), key.text, known)


def refuse(node: Node, key: str, allowed: str, problems: Problems, names: Iterable[str] = ()) -> None:
    """Note that ``node`` is not what is allowed here, unless it was reported already."""
    if not isinstance(node, Refused):
        word = node.text if isinstance(node, Scalar) else ""
        problems.add(node.position, key, echo(node), allowed, word, names)


def whole(node: Node, key: str, low: int, high: int, problems: Problems) -> int | None:
    """Return a whole number within bounds, or ``None`` after noting what is wrong."""
    value = plain(node) if isinstance(node, Scalar) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        refuse(node, key, f"a whole number from {low} to {high}", problems)
        return None
    return value


def positive(node: Node, key: str, problems: Problems) -> float | None:
    """Return a finite number above 0, or ``None`` after noting what is wrong."""
    value = plain(node) if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        refuse(node, key, "a number above 0", problems)
        return None
    return float(value)


def switch(node: Node, key: str, problems: Problems) -> bool | None:
    """Return true or false, or ``None`` after noting what is wrong."""
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, bool):
        refuse(node, key, "true, false", problems)
        return None
    return value


def choice(node: Node, key: str, names: Iterable[str], problems: Problems) -> str | None:
    """Return one of several names, or ``None`` after noting what is wrong."""
    known = list(names)
    if not isinstance(node, Scalar) or node.text not in known:
        refuse(node, key, one_of(known, "a known name"), problems, known)
        return None
    return node.text


def names_of(node: Node, key: str, known: Iterable[str], allowed: str, problems: Problems) -> list[str]:
    """Return a list of different known names; a single one may stand without brackets."""
    items = node.items if isinstance(node, Items) else (node,)
    names, listed = list(known), []
    if not items:
        refuse(node, key, allowed, problems)
    for index, item in enumerate(items):
        if not isinstance(item, Scalar) or item.text not in names:
            refuse(item, f"{key}[{index}]", allowed, problems, names)
        elif item.text in listed:
            problems.add(item.position, f"{key}[{index}]", f"{shown(item.text)} twice", "each name once")
        else:
            listed.append(item.text)
    return listed


def moved(found: Iterable[Problem], position: Position, key: str = "") -> list[Problem]:
    """Return problems that were found in plain values, placed where those were written."""
    return [replace(problem, position=position, key=key or problem.key) for problem in found]
