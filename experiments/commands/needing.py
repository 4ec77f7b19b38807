"""How many replicates a wanted precision takes: ``needed``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.options import LARGEST_SEED, Json, Off, Sets, Workers, spans

if TYPE_CHECKING:
    from experiments.needed import Need, Wanted
    from experiments.pilots import Quantity
    from sim.specification import Specification

Source = Annotated[
    str,
    typer.Argument(
        metavar="PILOT", help="Folder of a sweep, run or comparison, or a scenario to run as a pilot."
    ),
]
Indicators = Annotated[
    list[str],
    typer.Option(
        "--indicator",
        metavar="NAME",
        help="Indicator to plan for (default: the main ones); may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]
HalfWidth = Annotated[
    float | None,
    typer.Option("--half-width", metavar="X", help="Wanted half-width, in the indicator's unit."),
]
Relative = Annotated[
    float | None,
    typer.Option(metavar="R", help="Wanted half-width as a share of the value (default 0.1)."),
]
Contrasts = Annotated[
    list[str],
    typer.Option(
        "--contrast",
        metavar="A,B",
        help="Plan for a paired difference: A,B in a folder, OTHER beside a scenario; may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]
Replicates = Annotated[int | None, typer.Option(min=2, max=10_000, help="Runs of a new pilot (default 10).")]
Seed = Annotated[
    int | None, typer.Option(min=0, max=LARGEST_SEED, help="First seed of a new pilot (default 1).")
]
Days = Annotated[int | None, typer.Option(min=1, max=36_500, help="Recorded days of a new pilot.")]
BurnIn = Annotated[
    int | None,
    typer.Option("--burn-in", min=0, max=3_650, help="Days before recording starts in a new pilot."),
]

USUAL = 0.1
FEWEST_AT_A_POINT = 5
CAUTION = (
    "Range: what the pilot's own uncertainty leaves open (95 %). For a difference --relative is a\n"
    "share of the second side's value. More replicates narrow run-to-run intervals only, not the\n"
    "uncertainty of the model's assumptions."
)


def register(app: typer.Typer) -> None:
    """Add ``needed``."""
    app.command()(needed)


def needed(
    source: Source,
    *,
    indicators: Indicators,
    half_width: HalfWidth = None,
    relative: Relative = None,
    contrasts: Contrasts,
    replicates: Replicates = None,
    seed: Seed = None,
    days: Days = None,
    burn_in: BurnIn = None,
    workers: Workers = None,
    sets: Sets,
    off: Off,
    json: Json = False,
) -> None:
    """Say how many replicates a wanted half-width takes.

    A folder is read as it is; a scenario is run first.
    """
    wanted = _wanted(half_width, relative)
    folder = Path(source)
    if folder.is_dir():
        given = {"--replicates": replicates, "--seed": seed, "--days": days, "--burn-in": burn_in}
        _refuse_options({**given, "--workers": workers, "--set": sets or None, "--off": off or None})
        found = _of_folder(folder, indicators, contrasts)
    else:
        found = _of_scenario(
            source,
            sets,
            off,
            spans(days, burn_in),
            indicators,
            contrasts,
            replicates or 10,
            1 if seed is None else seed,
            workers,
        )
    from experiments.needed import plan

    plans = [(quantity, plan(quantity.pilot, wanted), _hardest(quantity, wanted)) for quantity in found]
    if json:
        from experiments.answers import print_answer

        print_answer(
            "needed",
            pilot=source,
            half_width=None if wanted.relative else wanted.size,
            relative=wanted.size if wanted.relative else None,
            items=[_row(*entry) for entry in plans],
        )
    else:
        typer.echo(_text(source, plans))


def _wanted(half_width: float | None, relative: float | None) -> Wanted:
    import math

    from experiments.needed import Wanted
    from experiments.usage import refusal

    if half_width is not None and relative is not None:
        raise refusal(
            "--relative", f"{relative:g} and --half-width {half_width:g}", [], wanted="one of the two"
        )
    for option, number in (("--half-width", half_width), ("--relative", relative)):
        if number is not None and not (number > 0.0 and math.isfinite(number)):
            raise refusal(option, f"{number:g}", [], wanted="a number above 0")
    if half_width is not None:
        return Wanted(half_width, relative=False)
    return Wanted(USUAL if relative is None else relative, relative=True)


def _refuse_options(given: dict[str, Any]) -> None:
    from experiments.usage import refusal

    for option, value in given.items():
        if value is not None:
            raise refusal(option, "it with a folder", [], wanted=f"{option} with a scenario only")


def _of_folder(folder: Path, indicators: list[str], contrasts: list[str]) -> list[Quantity]:
    from experiments.pilots import from_results, from_sweep
    from experiments.results import ANSWER_FILE
    from experiments.sensitivity.reading import read_table

    if (folder / ANSWER_FILE).exists():
        return from_results(folder, indicators, contrasts)
    return from_sweep(read_table(folder), indicators, contrasts)


def _of_scenario(
    source: str,
    sets: list[str],
    off: list[str],
    numbers: dict[str, float],
    indicators: list[str],
    contrasts: list[str],
    replicates: int,
    seed: int,
    workers: int | None,
) -> list[Quantity]:
    from experiments.comparing import equal_exposure, expected_residents
    from experiments.compiling import ensure_compiled
    from experiments.pilots import from_runs, known_indicators
    from experiments.progress import reporting
    from experiments.runner import run_replicates, work_of
    from scenarios import load

    known_indicators(indicators)
    specifications = {
        name: load(name, sets=sets, off=off).with_numbers(numbers)
        for name in dict.fromkeys([source, *contrasts])
    }
    _check_sides(specifications, contrasts)
    copies = equal_exposure([expected_residents(s) for s in specifications.values()])
    ensure_compiled()
    work = sum(
        work_of(specification, number, replicates)
        for specification, number in zip(specifications.values(), copies, strict=True)
    )
    with reporting("running the pilot", work) as tell:
        runs = {
            name: run_replicates(
                specification, seed=seed, replicates=replicates, copies=number, workers=workers, tell=tell
            )
            for (name, specification), number in zip(specifications.items(), copies, strict=True)
        }
    return from_runs(runs, indicators, contrasts)


def _check_sides(specifications: dict[str, Specification], contrasts: list[str]) -> None:
    """Refuse a scenario beside itself, and sides that record for different times."""
    from experiments.usage import refusal

    first = next(iter(specifications))
    if first in contrasts:
        raise refusal("--contrast", first, [], wanted="another scenario than PILOT")
    days = {name: int(s.values["run.days"]) for name, s in specifications.items()}
    if len(set(days.values())) > 1:
        listed = ", ".join(f"{name} {span}" for name, span in days.items())
        raise refusal("run.days", listed, [], wanted="the same for all; --days sets it")


def _hardest(quantity: Quantity, wanted: Wanted) -> tuple[int, Need] | None:
    """Return the point of a sweep that needs most, and what it needs.

    Points with few replicates know their own spread so badly that the largest would be chance.
    """
    from experiments.needed import plan

    plans = [(point, plan(pilot, wanted)) for point, pilot in quantity.places if pilot.n >= FEWEST_AT_A_POINT]
    known = [(point, need) for point, need in plans if need.replicates is not None]
    return max(known, key=lambda entry: entry[1].replicates or 0) if known else None


def _row(quantity: Quantity, need: Need, hardest: tuple[int, Need] | None) -> dict[str, Any]:
    pilot = quantity.pilot
    return {
        "of": quantity.of,
        "indicator": quantity.indicator,
        "unit": quantity.unit,
        "pilot": {
            "value": pilot.value,
            "half_width": pilot.half_width,
            "n": pilot.n,
            "spread": pilot.spread,
            "degrees": pilot.degrees,
            "events": pilot.events,
        },
        **need.row(),
        "enough": need.replicates is not None and need.replicates <= pilot.n,
        "hardest_point": None if hardest is None else {"point": hardest[0], **hardest[1].row()},
    }


def _text(source: str, plans: list[tuple[Quantity, Need, tuple[int, Need] | None]]) -> str:
    from experiments.summaries import number
    from experiments.tables import table

    several = len({quantity.of for quantity, _, _ in plans}) > 1
    points = any(quantity.places for quantity, _, _ in plans)
    hard = any(hardest is not None for _, _, hardest in plans)
    headings = ["indicator", "pilot", "half-width", "wanted", "replicates", "range", "rule"]
    rows = []
    for quantity, need, hardest in plans:
        pilot = quantity.pilot
        cells = [
            quantity.indicator.replace("_", " "),
            number(pilot.value),
            number(pilot.half_width),
            number(need.wanted),
            _count(need.replicates),
            f"{_count(need.low)} to {_count(need.high)}" if need.replicates else "-",
            need.rule,
        ]
        if several:
            cells.insert(0, quantity.of)
        if hard:
            cells.append("-" if hardest is None else f"{_count(hardest[1].replicates)} at point {hardest[0]}")
        enough = need.replicates is not None and need.replicates <= pilot.n
        rows.append([*cells, need.note or ("the pilot is enough" if enough else "")])
    if several:
        headings.insert(0, "of")
    headings += [*(["hardest"] if hard else []), "note"]
    first = plans[0][0]
    head = f"{source if several else first.of}: pilot of {first.pilot.n} replicates"
    if points:
        head += f" at each of {len(first.places)} points; spread pooled over them"
    return "\n\n".join([head, table(headings, rows), CAUTION])


def _count(replicates: int | None) -> str:
    return "-" if replicates is None else f"{replicates:,}"
