"""The audit of knobs: does each do something, and in the documented direction.

Each parameter, choice and switch is moved from its low to its high plausible end in cut-down versions of
named scenarios, with the same random numbers.  A knob is *alive* if some indicator moves by more than a
tenth of its between-run standard deviation and that is no accident: two runs that differ in anything at
all drift apart, so that a mere difference proves nothing.  The interval of the change must exclude 0,
simultaneously for all indicators and scenarios (Bonferroni).  Knobs that do not pass with a few
replicates get more; those still in doubt are confirmed where they moved most, on fresh runs and for a few
indicators only.  The rest is *dead*: either not one bit changes (``inert``), or nothing but noise and
movements below a tenth are seen (``weak``).

Scenarios, conditions and documented directions are data: ``auditing.yaml`` beside this file.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.batches import run_jobs, simulate
from experiments.designs import Level, at_point
from experiments.estimates import estimate
from experiments.runner import Runs, Tell, run_replicates, work_of
from experiments.statistics import Difference, half_width, paired_difference, t_quantile
from sim.indicators import INDICATORS, Indicator, record_of, summarise
from sim.inputs import CHOICES
from sim.mechanisms import NAMES, all_mechanisms
from sim.parameters import registry
from sim.specification import Specification

Vector = npt.NDArray[np.float64]

DATA = Path(__file__).with_name("auditing.yaml")
SMALLEST = 0.1
"""Between-run standard deviations by which a knob must move something."""
LEVEL = 0.95
SIGN_LEVEL = 0.99
"""Level of the interval of a single documented direction."""
CONFIRMED = 5
"""Indicators that are looked at again on fresh runs."""
MEASURED = tuple(indicator.name for indicator in INDICATORS if indicator.form != "share_of_persons")
FORMS = {indicator.name: indicator.form for indicator in INDICATORS}


@dataclass(frozen=True, slots=True)
class Sign:
    """A documented direction: raising ``path`` moves ``indicator`` up (+1) or down (-1)."""

    path: str
    indicator: str
    sign: int
    scenario: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to audit and how hard."""

    scenarios: dict[str, Specification]
    exempt: dict[str, str]
    contexts: dict[str, dict[str, Any]]
    signs: tuple[Sign, ...]
    replicates: int = 4
    more_replicates: int = 12
    fresh_replicates: int = 24
    baseline_replicates: int = 20
    seed: int = 1

    def with_replicates(self, number: int) -> Plan:
        """Return the plan with so many pairs per knob, and more where in doubt."""
        return replace(self, replicates=number, more_replicates=3 * number, fresh_replicates=6 * number)


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter, choice or switch with the values it is moved between."""

    path: str
    low: Level
    high: Level


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


def read_plan(path: Path = DATA, *, seed: int = 1, numbers: Mapping[str, float] | None = None) -> Plan:
    """Return the plan in a file; ``numbers`` are set in every scenario.

    Raises ``ScenarioError`` for paths, indicators or scenarios that do not exist.
    """
    from ruamel.yaml import YAML

    import scenarios

    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    loaded = {
        entry["reference"]: cut_down(scenarios.load(entry["reference"]), int(entry["units"])).with_numbers(
            dict(numbers or {})
        )
        for entry in data["scenarios"]
    }
    first = next(iter(loaded))
    signs = tuple(
        Sign(e["path"], e["indicator"], 1 if e["sign"] == "+" else -1, e.get("scenario", first))
        for e in data["signs"]
    )
    contexts = {key: dict(value) for key, value in data["contexts"].items()}
    _check_names(path.name, [*data["exempt"], *contexts, *(sign.path for sign in signs)], signs, loaded)
    return Plan(loaded, dict(data["exempt"]), contexts, signs, seed=seed)


def _check_names(
    label: str, paths: Sequence[str], signs: Sequence[Sign], loaded: Mapping[str, Specification]
) -> None:
    from scenarios.problems import Position, Problems

    problems = Problems()
    known = [*registry(), *CHOICES]
    for path in paths:
        if path not in known:
            problems.add(Position(label), path, "an unknown path", "a parameter or choice", path, known)
    for sign in signs:
        if sign.indicator not in MEASURED:
            got = sign.indicator
            problems.add(Position(label), sign.path, got, "an indicator", got, MEASURED)
        if sign.scenario not in loaded:
            got = sign.scenario
            problems.add(Position(label), sign.path, got, "a scenario of the audit", got, loaded)
    problems.raise_if_any()


def cut_down(specification: Specification, units: int) -> Specification:
    """Return the facility with only its first units."""
    return replace(specification, units=specification.units[:units])


def all_knobs() -> list[Knob]:
    """Return every parameter between its plausible ends, every choice against the first, every switch."""
    found = [Knob(p.path, p.plausible_low, p.plausible_high) for p in registry().values()]
    for path, names in CHOICES.items():
        found += [Knob(path, names[0], name) for name in names[1:]]
    return found + [Knob(f"mechanisms.{name}", low=True, high=False) for name in NAMES]


def chosen_knobs(paths: Sequence[str]) -> list[Knob]:
    """Return the knobs with these paths; raises ``ScenarioError`` for one that does not exist."""
    from scenarios.problems import Position, Problems

    problems = Problems()
    knobs = all_knobs()
    known = [knob.path for knob in knobs]
    for path in paths:
        if path not in known:
            wanted = "a parameter, choice or switch"
            problems.add(Position("command line"), "--only", path, wanted, path, known)
    problems.raise_if_any()
    return [knob for knob in knobs if knob.path in paths]


def knob_at(specification: Specification, knob: Knob, level: Level, context: Mapping[str, Any]) -> Any:
    """Return the facility with a knob at a level and what must be set beside it.

    ``None`` where the level does not go with the scenario's other numbers.
    """
    from scenarios import ScenarioError

    settings = dict(context)
    regime = settings.pop("regime", None)
    if regime is not None:
        units = tuple(replace(unit, regime=regime) for unit in specification.units)
        specification = replace(specification, units=units)
    policy = settings.pop("promotion.policy", None)
    if policy is not None:
        from scenarios.frameworks import shipped

        specification = replace(specification, policy=shipped(policy))
    try:
        return at_point(specification, {**settings, knob.path: level})
    except ScenarioError:
        return None


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


# --- mechanisms off in turn ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What switching a mechanism off does to one indicator: off - on."""

    indicator: str
    value_on: float | None
    value_off: float | None
    difference: Difference

    @property
    def clearness(self) -> float:
        """Difference over its half-width, 0 where the interval includes 0 or there is none."""
        half = half_width(self.difference)
        if not self.difference.clear or half is None or self.difference.value is None:
            return 0.0
        return abs(self.difference.value) / max(half, 1e-12)

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --json``."""
        d = self.difference
        return {
            "indicator": self.indicator,
            "on": self.value_on,
            "off": self.value_off,
            "difference": {"value": d.value, "low": d.low, "high": d.high, "n": d.n},
            "ratio": d.ratio,
            "clear": d.clear,
        }


@dataclass(frozen=True, slots=True)
class Ablation:
    """What switching one mechanism off does to every indicator."""

    mechanism: str
    neutral: str
    already_off: bool
    changes: list[Change]

    def clearest(self, number: int) -> list[Change]:
        """Return the changes that stand out most."""
        clear = [change for change in self.changes if change.clearness > 0.0]
        return sorted(clear, key=lambda change: -change.clearness)[:number]

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention ablate --json``."""
        return {
            "mechanism": self.mechanism,
            "neutral": self.neutral,
            "already_off": self.already_off,
            "changes": [change.row() for change in self.changes],
        }


def ablation_work(specification: Specification, replicates: int) -> int:
    """Return the place-days that an ablation takes."""
    on = sum(specification.mechanisms.values())
    return work_of(specification, 1, replicates) * (1 + on)


def ablate_all(
    specification: Specification,
    *,
    replicates: int = 10,
    seed: int = 1,
    workers: int | None = None,
    tell: Tell = lambda _done: None,
) -> list[Ablation]:
    """Switch every mechanism off in turn, with the same random numbers, in schedule order."""

    def runs(described: Specification) -> Runs:
        return run_replicates(described, seed=seed, replicates=replicates, workers=workers, tell=tell)

    base = runs(specification)
    found = []
    for mechanism in all_mechanisms():
        if not specification.mechanisms[mechanism.name]:
            found.append(Ablation(mechanism.name, mechanism.neutral, already_off=True, changes=[]))
            continue
        off = runs(specification.with_mechanisms(**{mechanism.name: False}))
        changes = [_change(base, off, indicator) for indicator in INDICATORS if indicator.name in MEASURED]
        found.append(Ablation(mechanism.name, mechanism.neutral, already_off=False, changes=changes))
    return found


def _change(on: Runs, off: Runs, indicator: Indicator) -> Change:
    difference = paired_difference(
        off.vectors(indicator.name), on.vectors(indicator.name), form=indicator.form, unit=indicator.unit
    )
    return Change(indicator.name, estimate(on, indicator).value, estimate(off, indicator).value, difference)
