"""A sensitivity analysis of a whole sweep: which method fits, every scenario and indicator, what was lost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from experiments.sensitivity.courses import Courses, courses
from experiments.sensitivity.index import RESAMPLES, Matrix
from experiments.sensitivity.morris import Morris, TooFewError, morris
from experiments.sensitivity.noise import Noise, noise_of
from experiments.sensitivity.pawn import Pawn, pawn
from experiments.sensitivity.sobol import Sobol, sobol
from experiments.sensitivity.table import RunTable, positions
from scenarios.problems import Position, Problems, one_of

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

METHODS = ("morris", "sobol", "pawn", "one-at-a-time")
FITS: dict[str, tuple[str, ...]] = {
    "morris": ("morris", "pawn"),
    "saltelli": ("sobol", "pawn"),
    "one-at-a-time": ("one-at-a-time",),
    "grid": ("one-at-a-time", "pawn"),
    "lhs": ("pawn",),
    "sobol": ("pawn",),
    "list": ("pawn",),
}
"""Methods that fit a design, the usual one first."""
HEADLINES = (
    "true_incidents",
    "true_assaults",
    "coercive_responses",
    "tension",
    "wellbeing",
    "autonomy",
    "relatedness",
    "restrictiveness",
    "familiarity_on_duty",
    "staff_exhaustion",
)
"""Indicators that are analysed unless others are asked for."""

Found: TypeAlias = Morris | Sobol | Pawn | Courses


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found for one indicator of one scenario; ``found`` is ``None`` where ``problem`` says why."""

    scenario: str
    indicator: str
    points: int
    points_without_value: int
    noise: Noise
    found: Found | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The analyses of a sweep; ``digest`` is the same for the same runs, method and resampling."""

    table: RunTable
    method: str
    analyses: tuple[Analysis, ...]
    resamples: int
    seed: int
    digest: str

    def of(self, scenario: str, indicator: str) -> Analysis:
        """Return one analysis; raises ``KeyError`` for one that was not made."""
        for analysis in self.analyses:
            if (analysis.scenario, analysis.indicator) == (scenario, indicator):
                return analysis
        raise KeyError((scenario, indicator))

    def frame(self) -> pd.DataFrame:
        """Return a data frame with a row per scenario, indicator and factor (or level of a course)."""
        import pandas as pd

        from experiments.sensitivity.reporting import flat_rows

        headings, rows = flat_rows(self)
        return pd.DataFrame(rows, columns=headings)

    def answer(self) -> dict[str, Any]:
        """Return the answer of ``detention sensitivity --json`` as a mapping."""
        from experiments.answers import answer
        from experiments.sensitivity.reporting import content

        return answer("sensitivity", **content(self))

    def json(self) -> str:
        """Return the answer of ``detention sensitivity --json`` as text."""
        from experiments.answers import as_json

        return as_json(self.answer())

    def plot(self, indicator: str | None = None, scenario: str | None = None) -> Any:
        """Return the matplotlib figure of one analysis (default: the first).

        Raises ``KeyError`` for one that was not made, and ``ValueError`` where failed runs left too little.
        """
        from experiments.figures.sensitivity import page_of

        first = next(analysis for analysis in self.analyses if analysis.found is not None)
        page = page_of(self, self.of(scenario or first.scenario, indicator or first.indicator))
        if page is None:
            raise ValueError("failed runs left too little of this indicator")
        return page.figure


def analyse_table(
    table: RunTable,
    *,
    method: str | None = None,
    indicators: Sequence[str] = (),
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Sensitivity:
    """Return the sensitivity of the ``indicators`` (default: the main ones) to the factors of a sweep.

    Raises ``ScenarioError`` for an unknown method or one that does not fit the design, for an indicator
    that the sweep does not have, and when failed runs leave too little for every indicator.
    """
    chosen = choose_method(table, method)
    names = choose_indicators(table, indicators)
    analyses, seen = [], hashlib.sha256(f"{chosen} {resamples} {seed}".encode())
    for scenario in table.scenarios:
        own = positions(table.design, table.own_levels(scenario))
        for name in names:
            values = table.values(scenario, name)
            seen.update(f"{scenario} {name}".encode() + values.astype("<f8").tobytes())
            analyses.append(_analysis(table, chosen, scenario, name, own, values, resamples, seed))
    if all(analysis.found is None for analysis in analyses):
        _refuse(table.label, chosen, analyses[0].problem, "a larger design, or more of its runs with a value")
    return Sensitivity(table, chosen, tuple(analyses), resamples, seed, seen.hexdigest())


def choose_method(table: RunTable, method: str | None) -> str:
    """Return the method asked for, or the usual one of the design; refuse what does not fit."""
    fitting = FITS[table.design.kind]
    if not table.design.factors:
        _refuse(table.label, "factors", "none", "a sweep with at least one factor")
    if method is None:
        return fitting[0]
    if method not in METHODS:
        _refuse("command line", "--method", method, one_of(METHODS, ""), method, METHODS)
    if method not in fitting:
        _refuse(
            "command line",
            "--method",
            f"{method} for the {table.design.kind} design of {table.label}",
            one_of(fitting, ""),
        )
    return method


def choose_indicators(table: RunTable, asked: Sequence[str], option: str = "--indicator") -> tuple[str, ...]:
    """Return the indicators asked for, or the main ones of those that the sweep has."""
    known = table.indicators
    problems = Problems()
    for name in asked:
        if name not in known:
            allowed = f"one of the {len(known)} indicators in {table.label}"
            problems.add(Position("command line"), option, name, allowed, name, known)
    problems.raise_if_any()
    return tuple(dict.fromkeys(asked)) or tuple(name for name in HEADLINES if name in known) or known


def _analysis(
    table: RunTable,
    method: str,
    scenario: str,
    indicator: str,
    own: Matrix,
    values: Matrix,
    resamples: int,
    seed: int,
) -> Analysis:
    names = tuple(factor.path for factor in table.design.factors)
    noise = noise_of(values, _blocks(table), resamples=resamples, seed=seed)
    found: Found | None = None
    problem = ""
    try:
        if method == "morris":
            found = morris(names, table.design.shares, values, resamples=resamples, seed=seed)
        elif method == "sobol":
            found = sobol(names, values, resamples=resamples, seed=seed)
            noise = found.noise
        elif method == "pawn":
            found = pawn(names, own, values, resamples=resamples, seed=seed)
        else:
            found = courses(table.design, values, table.own_levels(scenario))
    except TooFewError as error:
        problem = str(error)
    lost = int((~np.isfinite(values).any(axis=1)).sum())
    return Analysis(scenario, indicator, len(values), lost, noise, found, problem)


def _blocks(table: RunTable) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return which points belong together in resampling: trajectories, base rows."""
    width = {"morris": 1, "saltelli": 2}.get(table.design.kind)
    points = np.arange(len(table.design))
    return points if width is None else points // (len(table.design.factors) + width)


def _refuse(where: str, key: str, got: str, allowed: str, word: str = "", names: Sequence[str] = ()) -> None:
    problems = Problems()
    problems.add(Position(where), key, got, allowed, word, names)
    problems.raise_if_any()
