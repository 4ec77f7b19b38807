"""What every mechanism does, and whether every knob does something: ``ablate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.options import BurnIn, Days, Json, Seed, Workers, spans

if TYPE_CHECKING:
    from experiments.ablation import Ablation
    from experiments.auditing import Audit

Scenario = Annotated[
    str | None, typer.Argument(metavar="[SCENARIO]", help="NAME, FILE.yaml or SCENARIO+OVERLAY+...")
]
Knobs = Annotated[
    bool, typer.Option("--knobs", help="Audit every parameter, choice and switch instead of one scenario.")
]
Only = Annotated[
    list[str],
    typer.Option(
        "--only",
        metavar="PATH",
        help="With --knobs: audit this knob only; may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]
Replicates = Annotated[
    int | None, typer.Option(min=2, max=100_000, help="Pairs of runs (default 10; per knob 4, in doubt 12).")
]

CAUTION = (
    "Differences are off minus on, with the same random numbers and 95 % run-to-run intervals. Switching a\n"
    "feedback off also moves the level at which everything else works: a difference is both together."
)
MOST_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add ``ablate``."""
    app.command()(ablate)


def ablate(
    reference: Scenario = None,
    *,
    knobs: Knobs = False,
    only: Only,
    replicates: Replicates = None,
    seed: Seed = 1,
    days: Days = None,
    burn_in: BurnIn = None,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Switch each mechanism off in turn and show what moves.

    With --knobs every parameter, choice and switch is moved instead, and those that do nothing are named.
    """
    from experiments.usage import refusal

    if knobs == (reference is not None):
        got = "a scenario and --knobs" if knobs else "nothing"
        raise refusal("SCENARIO", got, [], wanted="a scenario, or --knobs")
    if only and not knobs:
        raise refusal("--only", only[0], [], wanted="--only together with --knobs")
    if knobs:
        _audit(only, replicates, seed, days, burn_in, workers, json=json)
    else:
        _ablate(str(reference), replicates or 10, seed, days, burn_in, workers, json=json)


def _ablate(
    reference: str,
    replicates: int,
    seed: int,
    days: int | None,
    burn_in: int | None,
    workers: int | None,
    *,
    json: bool,
) -> None:
    from experiments.ablation import ablate_all, ablation_work
    from experiments.compiling import ensure_compiled
    from experiments.progress import reporting
    from scenarios import load

    specification = load(reference).with_numbers(spans(days, burn_in))
    ensure_compiled()
    with reporting("ablating", ablation_work(specification, replicates)) as tell:
        found = ablate_all(specification, replicates=replicates, seed=seed, workers=workers, tell=tell)
    if json:
        from experiments.answers import print_answer

        print_answer(
            "ablate",
            scenario=specification.name,
            seed=seed,
            days=int(specification.values["run.days"]),
            replicates=replicates,
            note=" ".join(CAUTION.split()),
            items=[entry.row() for entry in found],
        )
        return
    typer.echo(f"{specification.title}\n{replicates} pairs of runs, seed {seed}\n")
    for entry in found:
        typer.echo(_ablation_text(entry) + "\n")
    typer.echo(CAUTION)


def _ablation_text(entry: Ablation) -> str:
    from experiments.summaries import number
    from experiments.tables import table

    head = f"{entry.mechanism} off ({entry.neutral})"
    if entry.already_off:
        return f"{head}\n  is off in this scenario"
    rows = [
        (
            "  " + c.indicator.replace("_", " "),
            number(c.value_on),
            number(c.value_off),
            number(c.difference.value),
            f"[{number(c.difference.low)}, {number(c.difference.high)}]",
        )
        for c in entry.clearest(MOST_SHOWN)
    ]
    if not rows:
        return f"{head}\n  nothing moves clearly"
    return f"{head}\n" + table(("  indicator", "on", "off", "difference", "interval"), rows)


def _audit(
    only: list[str],
    replicates: int | None,
    seed: int,
    days: int | None,
    burn_in: int | None,
    workers: int | None,
    *,
    json: bool,
) -> None:
    from experiments.auditing import audit
    from experiments.compiling import ensure_compiled
    from experiments.knobs import all_knobs, chosen_knobs, read_plan
    from experiments.progress import reporting

    plan = read_plan(seed=seed, numbers=spans(days, burn_in))
    if replicates is not None:
        plan = plan.with_replicates(replicates)
    knobs = chosen_knobs(only) if only else all_knobs()
    ensure_compiled()
    with reporting("auditing", len(knobs)) as tell:
        found = audit(plan, knobs, workers=workers, tell=tell)
    if json:
        from experiments.answers import print_answer

        print_answer("ablate", **_audit_content(found, list(plan.scenarios), seed))
    else:
        typer.echo(_audit_text(found))


def _audit_content(found: Audit, scenarios: list[str], seed: int) -> dict[str, Any]:
    return {
        "scenarios": scenarios,
        "seed": seed,
        "items": [finding.row() for finding in found.findings],
        "dead": [finding.knob.path for finding in found.dead],
        "signs": [finding.row() for finding in found.signs],
        "violations": [finding.row() for finding in found.violations],
    }


def _audit_text(found: Audit) -> str:
    from experiments.auditing import SMALLEST
    from experiments.tables import short, table

    verdicts = [finding.verdict for finding in found.findings]
    counts = ", ".join(f"{verdicts.count(name)} {name}" for name in ("alive", "weak", "inert", "exempt"))
    lines = [
        f"{len(verdicts)} knobs: {counts}",
        f"alive: moves an indicator by more than {SMALLEST} between-run standard deviations beyond doubt",
    ]
    if found.dead:
        rows = [
            (
                f.knob.path,
                str(f.knob.low),
                str(f.knob.high),
                f.verdict,
                "-" if f.largest is None else f"{f.largest.change:+.2f} +- {f.largest.half_width:.2f}",
                f.note if f.largest is None else f"{f.largest.indicator} in {f.largest.scenario}",
            )
            for f in found.dead
        ]
        lines += ["", "Dead knobs", table(("path", "low", "high", "verdict", "most, in SD", "where"), rows)]
    clear = [sign for sign in found.signs if sign.verdict == "holds"]
    lines += ["", f"Documented directions: {len(clear)} of {len(found.signs)} hold clearly"]
    rest = [sign for sign in found.signs if sign.verdict != "holds"]
    if rest:
        directions = [
            (s.sign.path, s.move.indicator, s.expected, s.verdict, short(round(s.move.change, 2)))
            for s in rest
        ]
        lines.append(table(("path", "indicator", "expected", "verdict", "found, in SD"), directions))
    return "\n".join(lines)
