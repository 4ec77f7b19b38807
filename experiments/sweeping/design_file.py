"""Reads design files: strict YAML, or the same as a mapping from a notebook.

Everything that is wrong is told at once, one line per problem, where it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from experiments.designs import KINDS, MOST_POINTS, Design, Factor, make_design, read_factors
from experiments.sweeping import nodes
from experiments.sweeping.design import (
    FIRST_REPLICATES,
    LAST_REPLICATES,
    MOST_REPLICATES,
    MOST_RUNS,
    STARTS,
    Keep,
    Precision,
    Sample,
    Start,
    SweepDesign,
)
from experiments.sweeping.points import check_points
from scenarios import ScenarioError, load
from scenarios.library import COMMAND_LINE
from scenarios.problems import Position, Problems
from scenarios.reading import Block, Items, Node, Scalar, read_file
from sim.indicators import BY_NAME
from sim.parameters import registry
from sim.specification import Specification

KEYS = (
    "scenarios",
    "days",
    "burn_in_days",
    "seed",
    "design",
    "samples",
    "factors",
    "points",
    "replicates",
    "precision",
    "outputs",
    "keep",
    "start",
)
USUAL_SAMPLES = {"grid": 3, "lhs": 100, "sobol": 128, "morris": 20, "saltelli": 128}
"""How many where ``samples`` is not said: values per range, points, trajectories, base points."""

USUAL_REPLICATES = 10
MOST_SCENARIOS = 1000
_ENDINGS = (".yaml", ".yml")


def read_design(source: str | Path | Mapping[str, Any], *, name: str = "design") -> SweepDesign:
    """Return the sweep that a design file or an equal mapping describes.

    ``name`` names a mapping in messages.  Raises ``ScenarioError`` with every problem that was found.
    """
    problems = Problems()
    if isinstance(source, Mapping):
        folder, node = Path(), nodes.node_of(source, Position(name))
    else:
        path = Path(source)
        folder, name = path.parent, path.stem
        found = read_file(path, str(source), problems)
        problems.raise_if_any()
        assert found is not None
        node = found
    if not isinstance(node, Block):
        nodes.refuse(node, "document", "a mapping with the keys of a design", problems)
        raise ScenarioError(problems.entries)
    return _Reader(node, folder, problems).read(name)


class _Reader:
    """Reads one design; what is wrong is noted and reading goes on."""

    def __init__(self, node: Block, folder: Path, problems: Problems) -> None:
        self.node = node
        self.folder = folder
        self.problems = problems

    def read(self, name: str) -> SweepDesign:
        """Return the design, or raise ``ScenarioError``."""
        nodes.check_keys(self.node, "", KEYS, self.problems)
        scenarios = self._scenarios()
        seed = self._whole("seed", 1, 0, 2**63 - 1)
        start = self._choice("start", STARTS, "scenario")
        outputs = self._outputs()
        replicates, precision = self._effort()
        if precision is not None and precision.indicator not in outputs:
            outputs = (*outputs, precision.indicator)
        table = self._table(seed)
        keep = self._keep(precision.most if precision else replicates, table)
        self.problems.raise_if_any()
        assert table is not None
        design = SweepDesign(
            name=name,
            scenarios=scenarios,
            table=table,
            seed=seed,
            replicates=None if precision else replicates,
            precision=precision,
            outputs=outputs,
            keep=keep,
            start=cast("Start", start),
        )
        self._check_size(design)
        check_points(design, self._factor_position(), self.problems)
        self.problems.raise_if_any()
        return design

    # --- single keys ---------------------------------------------------------------------------------

    def _get(self, key: str) -> Node | None:
        found = nodes.entry(self.node, key)
        if found is not None and not nodes.said(found):
            # A key with nothing behind it is a slip, not a wish for the default.
            nodes.refuse(found, key, "a value, or no such key", self.problems)
            return None
        return found

    def _whole(self, key: str, usual: int, low: int, high: int) -> int:
        node = self._get(key)
        value = None if node is None else nodes.whole(node, key, low, high, self.problems)
        return usual if value is None else value

    def _choice(self, key: str, names: tuple[str, ...], usual: str) -> str:
        node = self._get(key)
        return usual if node is None else nodes.choice(node, key, names, self.problems) or usual

    def _outputs(self) -> tuple[str, ...]:
        node = self._get("outputs")
        if node is None:
            return tuple(BY_NAME)
        allowed = "a list of names shown by 'detention indicators'"
        return tuple(nodes.names_of(node, "outputs", BY_NAME, allowed, self.problems))

    # --- scenarios -----------------------------------------------------------------------------------

    def _scenarios(self) -> dict[str, Specification]:
        node = nodes.entry(self.node, "scenarios")
        allowed = "a list of scenarios: NAME, FILE.yaml or SCENARIO+OVERLAY+..."
        if node is None or not nodes.said(node) or (isinstance(node, Items) and not node.items):
            position = self.node.position if node is None else node.position
            self.problems.add(position, "scenarios", "nothing", allowed)
            return {}
        items = node.items if isinstance(node, Items) else (node,)
        if len(items) > MOST_SCENARIOS:
            allowed = f"at most {MOST_SCENARIOS}"
            self.problems.add(node.position, "scenarios", f"{len(items)} scenarios", allowed)
            return {}
        spans = self._spans()
        found: dict[str, Specification] = {}
        for index, item in enumerate(items):
            one = self._scenario(item, f"scenarios[{index}]")
            if one is None:
                continue
            if one.name in found:
                self.problems.add(item.position, f"scenarios[{index}]", f"{one.name} twice", "each once")
            found[one.name] = one.with_numbers(spans)
        return found

    def _scenario(self, node: Node, key: str) -> Specification | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            nodes.refuse(node, key, "NAME, FILE.yaml or SCENARIO+OVERLAY+...", self.problems)
            return None
        try:
            return load(self._located(node.text))
        except ScenarioError as error:
            self.problems.extend(
                replace(problem, position=node.position, key=key)
                if problem.position.path == COMMAND_LINE
                else problem
                for problem in error.problems
            )
            return None

    def _located(self, reference: str) -> str:
        """Return a reference whose files are looked for beside the design file first."""
        pieces = reference.split("+")
        for index, piece in enumerate(pieces):
            beside = self.folder / piece
            if piece.lower().endswith(_ENDINGS) and beside.is_file():
                pieces[index] = str(beside)
        return "+".join(pieces)

    def _spans(self) -> dict[str, float]:
        spans: dict[str, float] = {}
        for key, path in (("days", "run.days"), ("burn_in_days", "run.burn_in_days")):
            node, span = self._get(key), registry()[path]
            low, high = int(span.low), int(span.high)
            value = None if node is None else nodes.whole(node, key, low, high, self.problems)
            if value is not None:
                spans[path] = float(value)
        return spans

    # --- how much --------------------------------------------------------------------------------------

    def _effort(self) -> tuple[int, Precision | None]:
        replicates = self._whole("replicates", USUAL_REPLICATES, 1, MOST_REPLICATES)
        node = self._get("precision")
        if node is None:
            return replicates, None
        if nodes.entry(self.node, "replicates") is not None:
            self.problems.add(node.position, "precision", "replicates as well", "one of the two")
        return replicates, self._precision(node)

    def _precision(self, node: Node) -> Precision | None:
        if not isinstance(node, Block):
            nodes.refuse(node, "precision", "a mapping {indicator, half_width, relative}", self.problems)
            return None
        nodes.check_keys(
            node, "precision", ("indicator", "half_width", "relative", "first", "most"), self.problems
        )
        known = [name for name, i in BY_NAME.items() if i.form != "share_of_persons"]
        parts = {name: nodes.entry(node, name) for name in ("indicator", "half_width")}
        for name, allowed in (
            ("indicator", "a name shown by 'detention indicators'"),
            ("half_width", "a number above 0"),
        ):
            if parts[name] is None:
                self.problems.add(node.position, f"precision.{name}", "nothing", allowed)
        indicator = parts["indicator"] and nodes.choice(
            parts["indicator"], "precision.indicator", known, self.problems
        )
        width = parts["half_width"] and nodes.positive(
            parts["half_width"], "precision.half_width", self.problems
        )
        relative = nodes.entry(node, "relative")
        is_relative = relative is not None and nodes.switch(relative, "precision.relative", self.problems)
        first = self._inner_whole(node, "first", FIRST_REPLICATES, 2, MOST_REPLICATES)
        most = self._inner_whole(node, "most", max(LAST_REPLICATES, first), first, MOST_REPLICATES)
        if not indicator or not width:
            return None
        return Precision(indicator, width, bool(is_relative), first, most)

    def _inner_whole(self, block: Block, key: str, usual: int, low: int, high: int) -> int:
        node = nodes.entry(block, key)
        value = None if node is None else nodes.whole(node, f"precision.{key}", low, high, self.problems)
        return usual if value is None else value

    # --- points ----------------------------------------------------------------------------------------

    def _factor_position(self) -> Position:
        node = nodes.entry(self.node, "factors") or nodes.entry(self.node, "points") or self.node
        return node.position

    def _table(self, seed: int) -> Design | None:
        kind = self._choice("design", KINDS, "list" if nodes.entry(self.node, "points") else "grid")
        before = len(self.problems.entries)
        factors = self._factors()
        points = self._points(kind)
        samples = self._samples(kind)
        if len(self.problems.entries) > before:
            return None
        try:
            if kind == "list":
                return self._listed(factors, points, seed)
            if not factors and kind == "grid":
                return Design("grid", (), [{}], seed, 0)
            return make_design(kind, factors, samples=samples, seed=seed)
        except ScenarioError as error:
            self.problems.extend(nodes.moved(error.problems, self._factor_position()))
            return None

    def _samples(self, kind: str) -> int:
        node = self._get("samples")
        if node is None:
            return USUAL_SAMPLES.get(kind, 0)
        if kind not in USUAL_SAMPLES:
            self.problems.add(node.position, "samples", "samples", f"no samples with design {kind}")
            return 0
        value = nodes.whole(node, "samples", 2 if kind == "morris" else 1, MOST_POINTS, self.problems)
        if value is not None and kind == "saltelli" and value & (value - 1):
            nearest = 1 << (value.bit_length() - 1)
            self.problems.add(node.position, "samples", str(value), f"a power of 2, such as {nearest}")
        return value or 0

    def _factors(self) -> tuple[Factor, ...]:
        node = nodes.entry(self.node, "factors")
        if node is None:
            return ()
        if not isinstance(node, Block) or not node.entries:
            nodes.refuse(node, "factors", "at least one path with its range", self.problems)
            return ()
        found: list[Factor] = []
        for name, item in node.entries:
            try:
                found += read_factors({name.text: nodes.plain(item)})
            except ScenarioError as error:
                self._place_factor(error, name, item)
        return tuple(found)

    def _place_factor(self, error: ScenarioError, name: Scalar, node: Node) -> None:
        """Note the problems of one factor at the part of it that each is about."""
        for problem in error.problems:
            inner = nodes.entry(node, problem.key.removeprefix(f"{name.text}."))
            unknown = problem.got == "an unknown path"
            position = name.position if unknown else (inner or node).position
            self.problems.extend([replace(problem, position=position, key=f"factors.{problem.key}")])

    def _points(self, kind: str) -> Items | None:
        node = nodes.entry(self.node, "points")
        if node is None:
            return None
        if kind != "list":
            self.problems.add(node.position, "points", "points", f"no points with design {kind}")
        if not isinstance(node, Items) or not node.items:
            nodes.refuse(node, "points", "a list of mappings from path to value", self.problems)
            return None
        for index, item in enumerate(node.items):
            if not isinstance(item, Block) or not item.entries:
                nodes.refuse(item, f"points[{index}]", "a mapping from path to value", self.problems)
        return node

    def _listed(self, factors: tuple[Factor, ...], points: Items | None, seed: int) -> Design | None:
        """Return the points of a list: written one by one, or as lists of equal length per factor."""
        if (points is None) == (not factors):
            got = "both" if factors else "nothing"
            allowed = "either points, or factors with lists of equal length"
            self.problems.add(self._factor_position(), "points", got, allowed)
            return None
        if points is None:
            return self._zipped(factors, seed)
        before = len(self.problems.entries)
        rows: list[dict[str, Any]] = []
        for index, item in enumerate(points.items):
            row = nodes.plain(item)
            try:
                make_design("list", points=[row])
            except ScenarioError as error:
                for problem in error.problems:
                    inner = nodes.entry(item, problem.key) or item
                    key = f"points[{index}].{problem.key}"
                    self.problems.extend([replace(problem, position=inner.position, key=key)])
            if row in rows:
                self.problems.add(item.position, f"points[{index}]", "a point twice", "each point once")
            rows.append(row)
        if len(self.problems.entries) > before:
            return None
        return make_design("list", points=rows, seed=seed)

    def _zipped(self, factors: tuple[Factor, ...], seed: int) -> Design | None:
        lengths = {len(factor.levels) for factor in factors}
        if len(lengths) != 1 or 0 in lengths:
            got = ", ".join(f"{factor.path} {len(factor.levels) or 'a range'}" for factor in factors)
            allowed = "lists of equal length with design list"
            self.problems.add(self._factor_position(), "factors", got, allowed)
            return None
        rows = [
            dict(zip((f.path for f in factors), levels, strict=True))
            for levels in zip(*(f.levels for f in factors), strict=True)
        ]
        return make_design("list", points=rows, seed=seed)

    def _check_size(self, design: SweepDesign) -> None:
        each = design.replicates or (design.precision.most if design.precision else 1)
        runs = len(design.scenarios) * len(design.table) * each
        if runs > MOST_RUNS:
            allowed = f"at most {MOST_RUNS:,} (scenarios x points x replicates)"
            self.problems.add(self._factor_position(), "design", f"{runs:,} runs", allowed)
            self.problems.raise_if_any()

    # --- what more is kept -------------------------------------------------------------------------------

    def _keep(self, replicates: int, table: Design | None) -> Keep:
        node = self._get("keep")
        if node is None:
            return Keep()
        if not isinstance(node, Block):
            nodes.refuse(node, "keep", "a mapping {daily, ledger}", self.problems)
            return Keep()
        nodes.check_keys(node, "keep", ("daily", "ledger"), self.problems)
        points = len(table) if table else MOST_POINTS
        samples = {}
        for name in ("daily", "ledger"):
            item = nodes.entry(node, name)
            if item is not None:
                samples[name] = self._sample(item, f"keep.{name}", replicates, points)
        return Keep(**samples)

    def _sample(self, node: Node, key: str, replicates: int, points: int) -> Sample:
        if not isinstance(node, Block):
            return Sample(self._numbers(node, key, replicates))
        nodes.check_keys(node, key, ("points", "replicates"), self.problems)
        parts = {name: nodes.entry(node, name) for name in ("points", "replicates")}
        which, repeats = parts["points"], parts["replicates"]
        return Sample(
            frozenset([0]) if repeats is None else self._numbers(repeats, f"{key}.replicates", replicates),
            None if which is None else self._numbers(which, f"{key}.points", points),
        )

    def _numbers(self, node: Node, key: str, total: int) -> frozenset[int]:
        """Return the first so many numbers, or those listed; numbers count from 0."""
        if not isinstance(node, Items):
            count = nodes.whole(node, key, 0, total, self.problems)
            return frozenset(range(count or 0))
        listed = (
            nodes.whole(item, f"{key}[{index}]", 0, total - 1, self.problems)
            for index, item in enumerate(node.items)
        )
        return frozenset(number for number in listed if number is not None)
