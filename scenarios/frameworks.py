"""Frameworks of promotion and demotion as files: found, read strictly, checked, written out again.

What a policy can say is declared in :mod:`sim.policy`; the shapes that read it are made from there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from scenarios.problems import Position, Problems, one_of, shown
from scenarios.reading import Block, Items, Node, Refused, Scalar, echo, read_file
from scenarios.shapes import (
    NAME,
    TITLE,
    UNIT_NAME,
    ChoiceShape,
    NumberShape,
    Schema,
    Shape,
    SwitchShape,
    read_entries,
    written,
)
from scenarios.values import PolicyChoice, Quantity, Switch, Word
from sim.policy import GROUPS, STANDINGS, PolicySpecification

FOLDER = Path(__file__).resolve().parent / "policies"
"""The shipped frameworks."""

KEY = "promotion.policy"
MOST_NAMES = 20
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Record:
    """The entries of one mapping of a policy, by key."""

    entries: Mapping[str, Any]
    position: Position


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of one list of a policy."""

    entries: tuple[Any, ...]
    position: Position


Found: TypeAlias = Quantity | Word | Switch | Record | Listing


@dataclass(frozen=True, slots=True)
class RecordShape(Shape[Record]):
    """A mapping with the fields of one of the records of :mod:`sim.policy`."""

    of: type
    needed: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"a mapping with {one_of(self.parts(), 'the keys of a policy')}"

    def parts(self) -> dict[str, Shape[Any]]:
        """Return the shape of every field by key."""
        return {field.name: _shape_of(field) for field in fields(self.of)}

    def read(self, node: Node, key: str, problems: Problems) -> Record | None:
        """See :class:`Shape`."""
        if not isinstance(node, Block):
            self.refuse(node, key, problems)
            return None
        found = read_entries(node, key, self.parts(), problems, self.needed)
        return Record(found, node.position)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        described = {"description": self.meaning} if self.meaning else {}
        needed = {"required": list(self.needed)} if self.needed else {}
        return {
            "type": "object",
            **described,
            "properties": {name: shape.schema() for name, shape in self.parts().items()},
            **needed,
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class ListShape(Shape[Listing]):
    """A list of entries of one kind."""

    of: Shape[Any]
    most: int
    meaning: str = ""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"a list of at most {self.most} entries, each {self.of.allowed}"

    def read(self, node: Node, key: str, problems: Problems) -> Listing | None:
        """See :class:`Shape`."""
        if not isinstance(node, Items):
            self.refuse(node, key, problems)
            return None
        if len(node.items) > self.most:
            problems.add(node.position, key, f"{len(node.items)} entries", f"at most {self.most} entries")
            return None
        found = [self.of.read(item, f"{key}[{k}]", problems) for k, item in enumerate(node.items)]
        return Listing(tuple(entry for entry in found if entry is not None), node.position)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        described = {"description": self.meaning} if self.meaning else {}
        return {"type": "array", "maxItems": self.most, "items": self.of.schema(), **described}


def _shape_of(field: Field[Any]) -> Shape[Any]:
    about = field.metadata
    if not about:
        return {"name": NAME, "title": TITLE}[field.name]
    form, meaning = about["form"], about["meaning"]
    makers: dict[str, Callable[[], Shape[Any]]] = {
        "number": lambda: _number_shape(field),
        "switch": lambda: SwitchShape(meaning),
        "choice": lambda: ChoiceShape(about["names"], meaning),
        "choices": lambda: ListShape(ChoiceShape(about["names"]), len(about["names"]), meaning),
        "name": lambda: UNIT_NAME,
        "names": lambda: ListShape(UNIT_NAME, MOST_NAMES, meaning),
        "list": lambda: ListShape(RecordShape(about["of"], about["needed"]), about["most"], meaning),
        "block": lambda: RecordShape(about["of"], (), meaning),
    }
    return makers[form]()


def _number_shape(field: Field[Any]) -> NumberShape:
    about = field.metadata
    usual: Any = field.default
    return NumberShape(
        about["low"], about["high"], about["unit"], about["meaning"], about["whole"], float(usual)
    )


POLICY = RecordShape(PolicySpecification, ("name",), "a framework of promotion and demotion")


# --- finding and reading ------------------------------------------------------------------------------


@cache
def _paths() -> dict[str, Path]:
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


def policy_names() -> tuple[str, ...]:
    """Return the names of the shipped frameworks."""
    return tuple(_paths())


@cache
def shipped(name: str) -> PolicySpecification:
    """Return a shipped framework; raises ``KeyError`` for an unknown name."""
    problems = Problems()
    path = _paths()[name]
    found = _read_file(path, str(path), problems)
    problems.raise_if_any()
    assert found is not None
    return found[0]


@dataclass(frozen=True, slots=True)
class PolicyShape(Shape[PolicyChoice]):
    """The name of a shipped framework, a file, or a whole framework written out in place."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"{', '.join(policy_names())}, a FILE.yaml or a mapping"

    def read(self, node: Node, key: str, problems: Problems) -> PolicyChoice | None:
        """See :class:`Shape`."""
        if isinstance(node, Block):
            found = _read_node(node, key, problems)
            return None if found is None else PolicyChoice(found[0].name, node.position, *found)
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self.refuse(node, key, problems, policy_names())
            return None
        path = self._path_of(node, key, problems)
        if path is None:
            return None
        found = _read_file(path, _label(path), problems)
        return None if found is None else PolicyChoice(node.text, node.position, *found)

    def _path_of(self, node: Scalar, key: str, problems: Problems) -> Path | None:
        if node.text in _paths():
            return _paths()[node.text]
        if not node.text.lower().endswith(_ENDINGS):
            self.refuse(node, key, problems, policy_names())
            return None
        if node.position.path.startswith("--"):
            return Path(node.text)
        folder = Path(node.position.path).parent
        home = os.path.realpath(folder)
        path = folder / node.text
        if "\\" in node.text or not Path(os.path.realpath(path)).is_relative_to(home):
            allowed = "a relative path below the folder of this file"
            problems.add(node.position, key, shown(node.text), allowed)
            return None
        return path

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        return {
            "description": "framework of promotion and demotion: a shipped name, a FILE.yaml, or written out",
            "default": "none",
            "anyOf": [
                {"enum": list(policy_names())},
                {"type": "string", "pattern": r"\.ya?ml$"},
                POLICY.schema(),
            ],
        }


def _label(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


Read: TypeAlias = tuple[PolicySpecification, tuple[tuple[str, Quantity, str], ...], dict[int, Word]]


def _read_file(path: Path, label: str, problems: Problems) -> Read | None:
    node = read_file(path, label, problems)
    return None if node is None else _read_node(node, "", problems)


def _read_node(node: Node, key: str, problems: Problems) -> Read | None:
    """Return the policy at a node and every number in it with its path and unit."""
    if not isinstance(node, Block):
        if not isinstance(node, Refused):
            problems.add(node.position, key or "document", echo(node), "a mapping with the keys of a policy")
        return None
    found = Problems()
    record = POLICY.read(node, key, found)
    if record is not None and not found:
        _check(record, f"{key}." if key else "", found)
    problems.extend(found.entries)
    if record is None or found:
        return None
    return _made(PolicySpecification, record), tuple(_numbers(POLICY, record, KEY)), _lived(record)


def _lived(policy: Record) -> dict[int, Word]:
    """Return what levels say about the programme they live."""
    said = ((k, level.entries.get("programme")) for k, level in enumerate(_entries(policy, "levels")))
    return {k: word for k, word in said if isinstance(word, Word) and word.text}


def _made(of: type, record: Record) -> Any:
    by_name = {field.name: field for field in fields(of)}
    return of(**{key: _plain(by_name[key], value) for key, value in record.entries.items()})


def _plain(field: Field[Any], value: Found) -> Any:
    if isinstance(value, Quantity):
        return int(value.number) if field.metadata["whole"] else float(value.number)
    if isinstance(value, Word):
        return value.text
    if isinstance(value, Switch):
        return value.on
    if isinstance(value, Record):
        return _made(field.metadata["of"], value)
    of: Any = field.metadata.get("of")
    return tuple(entry.text if isinstance(entry, Word) else _made(of, entry) for entry in value.entries)


def _numbers(shape: Shape[Any], value: Found, path: str) -> Iterable[tuple[str, Quantity, str]]:
    if isinstance(value, Quantity):
        assert isinstance(shape, NumberShape)
        yield path, value, shape.unit
    elif isinstance(value, Record):
        assert isinstance(shape, RecordShape)
        parts = shape.parts()
        for key, inner in value.entries.items():
            yield from _numbers(parts[key], inner, f"{path}.{key}")
    elif isinstance(value, Listing):
        assert isinstance(shape, ListShape)
        for index, inner in enumerate(value.entries):
            yield from _numbers(shape.of, inner, f"{path}[{index}]")


# --- what concerns several keys -----------------------------------------------------------------------


def _check(policy: Record, prefix: str, problems: Problems) -> None:
    names = {key: _check_names(policy, key, prefix, problems) for key in ("levels", "domains", "classes")}
    _check_names(policy, "reporters", prefix, problems)
    _check_conduct(policy, names, prefix, problems)
    _check_reporters(policy, names["domains"], prefix, problems)
    _check_demotion(policy, prefix, problems)
    level = _within(policy, "scope", "self_reporter_level")
    if level is not None and level.number > max(0, len(names["levels"]) - 1):
        allowed = f"a level of this policy, 0 to {max(0, len(names['levels']) - 1)}"
        problems.add(level.position, f"{prefix}scope.self_reporter_level", written(level.number), allowed)
    if len(names["levels"]) > 1:
        _check_way_up(policy, prefix, problems)


def _entries(policy: Record, key: str) -> tuple[Record, ...]:
    listing = policy.entries.get(key)
    return listing.entries if isinstance(listing, Listing) else ()


def _within(policy: Record, block: str, key: str) -> Quantity | None:
    inner = policy.entries.get(block)
    value = inner.entries.get(key) if isinstance(inner, Record) else None
    return value if isinstance(value, Quantity) else None


def _check_names(policy: Record, key: str, prefix: str, problems: Problems) -> tuple[str, ...]:
    """Return the names of a list, and note those that are there twice."""
    seen: list[str] = []
    for index, entry in enumerate(_entries(policy, key)):
        word = entry.entries["name"]
        if word.text in seen:
            problems.add(
                word.position,
                f"{prefix}{key}[{index}].name",
                shown(word.text),
                "a name that no other entry has",
            )
        seen.append(word.text)
    return tuple(seen)


def _standings(policy: Record) -> dict[str, str]:
    return {
        entry.entries["name"].text: entry.entries["standing"].text for entry in _entries(policy, "classes")
    }


def _check_conduct(
    policy: Record, names: Mapping[str, tuple[str, ...]], prefix: str, problems: Problems
) -> None:
    standings = _standings(policy)
    for index, entry in enumerate(_entries(policy, "conduct")):
        key = f"{prefix}conduct[{index}]"
        judged = entry.entries["judged"]
        if judged.text not in standings:
            allowed = f"a class of this policy: {one_of(standings, 'one listed under classes')}"
            problems.add(
                judged.position, f"{key}.judged", shown(judged.text), allowed, judged.text, standings
            )
        domain = entry.entries.get("domain")
        parts = names["domains"]
        if domain is None:
            if standings.get(judged.text, STANDINGS[-1]) != STANDINGS[-1]:
                allowed = f"a part of this policy: {one_of(parts, 'one listed under domains')}"
                problems.add(entry.position, f"{key}.domain", "nothing", allowed)
        elif domain.text not in parts:
            allowed = f"a part of this policy: {one_of(parts, 'one listed under domains')}"
            problems.add(domain.position, f"{key}.domain", shown(domain.text), allowed, domain.text, parts)


def _check_reporters(policy: Record, parts: tuple[str, ...], prefix: str, problems: Problems) -> None:
    for index, entry in enumerate(_entries(policy, "reporters")):
        named = entry.entries.get("domains")
        for k, word in enumerate(named.entries if isinstance(named, Listing) else ()):
            if word.text not in parts:
                key = f"{prefix}reporters[{index}].domains[{k}]"
                allowed = f"a part of this policy: {one_of(parts, 'one listed under domains')}"
                problems.add(word.position, key, shown(word.text), allowed, word.text, parts)


def _check_demotion(policy: Record, prefix: str, problems: Problems) -> None:
    rules = _made(PolicySpecification, policy).demotion
    longest = _within(policy, "demotion", "longest_days")
    shortest = _within(policy, "demotion", "shortest_days")
    if rules.longest_days < rules.shortest_days:
        wrong, key, allowed = (
            (longest, "longest_days", f"at least shortest_days ({rules.shortest_days})")
            if longest is not None
            else (shortest, "shortest_days", f"at most longest_days ({rules.longest_days})")
        )
        assert wrong is not None
        problems.add(wrong.position, f"{prefix}demotion.{key}", written(wrong.number), allowed)


def _check_way_up(policy: Record, prefix: str, problems: Problems) -> None:
    """Note why nobody could ever rise in a policy of several levels."""
    levels = policy.entries["levels"]
    start = levels.position
    for key in ("domains", "conduct", "reporters"):
        if not _entries(policy, key):
            problems.add(
                start,
                f"{prefix}{key}",
                "nothing",
                "at least one entry, to say who rises",
            )
    if not any(_on(entry, "plus") for entry in _entries(policy, "levels")):
        problems.add(
            start, f"{prefix}levels", "no level with plus: true", "at least one level with plus: true"
        )
    standings = _standings(policy)
    for index, domain in enumerate(_entries(policy, "domains")):
        needed = domain.entries.get("desired_needed")
        if needed is None or needed.number <= 0 or not _entries(policy, "conduct"):
            continue
        name = domain.entries["name"].text
        key = f"{prefix}domains[{index}].desired_needed"
        got = f"{written(needed.number)}, so no way up"
        if not any(_is_desired_on(entry, name, standings) for entry in _entries(policy, "conduct")):
            problems.add(needed.position, key, got, f"0, or conduct of a desired class on {shown(name)}")
        elif _entries(policy, "reporters") and not any(
            _reports_on(entry, name) for entry in _entries(policy, "reporters")
        ):
            problems.add(needed.position, key, got, f"0, or a discipline that reports on {shown(name)}")
    scope = policy.entries.get("scope")
    out = scope.entries.get("groups_out") if isinstance(scope, Record) else None
    if isinstance(out, Listing) and {word.text for word in out.entries} == set(GROUPS):
        problems.add(
            out.position,
            f"{prefix}scope.groups_out",
            "every group, so no way up",
            "at most all groups but one",
        )


def _on(entry: Record, key: str) -> bool:
    value = entry.entries.get(key)
    return isinstance(value, Switch) and value.on


def _is_desired_on(entry: Record, domain: str, standings: Mapping[str, str]) -> bool:
    named = entry.entries.get("domain")
    judged = standings.get(entry.entries["judged"].text)
    return judged == STANDINGS[0] and named is not None and named.text == domain


def _reports_on(entry: Record, domain: str) -> bool:
    attention = entry.entries.get("attention")
    if attention is not None and attention.number <= 0:
        return False
    named = entry.entries.get("domains")
    return not isinstance(named, Listing) or not named.entries or domain in [w.text for w in named.entries]


# --- writing ------------------------------------------------------------------------------------------


def dumped(policy: PolicySpecification) -> str:
    """Return what a scenario file says for a policy: the shipped name, or the whole of it in one line."""
    if policy.name in _paths() and shipped(policy.name) == policy:
        return policy.name
    same = next((name for name in _paths() if shipped(name) == policy), None)
    if same is not None and not policy.name:
        return same
    full = {key: value for key, value in policy.canonical().items() if value != ""}
    full["name"] = policy.name or "policy"
    for listed in ("levels", "conduct"):
        full[listed] = [{key: value for key, value in entry.items() if value != ""} for entry in full[listed]]
    return json.dumps(full, ensure_ascii=False)
