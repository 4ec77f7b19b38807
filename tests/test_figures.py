"""Figures of runs and comparisons: written whole, the same bytes for the same runs, whatever users wrote."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from experiments.assumptions import Assumed, Decider
from experiments.comparing import Comparison, compare, contrasts_of
from experiments.estimates import estimate_all
from experiments.figures import draw_comparison, draw_run, text
from experiments.figures.courses import course, period_of
from experiments.figures.differences import THICK, THIN, _whisker, factor_of
from experiments.figures.incidents import incidents
from experiments.figures.indicators import indicators
from experiments.figures.places import places
from experiments.figures.series import series_of
from experiments.runner import Keeping, run_replicates
from experiments.statistics import Estimate
from experiments.worlds import World, Worlds
from sim import kernel, schedule
from tests.builders import facility, lively, sites

ROOT = Path(__file__).resolve().parents[1]
OF_RUN = ("time-courses", "needs", "incidents", "network", "tension-restrictiveness")
OF_COMPARISON = ("indicators", "differences", "time-courses", "needs", "tension-restrictiveness")
HOSTILE = (
    "costs $5 and $6_x^2",
    "<b>&amp;\"'</b> \\frac{1}{2} \\$ {} %s",
    "two\nlines\tand \x00\x1b[31m control",
    "\u202ereversed \u05d1\u05d9\u05ea \u0627\u0644\u0633\u062c\u0646 \u76d1\u72f1 \U0001f600 \ud800",
    "very long " * 200,
    "x" * 3000,
    "",
    "   ",
)


def files(*names):
    return [f"{name}.{kind}" for name in names for kind in ("svg", "png")]


@cache
def run(replicates=3, days=30, **numbers):
    return run_replicates(
        lively(numbers={"run.days": days, **numbers}), replicates=replicates, keep=Keeping(moment=True)
    )


@cache
def comparison(scenarios=2, replicates=3):
    made = {
        f"scenario-{k}": lively(numbers={"run.days": 30, "security.static": 0.15 * (k + 1)})
        for k in range(scenarios)
    }
    return compare(made, replicates=replicates)


def drawn(runs, folder, estimates=None):
    return [path.name for path in draw_run(runs, estimates or estimate_all(runs), folder)]


def words_of(path):
    """Return the title and caption that an SVG carries about itself."""
    return re.sub(r"\s+", " ", path.read_text(encoding="utf-8").split("</metadata>")[0])


@pytest.fixture(scope="module", autouse=True)
def kernels():
    """Load the kernels before replicates run in threads."""
    kernel.compiled(schedule.begin)
    kernel.compiled(schedule.run)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Return the folder of one run's figures; below it, in ``comparison``, those of a comparison."""
    folder = tmp_path_factory.mktemp("pictures")
    draw_run(run(), estimate_all(run()), folder)
    draw_comparison(comparison(), folder / "comparison")
    return folder


def alike(a, b):
    """Return whether the files that two folders hold are the same, byte for byte."""
    names = {path.name for path in a.iterdir() if path.is_file()}
    return names == {path.name for path in b.iterdir() if path.is_file()} and all(
        (a / name).read_bytes() == (b / name).read_bytes() for name in names
    )


def test_a_run_gives_every_figure_as_svg_and_png(tmp_path):
    assert drawn(run(), tmp_path) == files(*OF_RUN)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files(*OF_RUN))


def test_a_picture_is_as_wide_as_a_projector(pictures):
    for path in pictures.rglob("*.png"):
        with Image.open(path) as image:
            assert image.size[0] == 1920


def test_the_same_runs_give_the_same_bytes_in_another_process(pictures, tmp_path):
    script = (
        "import sys, pathlib; from tests.test_figures import *; folder = pathlib.Path(sys.argv[1]);"
        "kernel.compiled(schedule.begin); kernel.compiled(schedule.run);"
        "draw_run(run(), estimate_all(run()), folder);"
        "draw_comparison(comparison(), folder / 'comparison')"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "MPLBACKEND": "svg", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT, env=environment)
    assert alike(pictures, tmp_path)
    assert alike(pictures / "comparison", tmp_path / "comparison")


def test_a_users_settings_of_matplotlib_change_nothing_and_are_left_alone(pictures, tmp_path):
    with mpl.rc_context({"font.size": 31, "svg.hashsalt": "x", "axes.grid": True, "lines.linewidth": 9}):
        draw_run(run(), estimate_all(run()), tmp_path)
        assert mpl.rcParams["font.size"] == 31
    assert alike(pictures, tmp_path)


def test_threads_that_draw_at_once_give_the_bytes_of_one(pictures, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        folders = [tmp_path / "a", tmp_path / "b"]
        list(pool.map(partial(draw_run, run(), estimate_all(run())), folders))
    assert all(alike(pictures, folder) for folder in folders)


@pytest.mark.parametrize("shift", [0, 3, 6])
def test_any_title_and_any_name_can_be_drawn(shift, tmp_path):
    runs = run(replicates=2)
    name, title, unit_name = (HOSTILE[(shift + k) % len(HOSTILE)] for k in range(3))
    units = [replace(unit, name=unit_name) for unit in runs.specification.units]
    specification = replace(runs.specification, title=title, name=name, units=tuple(units))
    assert drawn(replace(runs, specification=specification), tmp_path) == files(*OF_RUN)


def test_any_name_of_a_scenario_can_be_drawn(tmp_path):
    runs = run(replicates=2)
    named = dict.fromkeys(HOSTILE, runs)
    several = replace_comparison(named)
    assert [path.name for path in draw_comparison(several, tmp_path)] == files(*OF_COMPARISON)


def replace_comparison(runs):
    return Comparison(
        runs=runs,
        indicators={name: estimate_all(r) for name, r in runs.items()},
        contrasts=contrasts_of(runs),
    )


def test_long_names_can_still_be_told_apart():
    names = [f"{'a' * 60}-{k}-{'b' * 60}" for k in range(5)]
    short = text.different(names, 1.5, 12)
    assert len(set(short)) == 5
    assert max(text.width(name, 12) for name in short) <= 1.5


@pytest.mark.parametrize("words", ["$x$", "\\$x$", "$\\sqrt{2}$ $", "$$"])
def test_text_from_users_never_becomes_a_formula(words):
    shown, is_math = Text()._preprocess_math(text.plain(words))
    assert (shown, is_math) == (words, False)


def test_one_replicate_has_no_intervals_and_says_so(tmp_path):
    assert drawn(run(replicates=1), tmp_path) == files(*OF_RUN)
    assert "no band" in words_of(tmp_path / "time-courses.svg")
    assert "no intervals" in words_of(tmp_path / "needs.svg")


def test_captions_say_what_the_intervals_are_and_that_nothing_is_predicted(pictures):
    for path in pictures.rglob("*.svg"):
        assert "does not predict" in words_of(path), path
    assert "run-to-run" in words_of(pictures / "needs.svg")
    assert "3 runs" in words_of(pictures / "incidents.svg")


def test_runs_without_incidents_can_be_drawn(tmp_path):
    quiet = run_replicates(facility(5, off=("conflict", "wellbeing"), run__days=10), replicates=2)
    assert quiet.observations[0].incidents_per_day.sum() == 0
    assert drawn(quiet, tmp_path) == files(*(name for name in OF_RUN if name != "network"))
    assert "No incidents" in words_of(tmp_path / "incidents.svg")


def test_indicators_without_a_value_leave_a_gap(tmp_path):
    empty = Estimate(None, None, None, 3, note="fewer than 20 cases")
    estimates = dict.fromkeys(estimate_all(run()), empty)
    assert drawn(run(), tmp_path, estimates) == files(*OF_RUN)
    several = comparison()
    hollow = replace(several, indicators=dict.fromkeys(several.runs, estimates))
    assert [path.name for path in draw_comparison(hollow, tmp_path)] == files(*OF_COMPARISON)


def test_no_replicate_gives_no_figure(tmp_path):
    assert draw_run(replace(run(), observations=[]), {}, tmp_path) == []


@pytest.mark.parametrize("days", [1, 10, 400])
def test_runs_of_any_length_can_be_drawn(days, tmp_path):
    assert drawn(run(replicates=2, days=days), tmp_path) == files(*OF_RUN)


@pytest.mark.parametrize("units", [1, 30])
def test_any_number_of_units_can_be_drawn(units, tmp_path):
    runs = run_replicates(sites(units, 4, run__days=10), replicates=2, keep=Keeping(moment=True))
    assert drawn(runs, tmp_path) == files(*OF_RUN)


@pytest.mark.parametrize("scenarios", [1, 6, 8])
def test_any_number_of_scenarios_can_be_drawn(scenarios, tmp_path):
    written = [path.name for path in draw_comparison(comparison(scenarios), tmp_path)]
    expected = [name for name in OF_COMPARISON if scenarios > 1 or name != "differences"]
    assert written == files(*expected)


def test_a_course_is_the_ratio_of_sums_in_each_period():
    one = series_of({"a": run()}, {"a": estimate_all(run())})[0]
    found = course(one, "tension", 7)
    daily = np.array([o.courses["tension"] for o in one.runs.observations])
    people = np.array([o.courses["residents"] for o in one.runs.observations])
    assert found.mean[0] == pytest.approx(daily[:, :7].sum() / people[:, :7].sum())
    assert found.mean[-1] == pytest.approx(daily[:, 21:].sum() / people[:, 21:].sum())
    assert len(found.days) == 4
    assert found.replicates.shape == (3, 4)


def test_a_point_stands_for_a_day_a_week_or_whole_weeks():
    assert [period_of(days) for days in (10, 28, 365, 3650)] == [1, 7, 7, 21]


def test_a_factor_is_one_scenario_divided_by_the_reference_whichever_way_the_contrast_was_taken():
    several = comparison()
    first, second = series_of(several.runs, several.indicators)
    for one, reference in ((first, second), (second, first)):
        found = factor_of(one, reference, several.contrasts, "tension")
        assert found.value == pytest.approx(one.value("tension") / reference.value("tension"))
        assert found.interval[0] <= found.value <= found.interval[1]


def test_identical_scenarios_do_not_differ_clearly(tmp_path):
    runs = run()
    same = replace_comparison({"a": runs, "b": runs})
    draw_comparison(same, tmp_path)
    assert ": 0 of" in words_of(tmp_path / "differences.svg")


def test_people_in_the_picture_do_not_stand_on_each_other():
    people = [f"p{k}" for k in range(60)]
    pairs = [(f"p{k}", f"p{(k * 7) % 40}", 1.0) for k in range(40) if k != (k * 7) % 40]
    found = np.array(list(places(people, pairs, 8.5, 5.2).values()))
    assert len(found) == 60
    assert (found >= 0).all()
    assert (found <= [8.5, 5.2]).all()
    apart = np.sqrt(((found[:, None] - found[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.2


# --- intervals over assumptions -------------------------------------------------------------------------


def assumed_comparison(low, high, same_sign):
    """Return a comparison whose tension has an assumption interval of its ratio."""
    several = comparison()
    said = Assumed(
        -0.1, 0.1, same_sign, Decider("coupling.news", "above", 0.5, 0.9, 8, 8), 8, ratio=(low, high)
    )
    contrasts = [replace(c, assumed=said) if c.indicator == "tension" else c for c in several.contrasts]
    worlds = Worlds(tuple(World(k, {}, None) for k in range(8)))
    return replace(several, contrasts=contrasts, worlds=worlds)


@pytest.mark.parametrize(("low", "high", "strokes"), [(0.5, 0.8, 2), (0.001, 0.8, 2), (0.001, 0.002, 1)])
def test_the_assumption_interval_is_a_thin_line_with_a_stroke_or_an_arrow_at_each_end(low, high, strokes):
    figure = Figure()
    axes = figure.subplots()
    _whisker(axes, (low, high), 0.0, 2.0, "black")
    line, *ends = axes.lines
    assert line.get_linewidth() == THIN < THICK
    assert len(ends) == strokes
    assert [end.get_marker() for end in ends] == ["<" if low < 0.5 else "|", "|"][:strokes]


def test_a_sign_that_depends_on_assumptions_is_neither_better_nor_worse():
    several = assumed_comparison(0.9, 1.2, 0.6)
    reference, one = series_of(several.runs, several.indicators)
    clear = [
        replace(
            c,
            difference=replace(c.difference, low=abs(c.difference.value) / 2, value=abs(c.difference.value)),
        )
        for c in several.contrasts
        if c.indicator == "tension"
    ]
    factor = factor_of(
        one, reference, [replace(c, difference=replace(c.difference, high=1.0)) for c in clear], "tension"
    )
    assert factor.verdict == "depends"


def test_the_interval_of_a_ratio_is_turned_round_with_the_scenarios():
    several = assumed_comparison(0.5, 0.8, 1.0)
    one, other = series_of(several.runs, several.indicators)
    assert factor_of(one, other, several.contrasts, "tension").assumption == (0.5, 0.8)
    assert factor_of(other, one, several.contrasts, "tension").assumption == (1.25, 2.0)


def test_the_caption_says_how_many_worlds_there_are_and_only_where_there_are_any(pictures, tmp_path):
    draw_comparison(assumed_comparison(0.5, 0.8, 1.0), tmp_path)
    words = words_of(tmp_path / "differences.svg")
    assert "middle 95" in words
    assert "8 plausible worlds" in words
    without = words_of(pictures / "comparison" / "differences.svg")
    assert "plausible worlds" not in without
    assert "do not cover the uncertainty" in without


@given(
    words=st.lists(st.text("ilmW1.", min_size=1, max_size=14), min_size=1, max_size=60),
    inches=st.floats(2.5, 12.0),
    even=st.booleans(),
)
def test_text_that_fits_its_lines_is_never_cut(words, inches, even):
    lines = text.wrap(" ".join(words), inches, 11.0, lines=99, even=even)
    assert " ".join(lines) == " ".join(words)
    assert max(text.width(line, 11.0) for line in lines) <= inches


def test_a_scale_from_0_to_1_ends_there_however_long_the_interval():
    several = series_of(comparison().runs, comparison().indicators)
    name = several[0].key
    wide = {**comparison().indicators[name], "restrictiveness": Estimate(0.4, -2.0, 3.0, 2)}
    page = indicators(series_of(comparison().runs, {**comparison().indicators, name: wide}))
    assert [axes.get_xlim() for axes in page.figure.axes][8] == (0.0, 1.0)


def test_incidents_outside_can_be_the_most_frequent():
    moved = replace(run(), observations=[outside(observation) for observation in run().observations])
    page = incidents(series_of({"a": moved}, {"a": estimate_all(run())})[0])
    assert "100 % happen outside" in " ".join(line.get_text() for line in page.figure.texts)


def outside(observation):
    """Return a replicate with every incident moved to the place named last."""
    where = np.zeros_like(observation.where)
    where[:, -1] = observation.where.sum(axis=1)
    return replace(observation, where=where)
