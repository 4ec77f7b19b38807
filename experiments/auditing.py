"""The audit of knobs: does each do something, and in the documented direction.

Each parameter, choice and switch is moved from its low to its high plausible end in cut-down versions of
named scenarios, with the same random numbers.  A knob is *alive* if some indicator moves by more than a
tenth of its between-run standard deviation and that is no accident: two runs that differ in anything at
all drift apart, so that a mere difference proves nothing.  The interval of the change must exclude 0,
simultaneously for all indicators and scenarios (Bonferroni).  Knobs that do not pass with a few
replicates get more; those still in doubt are confirmed where they moved most, on fresh runs and for a few
indicators only.  The rest is *dead*: either not one bit changes (``inert``), or nothing but noise and
movements below a tenth are seen (``weak``).

What is moved, and under which conditions, says :mod:`experiments.knobs`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.batches import run_jobs, simulate
from experiments.knobs import MEASURED, Knob, Plan, Sign, all_knobs, knob_at
from experiments.runner import Tell
from experiments.statistics import t_quantile
from sim.indicators import INDICATORS, record_of, summarise
from sim.specification import Specification

Vector = npt.NDArray[np.float64]

SMALLEST = 0.1
"""Between-run standard deviations by which a knob must move something."""
LEVEL = 0.95
SIGN_LEVEL = 0.99
"""Level of the interval of a single documented direction."""
CONFIRMED = 5
"""Indicators that are looked at again on fresh runs."""
FORMS = {indicator.name: indicator.form for indicator in INDICATORS}


@dataclass(slots=True)
class Move:
    """What moving a knob does to one indicator in one scenario, in between-run standard deviations."""

    scenario: str
    indicator: str
    change: float
    half_width: float

    @property
    def moves(self) -> bool:
        """Whether the change is large enough and no accident."""
        return abs(self.change) > SMALLEST and abs(self.change) > self.half_width

    @property
    def clearness(self) -> float:
        """The change against its half-width; a change without any spread is as clear as can be."""
        if self.half_width > 0.0:
            return abs(self.change) / self.half_width
        return math.inf if self.change else 0.0

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --knobs --json``."""
        return {
            "scenario": self.scenario,
            "indicator": self.indicator,
            "change_sd": self.change,
            "half_width_sd": self.half_width,
        }


@dataclass(slots=True)
class Finding:
    """The verdict on one knob: ``alive``, ``weak``, ``inert`` or ``exempt``, and its largest move."""

    knob: Knob
    verdict: str
    largest: Move | None = None
    replicates: int = 0
    note: str = ""

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --knobs --json``."""
        return {
            "path": self.knob.path,
            "low": self.knob.low,
            "high": self.knob.high,
            "verdict": self.verdict,
            "largest": None if self.largest is None else self.largest.row(),
            "replicates": self.replicates,
            "note": self.note,
        }


@dataclass(slots=True)
class SignFinding:
    """Whether a documented direction holds: ``holds``, ``violated`` or ``not clear``."""

    sign: Sign
    move: Move
    verdict: str

    @property
    def expected(self) -> str:
        """The documented direction, ``+`` or ``-``."""
        return "+" if self.sign.sign > 0 else "-"

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --knobs --json``."""
        return {"path": self.sign.path, "expected": self.expected, "verdict": self.verdict, **self.move.row()}


@dataclass(slots=True)
class Audit:
    """Everything the audit found."""

    findings: list[Finding]
    signs: list[SignFinding]

    @property
    def dead(self) -> list[Finding]:
        """The knobs that move nothing beyond doubt."""
        return [finding for finding in self.findings if finding.verdict in ("weak", "inert")]

    @property
    def violations(self) -> list[SignFinding]:
        """The documented directions that do not hold."""
        return [finding for finding in self.signs if finding.verdict == "violated"]


def measure(specification: Specification, seed: int, replicate: int, stop: threading.Event) -> Vector:
    """Return the value of every indicator of one run, not a number where it has none."""
    sums = summarise(record_of(simulate(specification, seed, replicate, stop)))
    return np.array([_value(sums[name].numerator, sums[name].denominator) for name in MEASURED])


def _value(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0.0 else math.nan


def moves_of(differences: Vector, spread: Vector, scenario: str, quantile: float) -> list[Move]:
    """Return what each indicator does, from paired differences (replicates x indicators).

    Indicators that do not vary between runs count one unit of change as large if they move at all.
    Counted events move in steps: a few equal differences of one step do not make a change certain, so
    that their spread counts as one step at least.
    """
    found = []
    for k, name in enumerate(MEASURED):
        column = differences[:, k]
        column = column[np.isfinite(column)]
        if len(column) < 2 or not np.isfinite(spread[k]):
            continue
        scale = spread[k] if spread[k] > 0.0 else max(1e-9, float(np.abs(column).max()))
        deviation = float(column.std(ddof=1))
        if FORMS[name] in ("rate", "share"):
            deviation = max(deviation, _step(column))
        error = deviation / math.sqrt(len(column))
        found.append(Move(scenario, name, float(column.mean()) / scale, quantile * error / scale))
    return found


def _step(differences: Vector) -> float:
    """Return the smallest step between the differences and 0, 0 if there is none."""
    gaps = np.diff(np.unique(np.append(differences, 0.0)))
    return float(gaps.min()) if len(gaps) else 0.0


def simultaneous(replicates: int, comparisons: int) -> float:
    """Return the t quantile at which that many intervals together hold at :data:`LEVEL` (Bonferroni)."""
    return t_quantile(replicates - 1, 1.0 - (1.0 - LEVEL) / comparisons)


def audit(
    plan: Plan,
    knobs: Sequence[Knob] | None = None,
    *,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
) -> Audit:
    """Move every knob and return the verdicts; ``tell`` is called with 1 per knob.

    The result does not depend on ``workers``.
    """
    chosen = all_knobs() if knobs is None else list(knobs)
    spreads = _spreads(plan, workers)
    comparisons = len(MEASURED) * len(plan.scenarios)

    def job(knob: Knob) -> Callable[[threading.Event], tuple[Finding, dict[str, Vector]]]:
        return lambda stop: _judge(knob, plan, spreads, comparisons, stop)

    results = run_jobs([job(knob) for knob in chosen], workers=workers, tell=tell)
    findings = [finding for finding, _ in results]
    by_path = {finding.knob.path: found for finding, found in results}
    signs = [_judge_sign(sign, by_path[sign.path], spreads) for sign in plan.signs if sign.path in by_path]
    return Audit(findings, [sign for sign in signs if sign is not None])


def _spreads(plan: Plan, workers: int | None) -> dict[str, Vector]:
    """Return the between-run standard deviation of every indicator in every scenario."""
    jobs = [
        (lambda stop, s=specification, r=replicate: measure(s, plan.seed, r, stop))
        for specification in plan.scenarios.values()
        for replicate in range(plan.baseline_replicates)
    ]
    rows = np.array(run_jobs(jobs, workers=workers)).reshape(
        len(plan.scenarios), plan.baseline_replicates, len(MEASURED)
    )
    return {name: rows[k].std(axis=0, ddof=1) for k, name in enumerate(plan.scenarios)}


def _judge(
    knob: Knob, plan: Plan, spreads: Mapping[str, Vector], comparisons: int, stop: threading.Event
) -> tuple[Finding, dict[str, Vector]]:
    """Return the verdict on a knob, and the paired differences that were made, by scenario."""
    made: dict[str, Vector] = {}
    if knob.path in plan.exempt:
        return Finding(knob, "exempt", note=plan.exempt[knob.path]), made
    moves: list[Move] = []
    replicates = plan.replicates
    for replicates in (plan.replicates, plan.more_replicates):
        moves = _moves_in_turn(knob, plan, spreads, made, replicates, comparisons, stop)
        if any(move.moves for move in moves):
            break
    _complete_signs(knob, plan, spreads, made, stop)
    if not moves:
        return Finding(knob, "weak", None, 0, "fits no scenario"), made
    if all(move.change == 0.0 and move.half_width == 0.0 for move in moves):
        return Finding(knob, "inert", moves[0], replicates), made
    if not any(move.moves for move in moves):
        moves = _confirmed(knob, plan, spreads, moves, stop)
        replicates = plan.fresh_replicates
    largest = max(moves, key=lambda move: (move.moves, move.clearness))
    return Finding(knob, "alive" if largest.moves else "weak", largest, replicates), made


def _moves_in_turn(
    knob: Knob,
    plan: Plan,
    spreads: Mapping[str, Vector],
    made: dict[str, Vector],
    replicates: int,
    comparisons: int,
    stop: threading.Event,
) -> list[Move]:
    """Return the moves in one scenario after the other, until something moves."""
    moves: list[Move] = []
    for name in plan.scenarios:
        differences = _differences(knob, name, plan, made, replicates, stop)
        if differences is not None:
            moves += moves_of(differences, spreads[name], name, simultaneous(replicates, comparisons))
        if any(move.moves for move in moves):
            break
    return moves


def _confirmed(
    knob: Knob, plan: Plan, spreads: Mapping[str, Vector], moves: Sequence[Move], stop: threading.Event
) -> list[Move]:
    """Return the clearest moves of a knob in doubt as fresh runs show them."""
    clearest = sorted(moves, key=lambda move: -move.clearness)
    where = clearest[0].scenario
    names = [move.indicator for move in clearest if move.scenario == where][:CONFIRMED]
    first = plan.more_replicates
    fresh = _pairs(knob, where, plan, range(first, first + plan.fresh_replicates), stop)
    quantile = simultaneous(plan.fresh_replicates, CONFIRMED)
    found = moves_of(fresh, spreads[where], where, quantile)
    return [move for move in found if move.indicator in names]


def _complete_signs(
    knob: Knob, plan: Plan, spreads: Mapping[str, Vector], made: dict[str, Vector], stop: threading.Event
) -> None:
    """See to it that documented directions have pairs, and more pairs where they are not clear."""
    for sign in plan.signs:
        if sign.path == knob.path:
            for replicates in (plan.replicates, plan.more_replicates):
                _differences(knob, sign.scenario, plan, made, replicates, stop)
                finding = _judge_sign(sign, made, spreads)
                if finding is None or finding.verdict != "not clear":
                    break


def _differences(
    knob: Knob,
    scenario: str,
    plan: Plan,
    made: dict[str, Vector],
    replicates: int,
    stop: threading.Event,
) -> Vector | None:
    """Return high - low for each replicate and indicator, going on from those already made."""
    before = made.get(scenario)
    done = 0 if before is None else len(before)
    if done < replicates:
        more = _pairs(knob, scenario, plan, range(done, replicates), stop)
        if not len(more):
            return None
        made[scenario] = more if before is None else np.vstack([before, more])
    return made[scenario]


def _pairs(knob: Knob, scenario: str, plan: Plan, replicates: range, stop: threading.Event) -> Vector:
    """Return high - low for some replicates; nothing where the knob does not fit the scenario."""
    context = plan.contexts.get(knob.path, {})
    low = knob_at(plan.scenarios[scenario], knob, knob.low, context)
    high = knob_at(plan.scenarios[scenario], knob, knob.high, context)
    if low is None or high is None:
        return np.zeros((0, len(MEASURED)))
    return np.array(
        [measure(high, plan.seed, r, stop) - measure(low, plan.seed, r, stop) for r in replicates]
    )


def _judge_sign(sign: Sign, made: Mapping[str, Vector], spreads: Mapping[str, Vector]) -> SignFinding | None:
    differences = made.get(sign.scenario)
    if differences is None:
        return None
    quantile = t_quantile(len(differences) - 1, SIGN_LEVEL)
    moves = moves_of(differences, spreads[sign.scenario], sign.scenario, quantile)
    move = next((move for move in moves if move.indicator == sign.indicator), None)
    if move is None:
        return None
    if abs(move.change) > move.half_width:
        verdict = "holds" if move.change * sign.sign > 0.0 else "violated"
    else:
        verdict = "not clear"
    return SignFinding(sign, move, verdict)
