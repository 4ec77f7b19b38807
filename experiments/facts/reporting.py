"""The validation as people read it: misses first, fitted facts apart, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.facts.fact import Fact, Target
from experiments.facts.readings import Reading
from experiments.facts.validation import Result, Validation
from experiments.facts.verdicts import UNDECIDED, holds, named
from experiments.summaries import number
from experiments.tables import table

ORDER = {"fail": 0, "outside": 0, UNDECIDED: 1, "pass": 2, "inside": 2}
HEADINGS = ("fact", "verdict", "value", "interval (95 %)", "target", "n", "what was measured")


def report(validation: Validation) -> str:
    """Return the whole report."""
    groups = (
        ("Tested, never fitted (Val)", "Val"),
        ("Contested in the literature: the model may come out on either side (Fals)", "Fals"),
        ("Fitted, so no test of the model (Cal)", "Cal"),
    )
    parts = [_head(validation)]
    parts += [_group(title, use, validation.results) for title, use in groups]
    parts += [_worthless(validation), _nulls(validation), _not_yet(validation.not_yet), _failures(validation)]
    parts.append(CAUTION)
    return "\n\n".join(part for part in parts if part)


CAUTION = (
    "Intervals are run-to-run and leave out the uncertainty of assumptions. '(seen)': the fact shaped a\n"
    "prototype, so passing it is no independent test. The model explores and explains; it does not predict."
)


def _head(validation: Validation) -> str:
    counts = {word: sum(r.verdict == word for r in validation.results) for word in ORDER}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    runs = sum(validation.runs.values())
    return (
        f"{len(validation.results)} facts measured: {told or 'none'}; {len(validation.not_yet)} not yet.\n"
        f"{runs} runs (baseline {validation.runs.get('baseline', 0)} years), seed {validation.seed}, "
        f"{validation.seconds:.0f} s"
    )


def _group(title: str, use: str, results: Sequence[Result]) -> str:
    chosen = [result for result in results if result.fact.use == use]
    if not chosen:
        return ""
    ordered = sorted(chosen, key=lambda result: (ORDER[result.verdict], result.fact.id))
    rows = [row for result in ordered for row in _rows(result)]
    notes = [note for result in ordered for note in _notes(result)]
    return "\n".join([title, table(HEADINGS, rows), *notes])


def _rows(result: Result) -> list[tuple[str, ...]]:
    fact = result.fact
    seen = " (seen)" if fact.seen_in_development else ""
    several = len([target for target in fact.targets if target.judged]) > 1
    rows: list[tuple[str, ...]] = []
    if several:
        rows.append((f"{fact.id}{seen}", result.verdict.upper(), "", "", "", "", fact.statement))
    for target, reading in zip(fact.targets, result.readings, strict=True):
        first = target is fact.main and not several
        verdict = named(holds(target, reading), fact.use) if target.judged else "(shown)"
        label = f"{fact.id}{seen}" if first else f"  {target.name}"
        what = fact.statement if first else _measured(target)
        rows.append(
            (
                label,
                verdict.upper() if first else verdict,
                number(reading.value),
                _interval(reading),
                _target(target),
                str(reading.n),
                what,
            )
        )
    return rows


def _measured(target: Target) -> str:
    from experiments.facts.measuring import all_measures

    return all_measures()[str(target.measure)].meaning


def _interval(reading: Reading) -> str:
    if reading.low is None or reading.high is None:
        return reading.note or "-"
    return f"[{number(reading.low)}, {number(reading.high)}]"


def _target(target: Target) -> str:
    if not target.judged:
        return "-"
    if target.direction is not None:
        side = "above" if target.direction == "positive" else "below"
        return f"{side} {number(target.neutral)}"
    low, high = target.bounds
    if low == float("-inf"):
        return f"at most {number(high)}"
    if high == float("inf"):
        return f"at least {number(low)}"
    return f"{number(low)} to {number(high)}"


def _notes(result: Result) -> list[str]:
    """Return what has to be said about a fact below its table."""
    fact, found = result.fact, result.reversal
    said = []
    if found is not None and found.reversible is True and found.reading is not None:
        said.append(
            f"{fact.id}: a plausible parameter vector turns the sign (value {number(found.reading.value)}, "
            f"{_interval(found.reading)}); it is stored as reversing_vector"
        )
    elif found is not None and found.reversible is False:
        said.append(f"{fact.id}: none of {found.tried} plausible parameter vectors turns the sign clearly")
    if fact.note:
        said.append(f"{fact.id}: {fact.note}")
    return said


def _worthless(validation: Validation) -> str:
    chosen = [result.fact.id for result in validation.results if result.worthless]
    if not validation.nulls:
        return ""
    if not chosen:
        return "No fact is passed by every null model."
    return (
        f"Worthless as evidence for the mechanisms, since every null model passes them too: "
        f"{', '.join(chosen)}"
    )


def _nulls(validation: Validation) -> str:
    if not validation.nulls:
        return ""
    rows = []
    for matched in validation.nulls:
        name = matched.null.name
        passed, failed, open_ = (_ids(validation.results, name, held) for held in (True, False, None))
        gap = f"{matched.gap:+.1%}" if matched.is_matched else f"{matched.gap:+.1%} NOT MATCHED"
        rows.append((matched.null.title, gap, failed or "-", open_ or "-", passed or "-"))
    headings = ("null model", "incident rate", "tells it from the model", "undecided", "it passes too")
    return "Null models, scaled to the baseline's rate of incidents\n" + table(headings, rows)


def _ids(results: Sequence[Result], null: str, held: bool | None) -> str:  # noqa: FBT001 - what is looked for
    return " ".join(r.fact.id for r in results if null in r.nulls and r.nulls[null] is held)


def _not_yet(facts: Sequence[Fact]) -> str:
    if not facts:
        return ""
    rows = [(fact.id, fact.use, ", ".join(fact.needs), f"{fact.statement}: {fact.reason}") for fact in facts]
    return "Not yet\n" + table(("fact", "use", "needs", "why"), rows)


def _failures(validation: Validation) -> str:
    if not validation.failures:
        return ""
    lines = [f"{f.arm}, replicate {f.replicate}: {f.reason}" for f in validation.failures]
    return "Runs that failed\n" + "\n".join(lines)
