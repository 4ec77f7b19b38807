"""Figures of runs and comparisons, as SVG and PNG.

The only package that knows matplotlib.  Figures are made without its global state, in house style:
Okabe-Ito colours together with distinct shapes and line styles, and a caption that says what the
intervals are.  The same runs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from experiments.comparing import Comparison
from experiments.figures.courses import time_courses
from experiments.figures.differences import differences
from experiments.figures.incidents import incidents
from experiments.figures.indicators import indicators
from experiments.figures.needs import needs_of_one, needs_of_several
from experiments.figures.network import network
from experiments.figures.page import Page, house_style
from experiments.figures.scatter import tension_restrictiveness
from experiments.figures.series import Series, series_of
from experiments.runner import Runs
from experiments.statistics import Estimate

__all__ = ["draw_comparison", "draw_run"]

Drawing = tuple[str, Callable[[], Page | None]]


def draw_run(runs: Runs, estimates: dict[str, Estimate], folder: Path) -> list[Path]:
    """Draw the figures of one scenario into ``folder`` and return the files written."""
    if not runs.observations:
        return []
    one = series_of({runs.specification.name: runs}, {runs.specification.name: estimates})[0]
    return _write(
        folder,
        [
            ("time-courses", lambda: time_courses([one])),
            ("needs", lambda: needs_of_one(one)),
            ("incidents", lambda: incidents(one)),
            ("network", lambda: network(one)),
            ("tension-restrictiveness", lambda: tension_restrictiveness([one])),
        ],
    )


def draw_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Draw the figures that set scenarios side by side and return the files written."""
    several: list[Series] = [
        one for one in series_of(comparison.runs, comparison.indicators) if one.runs.observations
    ]
    if not several:
        return []
    return _write(
        folder,
        [
            ("indicators", lambda: indicators(several)),
            ("differences", lambda: differences(several, comparison.contrasts, len(comparison.worlds))),
            ("time-courses", lambda: time_courses(several)),
            ("needs", lambda: needs_of_several(several)),
            ("tension-restrictiveness", lambda: tension_restrictiveness(several)),
        ],
    )


def _write(folder: Path, drawings: Iterable[Drawing]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in drawings:
        with house_style():
            page = draw()
            if page is not None:
                written.extend(page.write(folder / name))
    return written
