"""Validation: every fact with its value, interval and verdict, from one shared panel of runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from experiments.facts.arms import BASELINE, panel_arms
from experiments.facts.fact import Fact, Target
from experiments.facts.measuring import all_measures, arms_of
from experiments.facts.panel import Failed, Panel, run_panel, tasks_of, work_in
from experiments.facts.readings import Reading
from experiments.facts.reversal import Reversal, reversal_of, work_of_search
from experiments.facts.verdicts import Verdict, holds, judge, named, together
from experiments.nulls import NULLS, Matched, run_null, work_of_nulls
from experiments.runner import Tell

REPLICATES = 32
"""Replicates of the baseline; the other arms are run in proportion."""

SHARE_OF_NULLS = 0.75
"""Replicates of a null against those of the baseline."""


@dataclass(slots=True)
class Result:
    """A fact with what the model says about it."""

    fact: Fact
    readings: tuple[Reading, ...]
    reversal: Reversal | None = None
    nulls: dict[str, bool | None] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole fact: every judged number must hold."""
        return named(judge(self.fact.targets, self.readings), self.fact.use)

    @property
    def nulls_passed(self) -> list[str]:
        """Names of the null models under which the fact holds as well."""
        return [name for name, held in self.nulls.items() if held]

    @property
    def worthless(self) -> bool | None:
        """Whether every null model passes it too; ``None`` where they were not asked or are undecided."""
        return together(list(self.nulls.values()))

    def row(self) -> dict[str, Any]:
        """Return the entry as INTERFACE ``VALID`` has it, and more."""
        fact, main, reading = self.fact, self.fact.main, self.readings[0]
        found = self.reversal
        contested = fact.use == "Fals"
        return {
            "id": fact.id,
            "use": fact.use,
            "value": reading.value,
            "low": reading.low,
            "high": reading.high,
            "n": reading.n,
            "target_low": main.low,
            "target_high": main.high,
            "verdict": self.verdict,
            "reversible": found.reversible if contested and found is not None else None,
            "seen_in_development": fact.seen_in_development,
            "nulls_passed": self.nulls_passed,
            "worthless": self.worthless,
            "nulls_tested": list(self.nulls),
            "direction": main.direction,
            "unit": main.unit,
            **fact.described(),
            "numbers": [
                number_row(target, reading, fact)
                for target, reading in zip(fact.targets, self.readings, strict=True)
            ],
            **(found.row() if contested and found is not None else {}),
        }


def number_row(target: Target, reading: Reading, fact: Fact) -> dict[str, Any]:
    """Return one number of a fact with its own verdict (``null`` where it is only shown)."""
    return {
        "name": target.name,
        "measure": target.measure,
        "meaning": all_measures()[str(target.measure)].meaning,
        "unit": target.unit,
        "value": reading.value,
        "low": reading.low,
        "high": reading.high,
        "n": reading.n,
        "target_low": target.low,
        "target_high": target.high,
        "direction": target.direction,
        "n_due": target.n_due,
        "half_width_due": target.half_width_due,
        "verdict": named(holds(target, reading), fact.use) if target.judged else None,
        "note": reading.note or None,
    }


@dataclass(slots=True)
class Validation:
    """Everything that a validation found."""

    seed: int
    replicates: int
    results: list[Result]
    not_yet: list[Fact]
    nulls: list[Matched]
    failures: list[Failed]
    digest: str
    seconds: float
    runs: dict[str, int]

    def content(self) -> dict[str, Any]:
        """Return the content of the JSON answer."""
        return {
            "seed": self.seed,
            "replicates": self.replicates,
            "digest": self.digest,
            "seconds": round(self.seconds, 1),
            "facts": [result.row() for result in self.results],
            "not_yet": [
                {"id": fact.id, "use": fact.use, "needs": list(fact.needs), "reason": fact.reason}
                | {"statement": fact.statement, "source": fact.source}
                for fact in self.not_yet
            ],
            "nulls": [null.row() for null in self.nulls],
            "arms": self.runs,
            "failures": [failed.row() for failed in self.failures],
        }


Watch = Callable[[str, int], AbstractContextManager[Tell]]
"""Shows the progress of a stage of so many place-days."""


def unwatched(_label: str, _total: int) -> AbstractContextManager[Tell]:
    """Show nothing."""

    def tell(_done: int) -> None:
        pass

    return nullcontext(tell)


def read(fact: Fact, panel: Panel) -> tuple[Reading, ...]:
    """Measure every number of a fact."""
    measures = all_measures()
    return tuple(measures[str(target.measure)].function(panel) for target in fact.targets)


def validate(
    facts: Sequence[Fact],
    *,
    seed: int = 1,
    replicates: int = REPLICATES,
    workers: int | None = None,
    watch: Watch = unwatched,
    vector: Mapping[str, float] | None = None,
    with_nulls: bool = True,
    with_reversal: bool = True,
) -> Validation:
    """Measure facts on one panel, hold them against their targets, null models and plausible vectors.

    ``vector`` holds parameters that replace the registry's defaults throughout.
    """
    started = time.perf_counter()
    measured = [fact for fact in facts if not fact.not_yet]
    panel = _run_arms(measured, seed, replicates, workers, watch, vector)
    results = [Result(fact, read(fact, panel)) for fact in measured]
    found = Validation(
        seed=seed,
        replicates=replicates,
        results=results,
        not_yet=[fact for fact in facts if fact.not_yet],
        nulls=[],
        failures=list(panel.failures),
        digest=panel.digest(),
        seconds=0.0,
        runs={arm: len(harvests) for arm, harvests in panel.harvests.items()},
    )
    if with_reversal:
        _search_reversals(results, seed, workers, watch, vector)
    if with_nulls:
        found.nulls = _hold_against_nulls(results, panel, seed, replicates, workers, watch, vector)
        found.failures += [failed for null in found.nulls for failed in null.failures]
    found.seconds = time.perf_counter() - started
    return found


def _run_arms(
    facts: Sequence[Fact],
    seed: int,
    replicates: int,
    workers: int | None,
    watch: Watch,
    vector: Mapping[str, float] | None,
) -> Panel:
    arms = panel_arms()
    names = arms_of(name for fact in facts for name in fact.measures())
    tasks = tasks_of([arms[name] for name in names], seed=seed, baseline=replicates, vector=vector)
    with watch("facts", work_in(tasks)) as tell:
        return run_panel(tasks, seed=seed, workers=workers, tell=tell)


def _search_reversals(
    results: Sequence[Result],
    seed: int,
    workers: int | None,
    watch: Watch,
    vector: Mapping[str, float] | None,
) -> None:
    contested = [result for result in results if result.fact.use == "Fals"]
    if not contested:
        return
    with watch("signs", work_of_search([result.fact for result in contested])) as tell:
        for result in contested:
            result.reversal = reversal_of(
                result.fact, result.readings[0], seed=seed, workers=workers, tell=tell, vector=vector
            )


def on_baseline(fact: Fact) -> list[int]:
    """Return the positions of the judged numbers of a fact that need the baseline only."""
    measures = all_measures()
    return [
        k
        for k, target in enumerate(fact.targets)
        if target.judged and measures[str(target.measure)].arms == (BASELINE,)
    ]


def holds_under(fact: Fact, panel: Panel) -> bool | None:
    """Say whether the numbers of a fact that need the baseline only hold in another world."""
    measures = all_measures()
    found = []
    for k in on_baseline(fact):
        target = fact.targets[k]
        found.append(holds(target, measures[str(target.measure)].function(panel)))
    return together(found)


def _hold_against_nulls(
    results: Sequence[Result],
    panel: Panel,
    seed: int,
    replicates: int,
    workers: int | None,
    watch: Watch,
    vector: Mapping[str, float] | None,
) -> list[Matched]:
    tested = [result for result in results if 0 in on_baseline(result.fact)]
    if not tested or not panel.of(BASELINE):
        return []
    arm, number = panel_arms()[BASELINE], max(2, round(SHARE_OF_NULLS * replicates))
    nulls = []
    with watch("null models", work_of_nulls(arm, number)) as tell:
        for null in NULLS:
            matched = run_null(
                null,
                panel.of(BASELINE),
                arm,
                seed=seed,
                replicates=number,
                workers=workers,
                tell=tell,
                vector=vector,
            )
            nulls.append(matched)
            for result in tested:
                held = holds_under(result.fact, matched.panel) if matched.panel else None
                result.nulls[null.name] = held if matched.is_matched else None
            matched.panel = Panel(seed, {}, matched.failures)
    return nulls
