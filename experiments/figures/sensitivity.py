"""Sensitivity: a page per scenario and indicator, factors in rows or their courses in panels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from experiments.figures import indices, panels
from experiments.figures.page import Page, house_style
from experiments.sensitivity.analysis import Analysis, Sensitivity
from experiments.sensitivity.courses import Courses

Draw = Callable[[Sensitivity, Analysis], Page]


def draw_sensitivity(result: Sensitivity, folder: Path) -> list[Path]:
    """Draw every analysis into ``folder`` and return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for analysis in result.analyses:
        page = page_of(result, analysis)
        if page is not None:
            with house_style():
                written.extend(page.write(folder / _name(result, analysis)))
    return written


def page_of(result: Sensitivity, analysis: Analysis) -> Page | None:
    """Return the page of one analysis, ``None`` where failed runs left nothing to draw."""
    if analysis.found is None:
        return None
    draw: Draw = panels.courses if isinstance(analysis.found, Courses) else indices.indices
    with house_style():
        return draw(result, analysis)


def _name(result: Sensitivity, analysis: Analysis) -> str:
    """Return a file name; scenarios are numbered, because their names may hold anything."""
    scenarios = result.table.scenarios
    name = f"{result.method}-{analysis.indicator.replace('_', '-')}"
    return name if len(scenarios) == 1 else f"{name}-{scenarios.index(analysis.scenario) + 1}"
