"""The strict loader of the fact file: every error in one line, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from experiments.facts.fact import (
    DIRECTIONS,
    MAIN,
    MECHANISMS,
    STRENGTHS,
    UNITS,
    USES,
    Direction,
    Fact,
    Strength,
    Target,
    Use,
)
from scenarios.problems import Position, Problems, one_of
from scenarios.reading import Block, Items, Node, Refused, Scalar, echo, read_file
from scenarios.shapes import BASIS, ChoiceShape, NumberShape, Shape, SwitchShape, TextShape, read_entries
from scenarios.values import Quantity, Switch, Word

FACTS_FILE = Path(__file__).with_name("facts.yaml")
LARGEST = 1e9


@dataclass(frozen=True, slots=True)
class OrNull(Shape[Any]):
    """Another shape, or ``null`` for "none"."""

    inner: Shape[Any]

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"{self.inner.allowed}, or null"

    def read(self, node: Node, key: str, problems: Problems) -> Any:
        """See :class:`Shape`."""
        if isinstance(node, Scalar) and not node.is_blank and node.value is None:
            return None
        return self.inner.read(node, key, problems)

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"anyOf": [self.inner.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Names(Shape[Any]):
    """A list of names, each one of those known."""

    names: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"a list of names among {', '.join(self.names)}"

    def read(self, node: Node, key: str, problems: Problems) -> tuple[Word, ...] | None:
        """See :class:`Shape`."""
        if not isinstance(node, Items):
            self.refuse(node, key, problems)
            return None
        one = ChoiceShape(self.names)
        found = (one.read(item, f"{key}[{k}]", problems) for k, item in enumerate(node.items))
        return tuple(word for word in found if word is not None)

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "array", "items": {"enum": list(self.names)}}


class _Anything(Shape[Node]):
    """A value that is read later."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "a list of parts {name, measure, unit, ...}"

    def read(self, node: Node, key: str, problems: Problems) -> Node | None:  # noqa: ARG002 - read later
        """See :class:`Shape`."""
        return node

    def schema(self) -> dict[str, Any]:
        """See :class:`Shape`."""
        return {"type": "array"}


def _number(meaning: str, low: float = -LARGEST, *, integer: bool = False) -> NumberShape:
    return NumberShape(low, LARGEST, "any unit" if not integer else "replicates", meaning, integer)


def _measured(measures: Iterable[str]) -> dict[str, Shape[Any]]:
    """Return the keys that say how a number is measured and what it is held against."""
    return {
        "measure": OrNull(ChoiceShape(tuple(measures), "function that measures it")),
        "unit": ChoiceShape(tuple(UNITS), "unit of the measure"),
        "target_low": OrNull(_number("lower bound")),
        "target_high": OrNull(_number("upper bound")),
        "direction": OrNull(ChoiceShape(DIRECTIONS, "side of the neutral value")),
        "n_due": _number("replicates from which a verdict is due", 2, integer=True),
        "half_width_due": OrNull(_number("half-width from which the value itself decides", 0)),
    }


def _keys_of_fact(measures: Iterable[str]) -> dict[str, Shape[Any]]:
    line = TextShape("one line of text", 400)
    return {
        "id": TextShape("S and two digits", 3, r"S[0-9]{2}"),
        "statement": line,
        "name": TextShape("one line of text", 60),
        "use": ChoiceShape(USES, "fitted, tested or contested"),
        **_measured(measures),
        "strength": ChoiceShape(STRENGTHS, "strength of the evidence"),
        "source": line,
        "section": TextShape("a section of the evidence review in quotes", 10),
        "basis": BASIS,
        "seen_in_development": SwitchShape("whether it shaped a prototype"),
        "needs": Names(MECHANISMS),
        "reason": line,
        "note": line,
        "parts": _Anything(),
    }


REQUIRED = (
    "id",
    "statement",
    "use",
    "unit",
    "strength",
    "source",
    "section",
    "basis",
    "seen_in_development",
    "n_due",
)


def load_facts(path: Path = FACTS_FILE, label: str | None = None) -> tuple[Fact, ...]:
    """Return the facts of a file, in order.

    Raises :class:`scenarios.ScenarioError` with every problem: unknown keys, measures and units, targets
    that are impossible (low above high, outside of what the unit can be), ids that are there twice.
    """
    from experiments.facts.measuring import all_measures

    problems = Problems()
    root = read_file(path, label or str(path), problems)
    facts: tuple[Fact, ...] = ()
    if root is not None:
        facts = _Reader(tuple(all_measures()), problems).facts(root)
    problems.raise_if_any()
    return facts


class _Reader:
    """Reads the tree of a fact file and collects what is wrong."""

    def __init__(self, measures: tuple[str, ...], problems: Problems) -> None:
        self.measures = measures
        self.problems = problems
        self.ids: dict[str, Position] = {}

    def facts(self, root: Node) -> tuple[Fact, ...]:
        """Return the facts; ``root`` is the mapping {facts: [...]}."""
        if not isinstance(root, Block):
            self._refuse(root, "file", "a mapping {facts: [...]}")
            return ()
        entries = read_entries(root, "", {"facts": _Anything()}, self.problems, ("facts",))
        listed = entries.get("facts")
        if listed is None:
            return ()
        if not isinstance(listed, Items) or not listed.items:
            self._refuse(listed, "facts", "a list of facts {id, statement, ...}")
            return ()
        read = (self._fact(node, f"facts[{k}]") for k, node in enumerate(listed.items))
        return tuple(fact for fact in read if fact is not None)

    def _refuse(self, node: Node, key: str, allowed: str) -> None:
        if not isinstance(node, Refused):
            self.problems.add(node.position, key, echo(node), allowed)

    def _fact(self, node: Node, key: str) -> Fact | None:
        if not isinstance(node, Block):
            self._refuse(node, key, "a fact {id, statement, ...}")
            return None
        found = read_entries(node, key, _keys_of_fact(self.measures), self.problems, REQUIRED)
        if "id" in found:
            self._once(found["id"], f"{key}.id")
        needs = tuple(word.text for word in found.get("needs", ()))
        name = found["name"].text if "name" in found else MAIN
        main = self._target(node, found, key, name, needs=bool(needs))
        if main is None or any(name not in found for name in REQUIRED):
            return None
        parts = self._parts(found.get("parts"), f"{key}.parts", main)
        text = {name: value.text for name, value in found.items() if isinstance(value, Word)}
        return Fact(
            id=text["id"],
            statement=text["statement"],
            use=cast("Use", text["use"]),
            targets=(main, *parts),
            strength=cast("Strength", text["strength"]),
            source=text["source"],
            section=text["section"],
            basis=text["basis"],
            seen_in_development=cast("Switch", found["seen_in_development"]).on,
            needs=needs,
            reason=text.get("reason", ""),
            note=text.get("note", ""),
        )

    def _once(self, word: Word, key: str) -> None:
        if word.text in self.ids:
            first = self.ids[word.text].line
            self.problems.add(
                word.position, key, f"{word.text}, which line {first} has already", "each id once"
            )
        self.ids.setdefault(word.text, word.position)

    def _parts(self, node: Node | None, key: str, main: Target) -> list[Target]:
        if node is None:
            return []
        if not isinstance(node, Items):
            self._refuse(node, key, "a list of parts {name, measure, unit, ...}")
            return []
        found = (self._part(item, f"{key}[{k}]", main) for k, item in enumerate(node.items))
        return [part for part in found if part is not None]

    def _part(self, node: Node, key: str, main: Target) -> Target | None:
        if not isinstance(node, Block):
            self._refuse(node, key, "a part {name, measure, unit, ...}")
            return None
        fields = {"name": TextShape("one line of text", 60), **_measured(self.measures)}
        found = read_entries(node, key, fields, self.problems, ("name", "measure", "unit"))
        if "name" not in found or "measure" not in found:
            return None
        return self._target(node, found, key, found["name"].text, needs=False, main=main)

    def _target(
        self,
        node: Block,
        found: Mapping[str, Any],
        key: str,
        name: str,
        *,
        needs: bool,
        main: Target | None = None,
    ) -> Target | None:
        """Return a target, or ``None`` after noting why it is impossible."""
        if "unit" not in found:
            return None
        low, high = (cast("Quantity | None", found.get(f"target_{side}")) for side in ("low", "high"))
        direction = cast("Word | None", found.get("direction"))
        self._check_numbers(found["unit"], low, high, direction, key)
        measure = cast("Word | None", found.get("measure"))
        if main is None and not needs:
            self._check_main(node, key, measure, has_target=bool(low or high or direction))
        due, width = found.get("n_due"), found.get("half_width_due")
        return Target(
            name=name,
            measure=None if measure is None else measure.text,
            unit=found["unit"].text,
            low=None if low is None else low.number,
            high=None if high is None else high.number,
            direction=None if direction is None else cast("Direction", direction.text),
            n_due=int(due.number) if due is not None else (main.n_due if main is not None else 2),
            half_width_due=None if width is None else width.number,
        )

    def _check_main(self, node: Block, key: str, measure: Word | None, *, has_target: bool) -> None:
        # A measure that was written but refused has its own line already.
        written = any(name.text == "measure" for name, _ in node.entries)
        if measure is None and not written:
            names = one_of(self.measures, "the name of a measure, or needs: mechanisms that are missing")
            self.problems.add(node.position, f"{key}.measure", "nothing", names)
        if not has_target:
            self.problems.add(
                node.position, f"{key}.target_low", "nothing", "target_low, target_high or direction"
            )

    def _check_numbers(
        self, unit: Word, low: Quantity | None, high: Quantity | None, direction: Word | None, key: str
    ) -> None:
        possible = UNITS[unit.text]
        for name, bound in (("target_low", low), ("target_high", high)):
            if bound is not None and not possible.low <= bound.number <= possible.high:
                allowed = f"a number from {possible.low:g} to {possible.high:g} ({unit.text})"
                self.problems.add(bound.position, f"{key}.{name}", f"{bound.number:g}", allowed)
        if low is not None and high is not None and low.number > high.number:
            allowed = f"a number from {low.number:g} (target_low) up"
            self.problems.add(high.position, f"{key}.target_high", f"{high.number:g}", allowed)
        if direction is None:
            return
        if low is not None or high is not None:
            allowed = "a direction only where there is no target_low or target_high"
            self.problems.add(direction.position, f"{key}.direction", direction.text, allowed)
        elif possible.neutral is None:
            with_neutral = ", ".join(name for name, entry in UNITS.items() if entry.neutral is not None)
            allowed = f"a direction only in a unit with a neutral value: {with_neutral}"
            self.problems.add(direction.position, f"{key}.direction", direction.text, allowed)
