"""Puts layers together, checks what concerns several keys, and makes the specification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenarios.frameworks import KEY as POLICY
from scenarios.frameworks import policy_names, shipped
from scenarios.layers import Layer, read_offs, read_sets
from scenarios.library import programme_layers, read_chain, split_reference
from scenarios.problems import Position, Problems, one_of, shown
from scenarios.shapes import NAME, written
from scenarios.values import (
    EdgeList,
    PolicyChoice,
    ProgrammeEntry,
    Quantity,
    Switch,
    UnitEntry,
    UnitList,
    Value,
    Word,
)
from scenarios.vocabulary import EACH, MOST_PLACES, PRACTICES, PROGRAMMES
from scenarios.weeks import BASIC_PATH, WeekShape, joined, path_of, specified
from sim import inputs, mechanisms
from sim.parameters import registry
from sim.policy import PolicySpecification
from sim.specification import BASIC, GraphSpecification, Specification, UnitSpecification

_GRAPH = "facility.graph"
NO_POLICY = "none"
"""The framework of a scenario that names none."""

_SHARES = ("double_cells", "openness")
_MEAN, _MEDIAN = "residents.stay_mean_days", "residents.stay_median_days"


@dataclass(frozen=True, slots=True)
class Assembled:
    """A scenario with everything that was said about it, the last word on each path."""

    name: str
    title: str
    position: Position
    values: dict[str, Value]

    def number(self, path: str) -> Quantity | None:
        """Return the number that was set for ``path``, if any."""
        value = self.values.get(path)
        return value if isinstance(value, Quantity) else None

    def word(self, path: str) -> str | None:
        """Return the name that was chosen for ``path``, if any."""
        value = self.values.get(path)
        return value.text if isinstance(value, Word) else None

    @property
    def units(self) -> UnitList | None:
        """The entries of ``facility.units``, if any."""
        value = self.values.get("facility.units")
        return value if isinstance(value, UnitList) else None

    @property
    def programmes(self) -> dict[str, ProgrammeEntry]:
        """The daily programmes by name, the basic one first."""
        found = {
            path.removeprefix(f"{PROGRAMMES}."): value
            for path, value in self.values.items()
            if isinstance(value, ProgrammeEntry)
        }
        basic = BASIC_PATH.removeprefix(f"{PROGRAMMES}.")
        return {basic: found.pop(basic), **found}

    @property
    def edges(self) -> EdgeList | None:
        """The explicit pairs of the unit graph, if any."""
        value = self.values.get(f"{_GRAPH}.edges")
        return value if isinstance(value, EdgeList) else None


def assemble(reference: str, sets: Sequence[str], off: Sequence[str]) -> Assembled:
    """Read everything that ``reference`` and the options name; raise ``ScenarioError`` if refused."""
    problems = Problems()
    layers: list[Layer] = []
    names: list[Word] = []
    title = ""
    for source in split_reference(reference, problems):
        chain = read_chain(source, problems, overlay=source.follows)
        layers += chain
        if chain:
            own = chain[-1]
            names.append(own.words.get("name", Word(source.name, own.position)))
            title = title or own.words.get("title", names[0]).text
    layers += [read_sets(sets, problems), read_offs(off, problems)]
    name = "+".join(word.text for word in names)
    if names and len(name) > NAME.longest:
        problems.add(names[-1].position, "name", f"{len(name)} characters: {shown(name)}", NAME.allowed)
    problems.raise_if_any()
    values = merged([*programme_layers(), *layers])
    assembled = Assembled(name, title, Position(names[0].position.path), values)
    _check_together(assembled, problems)
    problems.raise_if_any()
    return assembled


def merged(layers: Iterable[Layer]) -> dict[str, Value]:
    """Return the last word on every path; explicit edges and a generator displace each other."""
    values: dict[str, Value] = {}
    for layer in layers:
        if f"{_GRAPH}.edges" in layer.values:
            values.pop(f"{_GRAPH}.generator", None)
            values.pop(f"{_GRAPH}.degree", None)
        elif f"{_GRAPH}.generator" in layer.values:
            values.pop(f"{_GRAPH}.edges", None)
        for path, value in layer.values.items():
            earlier = values.get(path)
            if isinstance(earlier, ProgrammeEntry) and isinstance(value, ProgrammeEntry):
                values[path] = joined(earlier, value)
            else:
                values[path] = value
    return values


def _check_together(scenario: Assembled, problems: Problems) -> None:
    _check_stay(scenario, problems)
    units = scenario.units
    if units is None:
        problems.add(scenario.position, "facility.units", "nothing", "a list of at least one unit")
    elif _check_places(units, problems):
        _check_unit_names(units, problems)
        _check_programmes(scenario, units, problems)
        _check_levels(scenario, problems)
        _check_graph(scenario, problems)


def _check_stay(scenario: Assembled, problems: Problems) -> None:
    mean, median = scenario.number(_MEAN), scenario.number(_MEDIAN)
    mean_days = registry()[_MEAN].default if mean is None else mean.number
    median_days = registry()[_MEDIAN].default if median is None else median.number
    if median_days < mean_days:
        return
    if median is not None:
        allowed = f"less than {_MEAN} ({written(mean_days)})"
        problems.add(median.position, _MEDIAN, written(median_days), allowed)
    elif mean is not None:
        allowed = f"more than {_MEDIAN} ({written(median_days)})"
        problems.add(mean.position, _MEAN, written(mean_days), allowed)


def _check_places(units: UnitList, problems: Problems) -> bool:
    total = sum(entry.places * entry.copies for entry in units.entries)
    if total > MOST_PLACES:
        allowed = f"at most {MOST_PLACES} places in all"
        problems.add(units.position, "facility.units", f"{total} places", allowed)
    return total <= MOST_PLACES


def _check_unit_names(units: UnitList, problems: Problems) -> None:
    taken: set[str] = set()
    for entry in units.entries:
        names = _unit_names(entry)
        twice = next((name for name in names if name in taken), None)
        if twice is not None:
            allowed = "a name that no other unit has"
            problems.add(entry.words["name"].position, f"{entry.key}.name", shown(twice), allowed)
        taken.update(names)


def _check_levels(scenario: Assembled, problems: Problems) -> None:
    """Refuse a policy with a level whose programme the scenario does not have."""
    chosen = scenario.values.get(POLICY)
    known = scenario.programmes
    if not isinstance(chosen, PolicyChoice):
        return
    for k, level in enumerate(chosen.policy.levels):
        if level.programme and level.programme not in known:
            allowed = one_of(known, "a programme of the scenario")
            position, key = _where_lived(chosen, k)
            problems.add(position, key, shown(level.programme), allowed, level.programme, known)


def _where_lived(chosen: PolicyChoice, level: int) -> tuple[Position, str]:
    """Return where a level names its programme: the user's own text, or the choice of a shipped policy."""
    own, key = chosen.lived[level].position, f"levels[{level}].programme"
    if own.path == chosen.position.path or chosen.text in policy_names():
        return (own if own.path == chosen.position.path else chosen.position), f"{POLICY}.{key}"
    return own, key


def _check_programmes(scenario: Assembled, units: UnitList, problems: Problems) -> None:
    known = scenario.programmes
    for name, programme in known.items():
        if programme.week is None:
            key = f"{path_of(name)}.week"
            others = [other for other in known if other != name]
            problems.add(programme.position, key, "nothing", WeekShape().allowed, name, others)
    for regime in inputs.REGIMES:
        path = f"programme.{regime}"
        word = scenario.values.get(path)
        if isinstance(word, Word):
            _check_programme(word, path, regime, known, problems)
    for entry in units.entries:
        word = entry.words.get("programme")
        if word is not None:
            regime = entry.words["regime"].text if "regime" in entry.words else inputs.REGIMES[0]
            _check_programme(word, f"{entry.key}.programme", regime, known, problems)


def _check_programme(
    word: Word, key: str, regime: str, known: dict[str, ProgrammeEntry], problems: Problems
) -> None:
    """Refuse a programme that is not defined, or that is not lived in this regime."""
    if word.text not in known:
        allowed = f"the name of a programme: {one_of(known, 'one that is defined')}"
        problems.add(word.position, key, shown(word.text), allowed, word.text, known)
    elif regime not in specified(word.text, known[word.text]).regimes:
        allowed = f"a programme whose regimes include {regime}"
        problems.add(word.position, key, shown(word.text), allowed)


def _unit_names(entry: UnitEntry) -> list[str]:
    """Return the names of the units of an entry: plain, or numbered where there are several."""
    name = entry.words["name"].text
    if entry.copies == 1:
        return [name]
    return [f"{name}-{number}" for number in range(1, entry.copies + 1)]


def _check_graph(scenario: Assembled, problems: Problems) -> None:
    edges = scenario.edges
    if edges is None:
        return
    for path in (f"{_GRAPH}.generator", f"{_GRAPH}.degree"):
        if path in scenario.values:
            problems.add(
                scenario.values[path].position, path, "edges as well", "a generator or edges, not both"
            )
    sites = {unit.name: unit.site for unit in units_of(scenario)}
    seen: set[frozenset[str]] = set()
    for index, pair in enumerate(edges.pairs):
        _check_edge(pair, f"{_GRAPH}.edges[{index}]", sites, seen, problems)


def _check_edge(
    pair: tuple[Word, Word], key: str, sites: dict[str, str], seen: set[frozenset[str]], problems: Problems
) -> None:
    first, second = pair
    for end in pair:
        if end.text not in sites:
            problems.add(end.position, key, shown(end.text), "the name of a unit", end.text, sites)
    if first.text not in sites or second.text not in sites:
        return
    shown_pair = shown(f"{first.text} with {second.text}")
    if first.text == second.text:
        problems.add(second.position, key, shown_pair, "two different units")
    elif sites[first.text] != sites[second.text]:
        problems.add(first.position, key, shown_pair, "two units on one site")
    elif frozenset((first.text, second.text)) in seen:
        problems.add(first.position, key, shown_pair, "each pair once")
    seen.add(frozenset((first.text, second.text)))


def units_of(scenario: Assembled) -> tuple[UnitSpecification, ...]:
    """Return the units of a scenario, entries with a count written out, in file order."""
    entries = scenario.units.entries if scenario.units else ()
    usual = {regime: scenario.word(f"programme.{regime}") or BASIC for regime in inputs.REGIMES}
    return tuple(unit for entry in entries for unit in _copies_of(entry, usual))


def _copies_of(entry: UnitEntry, usual: dict[str, str]) -> Iterator[UnitSpecification]:
    """Yield the units of an entry; ``usual`` has the programme of each regime."""
    for name in _unit_names(entry):
        unit = UnitSpecification(name, entry.places)
        given: dict[str, Any] = {key: word.text for key, word in entry.words.items() if key != "name"}
        given |= {key: entry.quantities[key].number for key in _SHARES if key in entry.quantities}
        if given.get("site") == EACH:
            given["site"] = name
        given.setdefault("programme", usual[given.get("regime", unit.regime)])
        yield replace(unit, **given)


def specification_of(scenario: Assembled) -> Specification:
    """Return the specification in which everything that was not said has its default."""
    return Specification(
        name=scenario.name,
        title=scenario.title,
        units=units_of(scenario),
        graph=_graph_of(scenario),
        values={
            path: parameter.default if (said := scenario.number(path)) is None else said.number
            for path, parameter in registry().items()
        },
        choices={path: scenario.word(path) or names[0] for path, names in inputs.CHOICES.items()},
        mechanisms={name: _is_on(scenario, name) for name in mechanisms.NAMES},
        practices={
            name: dose.number
            for name in PRACTICES
            if (dose := scenario.number(f"practices.{name}")) is not None
        },
        programmes=tuple(specified(name, entry) for name, entry in scenario.programmes.items()),
        policy=_policy_of(scenario),
    )


def _policy_of(scenario: Assembled) -> PolicySpecification:
    chosen = scenario.values.get(POLICY)
    return chosen.policy if isinstance(chosen, PolicyChoice) else shipped(NO_POLICY)


def _is_on(scenario: Assembled, mechanism: str) -> bool:
    switch = scenario.values.get(f"mechanisms.{mechanism}")
    return switch.on if isinstance(switch, Switch) else True


def _graph_of(scenario: Assembled) -> GraphSpecification:
    edges = scenario.edges
    if edges is not None:
        pairs = tuple((first.text, second.text) for first, second in edges.pairs)
        return GraphSpecification("none", 0, pairs)
    usual = GraphSpecification()
    degree = scenario.number(f"{_GRAPH}.degree")
    generator = scenario.word(f"{_GRAPH}.generator") or usual.generator
    return GraphSpecification(generator, usual.degree if degree is None else int(degree.number))
