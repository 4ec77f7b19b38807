"""Designs: which points of a parameter space to run, reproducible by seed.

A factor is a path that ``--set`` accepts: a number with a range (by default the registry's plausible
one), a choice or a switch.  A design is a table of points, each a mapping from path to value; what a
point leaves out keeps the scenario's own value.  Latin hypercube and Sobol sequence come from SciPy
(McKay, Beckman & Conover 1979; Sobol 1967), Morris trajectories and Saltelli samples from SALib (Morris
1991, Campolongo et al. 2007; Saltelli et al. 2010).  What they say is read by
:mod:`experiments.sensitivity`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scenarios.problems import Position, Problems, one_of, shown
from scenarios.shapes import ChoiceShape, NumberShape, Shape, SwitchShape, written
from scenarios.vocabulary import settable
from sim.inputs import RELATIONAL
from sim.parameters import registry
from sim.specification import GraphSpecification, Specification

Matrix = npt.NDArray[np.float64]
Level: TypeAlias = float | int | str | bool
Point: TypeAlias = dict[str, Level]

SCALES = ("linear", "log")
KINDS = ("grid", "lhs", "sobol", "morris", "saltelli", "list", "one-at-a-time")
MOST_POINTS = 1_000_000
MORRIS_LEVELS = 4
LABEL = "design"

_RANGE_KEYS = ("low", "high", "scale")
_NOTATION = "a list of values, {low, high, scale} or nothing for the plausible range"


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that varies: between ``low`` and ``high``, or over the listed ``levels``."""

    path: str
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"
    integer: bool = False
    levels: tuple[Level, ...] = ()

    def at(self, share: float) -> Level:
        """Return the value at ``share`` (0-1) of the way: equal shares of levels and whole numbers."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        if self.integer:
            first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
            return first + min(int(share * (last - first + 1)), last - first)
        if self.scale == "log":
            return min(self.high, max(self.low, self.low * float((self.high / self.low) ** share)))
        return float(self.low + share * (self.high - self.low))

    def ends(self) -> tuple[Level, ...]:
        """Return the lowest and the highest value, or all levels."""
        return self.levels or (self.at(0.0), self.at(1.0))

    def steps(self, number: int) -> tuple[Level, ...]:
        """Return ``number`` values evenly over the range (whole ones once each), or all levels."""
        if self.levels:
            return self.levels
        shares = [0.5] if number == 1 else [k / (number - 1) for k in range(number)]
        if self.integer:
            spread = (round(self.low + share * (self.high - self.low)) for share in shares)
            return tuple(dict.fromkeys(spread))
        return tuple(self.at(share) for share in shares)


@dataclass(frozen=True, slots=True)
class Design:
    """A table of points; ``shares`` has each point as the shares (0-1) it was made from, if it was."""

    kind: str
    factors: tuple[Factor, ...]
    points: list[Point]
    seed: int
    samples: int
    shares: Matrix = field(default_factory=lambda: np.zeros((0, 0)))

    def __len__(self) -> int:
        return len(self.points)

    def row(self) -> dict[str, Any]:
        """Return the description that saved results carry."""
        return {
            "design": self.kind,
            "samples": self.samples,
            "seed": self.seed,
            "points": len(self.points),
            "factors": {f.path: _row_of(f) for f in self.factors},
        }


def _row_of(factor: Factor) -> Any:
    if factor.levels:
        return list(factor.levels)
    return {"low": factor.low, "high": factor.high, "scale": factor.scale}


# --- reading factors -------------------------------------------------------------------------------


def read_factors(factors: Mapping[str, Any], label: str = LABEL) -> tuple[Factor, ...]:
    """Return the factors that a mapping from path to range, list or ``None`` describes.

    Raises ``ScenarioError`` with one line per problem: an unknown path (with the nearest), a value
    outside the admissible range, an empty list, no factor at all.
    """
    problems = Problems()
    if not factors:
        problems.add(Position(label), "factors", "nothing", "at least one path with its range")
    found = [_factor(path, value, label, problems) for path, value in factors.items()]
    problems.raise_if_any()
    return tuple(factor for factor in found if factor is not None)


def _factor(path: str, value: Any, label: str, problems: Problems) -> Factor | None:
    shape = _shape_of(path, label, problems)
    if shape is None:
        return None
    if value is None:
        return _usual(path, shape, label, problems)
    if isinstance(value, Mapping):
        return _ranged(path, shape, value, label, problems)
    if isinstance(value, (list, tuple)):
        return _listed(path, shape, value, label, problems)
    problems.add(Position(label), path, _echo(value), _NOTATION)
    return None


def _shape_of(path: str, label: str, problems: Problems) -> Shape[Any] | None:
    shape = settable().get(path)
    # Pairs of units cannot be varied one by one.
    if shape is None or not isinstance(shape, (NumberShape, ChoiceShape, SwitchShape)):
        allowed = "a path listed by 'detention parameters', a choice or a switch"
        problems.add(Position(label), str(path), "an unknown path", allowed, str(path), settable())
        return None
    return shape


def _usual(path: str, shape: Shape[Any], label: str, problems: Problems) -> Factor | None:
    if isinstance(shape, ChoiceShape):
        return Factor(path, levels=shape.names)
    if isinstance(shape, SwitchShape):
        return Factor(path, levels=(False, True))
    parameter = registry().get(path)
    if parameter is None:
        problems.add(Position(label), path, "no range", "a list of values or {low, high, scale}")
        return None
    return Factor(path, parameter.plausible_low, parameter.plausible_high, integer=parameter.integer)


def _ranged(
    path: str, shape: Shape[Any], value: Mapping[str, Any], label: str, problems: Problems
) -> Factor | None:
    at = Position(label)
    if not isinstance(shape, NumberShape):
        problems.add(at, path, "a range", f"a list of: {shape.allowed}")
        return None
    before = len(problems.entries)
    for key in value:
        if key not in _RANGE_KEYS:
            problems.add(at, f"{path}.{key}", "an unknown key", ", ".join(_RANGE_KEYS), str(key), _RANGE_KEYS)
    parameter = registry().get(path)
    scale = value.get("scale", "linear")
    if scale not in SCALES:
        problems.add(at, f"{path}.scale", _echo(scale), ", ".join(SCALES), str(scale), SCALES)
    ends = []
    for key, usual in (("low", "plausible_low"), ("high", "plausible_high")):
        end = value.get(key, getattr(parameter, usual, None))
        if _is_admissible(shape, end):
            ends.append(float(end))
        else:
            problems.add(at, f"{path}.{key}", _echo(end), shape.allowed)
    if len(problems.entries) > before:
        return None
    low, high = ends
    if not low < high:
        problems.add(at, path, f"low {written(low)}, high {written(high)}", "a low below the high")
    elif scale == "log" and low <= 0.0:
        problems.add(at, f"{path}.low", written(low), "a number above 0 on a log scale")
    return Factor(path, low, high, str(scale), shape.integer)


def _listed(
    path: str, shape: Shape[Any], value: Sequence[Any], label: str, problems: Problems
) -> Factor | None:
    at = Position(label)
    if not value:
        problems.add(at, path, "an empty list", _NOTATION)
    for level in value:
        _check_level(path, shape, level, label, problems)
    if len(set(map(repr, value))) < len(value):
        problems.add(at, path, "a value twice", "each value once")
    return Factor(path, levels=tuple(value), integer=isinstance(shape, NumberShape) and shape.integer)


def _check_level(path: str, shape: Shape[Any], level: Any, label: str, problems: Problems) -> None:
    names = shape.names if isinstance(shape, ChoiceShape) else ()
    if not _is_admissible(shape, level):
        problems.add(Position(label), path, _echo(level), shape.allowed, str(level), names)


def _is_admissible(shape: Shape[Any], level: Any) -> bool:
    if isinstance(shape, SwitchShape):
        return isinstance(level, bool)
    if isinstance(shape, ChoiceShape):
        return level in shape.names
    assert isinstance(shape, NumberShape)
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not math.isfinite(level):
        return False
    return shape.low <= level <= shape.high and (not shape.integer or float(level).is_integer())


def _echo(value: Any) -> str:
    return "nothing" if value is None else shown(str(value))


# --- making points ---------------------------------------------------------------------------------


def make_design(
    kind: str,
    factors: Mapping[str, Any] | Sequence[Factor] = (),
    *,
    samples: int = 0,
    seed: int = 1,
    points: Iterable[Mapping[str, Any]] = (),
    label: str = LABEL,
) -> Design:
    """Return a design of the given kind.

    ``samples`` is the number of points of ``lhs`` and ``sobol``, of values per range in a ``grid``
    (default 3), of trajectories in ``morris`` and of base points in ``saltelli`` (a power of 2).
    ``one-at-a-time`` starts with the scenario as it is and moves each factor to both ends.  ``list``
    takes ``points`` and no factors.  Raises ``ScenarioError`` for anything else.
    """
    if kind not in KINDS:
        _refuse(label, "design", shown(str(kind)), one_of(KINDS, ""), str(kind), KINDS)
    if kind == "list":
        return _list_design(points, seed, label)
    chosen = tuple(factors) if not isinstance(factors, Mapping) else read_factors(factors, label)
    if not chosen:
        read_factors({}, label)
    _check_samples(kind, samples, label)
    makers: dict[str, Callable[[tuple[Factor, ...], int, int], Matrix]] = {
        "lhs": _latin,
        "sobol": _sobol,
        "morris": _morris,
        "saltelli": _saltelli,
    }
    if kind in makers:
        shares = makers[kind](chosen, samples, seed)
        return Design(kind, chosen, points_at(chosen, shares), seed, samples, shares)
    made = _grid(chosen, samples or 3, label) if kind == "grid" else _one_at_a_time(chosen)
    return Design(kind, chosen, made, seed, samples)


def points_at(factors: Sequence[Factor], shares: Matrix) -> list[Point]:
    """Return the points at shares (0-1) of the ranges, one row each."""
    return [{f.path: f.at(float(u)) for f, u in zip(factors, row, strict=True)} for row in shares]


def _refuse(label: str, key: str, got: str, allowed: str, word: str = "", names: Iterable[str] = ()) -> None:
    problems = Problems()
    problems.add(Position(label), key, got, allowed, word, names)
    problems.raise_if_any()


def _check_samples(kind: str, samples: int, label: str) -> None:
    needed = kind in ("lhs", "sobol", "morris", "saltelli")
    if samples < (1 if needed else 0) or samples > MOST_POINTS:
        _refuse(label, "samples", str(samples), f"a whole number from 1 to {MOST_POINTS}")
    if kind == "saltelli" and samples & (samples - 1):
        nearest = 2 ** round(math.log2(samples))
        _refuse(label, "samples", str(samples), f"a power of 2, such as {nearest}")
    if kind == "morris" and samples < 2:
        _refuse(label, "samples", str(samples), "at least 2 trajectories")


def _list_design(points: Iterable[Mapping[str, Any]], seed: int, label: str) -> Design:
    problems = Problems()
    rows: list[Point] = []
    for number, point in enumerate(points, start=1):
        here = f"{label} point {number}"
        for path, level in point.items():
            shape = _shape_of(path, here, problems)
            if shape is not None:
                _check_level(path, shape, level, here, problems)
        rows.append(dict(point))
    if not rows:
        problems.add(Position(label), "points", "nothing", "at least one point")
    problems.raise_if_any()
    paths = dict.fromkeys(path for row in rows for path in row)
    used = {path: tuple(dict.fromkeys(row[path] for row in rows if path in row)) for path in paths}
    factors = tuple(Factor(path, levels=levels) for path, levels in used.items())
    return Design("list", factors, rows, seed, len(rows))


def _latin(factors: tuple[Factor, ...], samples: int, seed: int) -> Matrix:
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(len(factors), rng=seed).random(samples))


def _sobol(factors: tuple[Factor, ...], samples: int, seed: int) -> Matrix:
    from scipy.stats import qmc

    # Drawn up to the next power of 2 and cut: the first points of the sequence, balanced if it is one.
    sequence = qmc.Sobol(len(factors), rng=seed)
    return np.asarray(sequence.random_base2(max(0, math.ceil(math.log2(samples)))))[:samples]


def _morris(factors: tuple[Factor, ...], samples: int, seed: int) -> Matrix:
    from SALib.sample import morris

    return np.asarray(morris.sample(_problem(factors), samples, num_levels=MORRIS_LEVELS, seed=seed))


def _saltelli(factors: tuple[Factor, ...], samples: int, seed: int) -> Matrix:
    from SALib.sample import sobol

    return np.asarray(sobol.sample(_problem(factors), samples, calc_second_order=False, seed=seed))


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": [f.path for f in factors], "bounds": [[0, 1]] * len(factors)}


def _grid(factors: tuple[Factor, ...], steps: int, label: str) -> list[Point]:
    levels = [factor.steps(steps) for factor in factors]
    total = math.prod(len(values) for values in levels)
    if total > MOST_POINTS:
        _refuse(label, "factors", f"a grid of {total:,} points", f"at most {MOST_POINTS:,}")
    paths = [factor.path for factor in factors]
    return [dict(zip(paths, values, strict=True)) for values in product(*levels)]


def _one_at_a_time(factors: tuple[Factor, ...]) -> list[Point]:
    return [{}, *({factor.path: level} for factor in factors for level in factor.ends())]


# --- from a point to a facility ----------------------------------------------------------------------

SHORTHAND = "security.relational"
_MEAN, _MEDIAN = "residents.stay_mean_days", "residents.stay_median_days"


def at_point(specification: Specification, point: Mapping[str, Level]) -> Specification:
    """Return the specification with the values of a point, as if ``--set`` had given them.

    ``security.relational`` sets attitude, alliance and presence unless the point does.  Raises
    ``ScenarioError`` where numbers do not go together.
    """
    numbers: dict[str, float] = {}
    choices, switches, doses = dict(specification.choices), dict(specification.mechanisms), {}
    graph = specification.graph
    for path, level in point.items():
        block, _, name = path.partition(".")
        if path in registry():
            numbers[path] = float(level)
        elif path in choices:
            choices[path] = str(level)
        elif block == "mechanisms":
            switches[name] = bool(level)
        elif block == "practices":
            doses[name] = float(level)
        elif path == "facility.graph.generator":
            graph = GraphSpecification(str(level), graph.degree)
        elif path == "facility.graph.degree":
            graph = replace(graph, degree=int(float(level)))
    if SHORTHAND in numbers:
        numbers = {**dict.fromkeys(RELATIONAL, numbers[SHORTHAND]), **numbers}
    values = {**specification.values, **numbers}
    if not values[_MEDIAN] < values[_MEAN] and {_MEAN, _MEDIAN} & set(numbers):
        _refuse(LABEL, _MEDIAN, written(values[_MEDIAN]), f"less than {_MEAN} ({written(values[_MEAN])})")
    return replace(
        specification,
        values=values,
        choices=choices,
        mechanisms=switches,
        graph=graph,
        practices={**specification.practices, **doses},
    )
