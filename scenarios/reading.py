"""Strict YAML: text in, a tree of nodes with positions out, no surprises in between.

What makes YAML dangerous or ambiguous is refused here: aliases and anchors, tags, directives, several
documents, duplicate keys, keys that are not names, deep nesting, large files, bytes that are not UTF-8.
Plain scalars follow the core schema of YAML 1.2 (``no`` is text, ``1e-3`` is a number).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from scenarios.problems import Position, Problem, Problems, shown

LARGEST_FILE = 1 << 20
"""Bytes that a scenario file may have."""

DEEPEST = 12
"""Levels of nesting that a scenario file may have; the deepest meaningful one is 8."""

Plain: TypeAlias = str | float | bool | None

_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SWITCHES = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word, number or text; ``quoted`` scalars are always text."""

    text: str
    position: Position
    quoted: bool = False

    @property
    def value(self) -> Plain:
        """The meaning: text, a number (infinite or not-a-number too), true or false, or nothing."""
        if self.quoted:
            return self.text
        if self.text in _NOTHING:
            return None
        if self.text in _SWITCHES:
            return _SWITCHES[self.text]
        if _NUMBER.fullmatch(self.text):
            return float(self.text)
        if _NOT_FINITE.fullmatch(self.text):
            return float(self.text.replace(".", "", 1))
        return self.text

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was written (``key:`` and no more)."""
        return not self.quoted and not self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping; its keys are unique."""

    entries: tuple[tuple[Scalar, Node], ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands where something was written that has been reported already."""

    position: Position


Node: TypeAlias = Scalar | Items | Block | Refused


def echo(node: Node) -> str:
    """Return what was written at ``node``, as it is repeated in a message."""
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Block):
        return "a mapping"
    if isinstance(node, Refused):
        return "something refused"
    if node.quoted:
        return f'"{shown(node.text)}"'
    return shown(node.text) if node.text else "nothing"


def read_file(path: Path, label: str, problems: Problems) -> Node | None:
    """Return the content of a file, or ``None`` after noting why it cannot be read.

    ``label`` is the path as it is shown in messages.
    """
    start = Position(label)
    try:
        if not path.is_file():
            found = "a folder or device" if path.exists() else "no such file"
            problems.add(start, "file", found, "a readable YAML file")
            return None
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "an unusable path"
        problems.add(start, "file", shown(reason), "a readable YAML file")
        return None
    if len(content) > LARGEST_FILE:
        problems.add(start, "file", f"more than {LARGEST_FILE} bytes", f"at most {LARGEST_FILE} bytes")
        return None
    text = _decoded(content, start, problems)
    return None if text is None else read_text(text, start, problems)


def _decoded(content: bytes, start: Position, problems: Problems) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        byte = content[error.start]
        problems.add(_position_after(before, start), "encoding", f"byte 0x{byte:02x}", "UTF-8 text")
        return None


def _position_after(before: str, start: Position) -> Position:
    """Return the position of the character that follows the text ``before``."""
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", before)
    shift = start.column - 1 if len(lines) == 1 else 0
    return Position(start.path, start.line + len(lines) - 1, len(lines[-1]) + 1 + shift)


def read_text(text: str, start: Position, problems: Problems) -> Node | None:
    """Return the tree of a YAML text, or ``None`` after noting a syntax error (alone).

    ``start`` is the position of the first character.  An empty text gives a blank scalar.
    """
    builder = _Builder(start)
    try:
        for event in _events(text):
            builder.take(event)
    except _NotStrictError as stop:
        problems.extend([stop.problem])
        return None
    except _parser_errors() as error:
        problems.extend([_syntax_problem(error, text, start, builder.reached)])
        return None
    problems.extend(builder.found)
    return builder.root or Scalar("", start)


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    return iter(YAML(typ="safe", pure=True).parse(text))


def _parser_errors() -> tuple[type[Exception], ...]:
    from ruamel.yaml.error import YAMLError

    # The scanner lets the last two escape where "\U0011ffff" and the like name no character.
    return (YAMLError, ValueError, OverflowError)


def _syntax_problem(error: Exception, text: str, start: Position, reached: Position) -> Problem:
    mark = getattr(error, "problem_mark", None)
    index = getattr(error, "position", None)
    if mark is not None:
        position = _from_mark(mark, start)
        got = str(getattr(error, "problem", None) or getattr(error, "context", None) or "broken syntax")
    elif isinstance(index, int):
        position = _position_after(text[:index], start)
        got = f"character U+{ord(text[index]):04X}" if index < len(text) else "an unusable character"
    else:
        position, got = reached, "an escape that names no character, here or after"
    return Problem(position, "syntax", shown(got), "YAML 1.2")


def _from_mark(mark: Any, start: Position) -> Position:
    shift = start.column - 1 if mark.line == 0 else 0
    return Position(start.path, start.line + mark.line, mark.column + 1 + shift)


class _NotStrictError(Exception):
    """Reading stops: what follows cannot be trusted or would be too much."""

    def __init__(self, position: Position, key: str, got: str, allowed: str) -> None:
        super().__init__(got)
        self.problem = Problem(position, key, got, allowed)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read."""

    is_mapping: bool
    position: Position
    key_path: str
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    key_is_broken: bool = False

    def next_path(self) -> str:
        """Return the key path of the value that is read next."""
        if not self.is_mapping:
            return f"{self.key_path}[{len(self.items)}]"
        name = self.key.text if self.key is not None else ""
        return f"{self.key_path}.{name}" if self.key_path and name else self.key_path or name


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, start: Position) -> None:
        self.root: Node | None = None
        self.found: list[Problem] = []
        self.reached = start
        self._start = start
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Use one event of the parser."""
        self.reached = position = _from_mark(event.start_mark, self._start)
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self._begin_document(event, position)
        elif kind == "AliasEvent":
            self._refuse(position, f"alias *{event.anchor}", "the value written out")
            self._place(Refused(position))
        elif kind == "ScalarEvent":
            self._refuse_marks(event, position)
            scalar = Scalar(str(event.value), position, quoted=event.style is not None)
            # A tag says what the value is; without it the value would be judged as something else.
            self._place(scalar if event.tag is None else Refused(position))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._refuse_marks(event, position)
            self._begin(position, is_mapping=kind == "MappingStartEvent")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._end()

    def _begin_document(self, event: Any, position: Position) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _NotStrictError(position, "document", "a second document", "one document per file")
        if event.version or event.tags:
            raise _NotStrictError(self._start, "document", "a % directive", "YAML 1.2 without directives")

    def _refuse_marks(self, event: Any, position: Position) -> None:
        if event.anchor is not None:
            self._refuse(position, f"anchor &{event.anchor}", "values without anchors")
        if event.tag is not None:
            self._refuse(position, f"tag {event.tag}", "values without tags")

    def _refuse(self, position: Position, got: str, allowed: str) -> None:
        key = self._open[-1].next_path() if self._open else ""
        self.found.append(Problem(position, key or "document", shown(got), allowed))

    def _begin(self, position: Position, *, is_mapping: bool) -> None:
        if len(self._open) >= DEEPEST:
            key = self._open[-1].next_path() or "document"
            raise _NotStrictError(
                position, key, f"nesting deeper than {DEEPEST}", f"at most {DEEPEST} levels"
            )
        key = self._open[-1].next_path() if self._open else ""
        self._open.append(_Open(is_mapping, position, key))

    def _end(self) -> None:
        done = self._open.pop()
        if done.is_mapping:
            self._place(Block(tuple(done.entries.values()), done.position))
        else:
            self._place(Items(tuple(done.items), done.position))

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
        elif not self._open[-1].is_mapping:
            self._open[-1].items.append(node)
        else:
            self._place_in_mapping(self._open[-1], node)

    def _place_in_mapping(self, mapping: _Open, node: Node) -> None:
        if mapping.key_is_broken:
            mapping.key_is_broken = False
        elif mapping.key is None:
            self._take_key(mapping, node)
        else:
            # A value that is missing is reported at its key: the parser places it behind the line.
            missing = isinstance(node, Scalar) and node.is_blank
            value = Scalar("", mapping.key.position) if missing else node
            # The first of two entries with one key is kept; the second has been reported.
            mapping.entries.setdefault(mapping.key.text, (mapping.key, value))
            mapping.key = None

    def _take_key(self, mapping: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            mapping.key_is_broken = True
            if not isinstance(node, Refused):
                self._refuse(node.position, f"{echo(node)} as a key", "a name as a key")
            return
        mapping.key = node
        if node.text in mapping.entries:
            self._refuse(node.position, "a key that is there twice", "each key once")
