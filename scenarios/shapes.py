"""The kinds of values that a key accepts: how each is checked, and how it is described to an editor.

A shape takes a node and returns a value with its position, or notes what is wrong and returns ``None``.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from scenarios.problems import Problems, is_printable, one_of
from scenarios.reading import Block, Items, Node, Refused, Scalar, echo
from scenarios.values import EdgeList, Quantity, Switch, UnitEntry, UnitList, Word
from sim.registry import GRADES, Basis, Parameter

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")

Schema = dict[str, Any]

BASES: tuple[str, ...] = get_args(Basis)

NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}"
"""Names of scenarios: they become names of folders and files."""


class Shape(ABC, Generic[V_co]):
    """One kind of value."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What is accepted, in words."""

    @abstractmethod
    def read(self, node: Node, key: str, problems: Problems) -> V_co | None:
        """Return the value at ``node``, or ``None`` after noting what is wrong."""

    @abstractmethod
    def schema(self) -> Schema:
        """Return the JSON Schema of this kind of value."""

    def refuse(self, node: Node, key: str, problems: Problems, names: Iterable[str] = ()) -> None:
        """Note that ``node`` is not what this shape accepts."""
        if not isinstance(node, Refused):
            word = node.text if isinstance(node, Scalar) else ""
            problems.add(node.position, key, echo(node), self.allowed, word, names)


@dataclass(frozen=True, slots=True)
class TextShape(Shape[Word]):
    """One line of text; ``pattern`` narrows what it may look like."""

    words: str
    longest: int
    pattern: str = ""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"{self.words}, at most {self.longest} characters"

    def read(self, node: Node, key: str, problems: Problems) -> Word | None:
        """See :class:`Shape`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not self._accepts(node.text):
            self.refuse(node, key, problems)
            return None
        return Word(node.text, node.position)

    def _accepts(self, text: str) -> bool:
        if not text.strip() or len(text) > self.longest or not all(map(is_printable, text)):
            return False
        return not self.pattern or re.fullmatch(self.pattern, text) is not None

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        pattern = {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        return {"type": "string", "minLength": 1, "maxLength": self.longest, **pattern}


NAME = TextShape("a name of letters, digits, dots, plus signs, hyphens and underscores", 120, NAME_PATTERN)
TITLE = TextShape("one line of text", 200)
REFERENCE = TextShape("a scenario name or a relative FILE.yaml", 300)
UNIT_NAME = TextShape("a name", 60)
SOURCE = TextShape("one line of text", 400)


@dataclass(frozen=True, slots=True)
class ChoiceShape(Shape[Word]):
    """One of several names."""

    names: tuple[str, ...]
    meaning: str = ""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return one_of(self.names, "one of the known names")

    def read(self, node: Node, key: str, problems: Problems) -> Word | None:
        """See :class:`Shape`."""
        if not isinstance(node, Scalar) or node.text not in self.names:
            self.refuse(node, key, problems, self.names)
            return None
        return Word(node.text, node.position)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        described = {"description": self.meaning} if self.meaning else {}
        return {"enum": list(self.names), **described}


@dataclass(frozen=True, slots=True)
class SwitchShape(Shape[Switch]):
    """``true`` or ``false``."""

    meaning: str = ""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "true, false"

    def read(self, node: Node, key: str, problems: Problems) -> Switch | None:
        """See :class:`Shape`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            self.refuse(node, key, problems)
            return None
        return Switch(node.position, on=node.value)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        return {"type": "boolean", "description": self.meaning}


GRADE = ChoiceShape(tuple(GRADES), "evidence grade: " + "; ".join(f"{k} {v}" for k, v in GRADES.items()))
BASIS = ChoiceShape(BASES, "how the number was obtained from its source")


@dataclass(frozen=True, slots=True)
class NumberShape(Shape[Quantity]):
    """A finite number within bounds, written plain or as ``{value, source, grade, basis}``."""

    low: float
    high: float
    unit: str
    meaning: str
    integer: bool = False
    default: float | None = None
    provenance: str = ""

    @classmethod
    def of(cls, parameter: Parameter) -> NumberShape:
        """Return the shape of a registered parameter."""
        return cls(
            parameter.low,
            parameter.high,
            parameter.unit,
            parameter.meaning,
            parameter.integer,
            parameter.default,
            f"default from {parameter.source} (grade {parameter.grade}, {parameter.basis}); "
            f"plausible {parameter.plausible_low:g} to {parameter.plausible_high:g}",
        )

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        kind = "a whole number" if self.integer else "a number"
        return f"{kind} from {written(self.low)} to {written(self.high)} ({self.unit})"

    def read(self, node: Node, key: str, problems: Problems) -> Quantity | None:
        """See :class:`Shape`."""
        if isinstance(node, Block):
            return self._read_with_provenance(node, key, problems)
        if not isinstance(node, Scalar) or not self._accepts(node.value):
            self.refuse(node, key, problems)
            return None
        return Quantity(float(node.text), node.position)

    def _accepts(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, float) or not math.isfinite(value):
            return False
        return self.low <= value <= self.high and (not self.integer or value.is_integer())

    def _read_with_provenance(self, node: Block, key: str, problems: Problems) -> Quantity | None:
        found: dict[str, Any] = read_entries(node, key, self._parts(), problems, ("value",))
        number = found.get("value")
        if number is None:
            return None
        said = {part: found[part].text for part in ("source", "grade", "basis") if part in found}
        return Quantity(number.number, number.position, **said)

    def _parts(self) -> dict[str, Shape[Any]]:
        return {"value": _PlainNumber(self), "source": SOURCE, "grade": GRADE, "basis": BASIS}

    def plain_schema(self) -> Schema:
        """Return the JSON Schema of the number itself."""
        kind = "integer" if self.integer else "number"
        return {"type": kind, "minimum": self.low, "maximum": self.high}

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        explained = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self._parts().items()},
            "required": ["value"],
            "additionalProperties": False,
        }
        text = f"{self.meaning} [{self.unit}]" + (f"; {self.provenance}" if self.provenance else "")
        default = {} if self.default is None else {"default": self.default}
        return {"description": text, **default, "anyOf": [self.plain_schema(), explained]}


@dataclass(frozen=True, slots=True)
class _PlainNumber(Shape[Quantity]):
    """The number inside ``{value, ...}``: no second mapping."""

    outer: NumberShape

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return self.outer.allowed

    def read(self, node: Node, key: str, problems: Problems) -> Quantity | None:
        """See :class:`Shape`."""
        if isinstance(node, Block):
            self.refuse(node, key, problems)
            return None
        return self.outer.read(node, key, problems)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        return self.outer.plain_schema()


@dataclass(frozen=True, slots=True)
class UnitsShape(Shape[UnitList]):
    """The list ``facility.units``: at least one entry, each with the keys in ``fields``."""

    fields: Mapping[str, Shape[Any]]

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "a list of at least one unit {name, places, ...}"

    def read(self, node: Node, key: str, problems: Problems) -> UnitList | None:
        """See :class:`Shape`."""
        if not isinstance(node, Items) or not node.items:
            self.refuse(node, key, problems)
            return None
        entries = [
            self._read_entry(item, f"{key}[{index}]", problems) for index, item in enumerate(node.items)
        ]
        return UnitList(tuple(entry for entry in entries if entry is not None), node.position)

    def _read_entry(self, node: Node, key: str, problems: Problems) -> UnitEntry | None:
        if not isinstance(node, Block):
            if not isinstance(node, Refused):
                problems.add(node.position, key, echo(node), "a unit {name, places, ...}")
            return None
        found = read_entries(node, key, self.fields, problems, ("name", "places"))
        if "name" not in found or "places" not in found:
            return None
        words = {name: value for name, value in found.items() if isinstance(value, Word)}
        quantities = {name: value for name, value in found.items() if isinstance(value, Quantity)}
        return UnitEntry(key, node.position, words, quantities)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        entry = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "required": ["name", "places"],
            "additionalProperties": False,
        }
        return {"type": "array", "minItems": 1, "items": entry}


class EdgesShape(Shape[EdgeList]):
    """The list ``facility.graph.edges``: pairs of unit names."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "a list of pairs [UNIT, UNIT]"

    def read(self, node: Node, key: str, problems: Problems) -> EdgeList | None:
        """See :class:`Shape`."""
        if not isinstance(node, Items):
            self.refuse(node, key, problems)
            return None
        pairs = [self._read_pair(item, f"{key}[{index}]", problems) for index, item in enumerate(node.items)]
        return EdgeList(tuple(pair for pair in pairs if pair is not None), node.position)

    def _read_pair(self, node: Node, key: str, problems: Problems) -> tuple[Word, Word] | None:
        if not isinstance(node, Items) or len(node.items) != 2:
            if not isinstance(node, Refused):
                problems.add(node.position, key, echo(node), "a pair [UNIT, UNIT]")
            return None
        first, second = (UNIT_NAME.read(item, key, problems) for item in node.items)
        return None if first is None or second is None else (first, second)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        pair = {"type": "array", "items": UNIT_NAME.schema(), "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": pair, "description": "pairs of units that share spaces"}


def read_entries(
    node: Block,
    key: str,
    fields: Mapping[str, Shape[V]],
    problems: Problems,
    required: Iterable[str] = (),
) -> dict[str, V]:
    """Return the admissible entries of a mapping by name; note unknown, wrong and missing ones."""
    found: dict[str, V] = {}
    for name, item in node.entries:
        path = f"{key}.{name.text}" if key else name.text
        if name.text not in fields:
            names = one_of(fields, "a known key")
            problems.add(name.position, path, echo(name), names, name.text, fields)
            continue
        value = fields[name.text].read(item, path, problems)
        if value is not None:
            found[name.text] = value
    present = {name.text for name, _ in node.entries}
    for missing in required:
        if missing not in present:
            path = f"{key}.{missing}" if key else missing
            problems.add(node.position, path, "nothing", fields[missing].allowed)
    return found


def written(number: float) -> str:
    """Return a number as it is written in a scenario file: shortest form that reads back equal."""
    whole = float(number).is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else repr(float(number))
