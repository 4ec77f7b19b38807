"""Figures of sensitivity: one per analysis, the same bytes for the same runs, whatever users wrote."""

import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from experiments.figures.sensitivity import draw_sensitivity, page_of
from experiments.sensitivity.analysis import analyse_table
from experiments.sensitivity.table import RunTable
from tests.sensitivity.toys import table

ROOT = Path(__file__).resolve().parents[2]
PATHS = {"residents.occupancy": None, "security.relational": None, "coupling.news": None}
KINDS = (("morris", 10), ("saltelli", 16), ("lhs", 60), ("one-at-a-time", 0), ("grid", 3))
HOSTILE = ("costs $5 and $6_x^2", "<b>&amp;</b> \\frac{1}{2}", "very long " * 200, "two\nlines\x00", "")


def slope(u):
    return 0.2 + 0.4 * u[0] - 0.1 * u[1]


def result(kind, samples, replicates=3, **options):
    return analyse_table(
        table(kind, PATHS, slope, samples=samples, sd=0.02, replicates=replicates, **options)
    )


def drawn(kind, samples, folder):
    return draw_sensitivity(result(kind, samples), folder)


def words(page):
    return " ".join(item.get_text() for item in page.figure.findobj(Text))


@pytest.mark.parametrize(("kind", "samples"), KINDS)
def test_an_analysis_gives_a_figure_as_wide_as_a_projector(kind, samples, tmp_path):
    method = result(kind, samples).method
    assert [path.name for path in drawn(kind, samples, tmp_path)] == [
        f"{method}-tension.svg",
        f"{method}-tension.png",
    ]
    with Image.open(tmp_path / f"{method}-tension.png") as image:
        assert image.size[0] == 1920


def test_the_same_runs_give_the_same_bytes_in_another_process(tmp_path):
    script = (
        "import sys, pathlib; from tests.sensitivity.test_sensitivity_figures import *\n"
        "for kind, samples in KINDS: drawn(kind, samples, pathlib.Path(sys.argv[1]) / kind)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4321", "MPLBACKEND": "svg", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "b")], check=True, cwd=ROOT, env=environment)
    with mpl.rc_context({"font.size": 31, "svg.hashsalt": "x"}):
        paths = [path for kind, samples in KINDS for path in drawn(kind, samples, tmp_path / "a" / kind)]
    for path in paths:
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize(("kind", "samples"), KINDS)
def test_a_caption_says_how_many_runs_and_what_the_intervals_are(kind, samples):
    found = result(kind, samples)
    text = re.sub(r"\s+", " ", words(page_of(found, found.analyses[0])))
    assert "3 runs per point" in text
    assert "95 % bootstrap intervals" in text or "95 % t intervals over replicates" in text
    assert "it does not predict" in text


@pytest.mark.parametrize(("kind", "samples"), KINDS)
def test_the_title_names_the_strongest_factor(kind, samples):
    found = result(kind, samples)
    assert "Tension: moved most by residents.occupancy" in words(page_of(found, found.analyses[0]))


def test_failed_runs_are_told_in_the_caption():
    lost = {(2, replicate) for replicate in range(3)}
    found = result("morris", 10, failing=lost)
    assert "2 elementary effects were dropped" in re.sub(
        r"\s+", " ", words(page_of(found, found.analyses[0]))
    )


def test_noise_that_hides_everything_is_the_title():
    noise = table("saltelli", PATHS, lambda _: 0.5, samples=32, sd=0.1)
    found = analyse_table(noise)
    assert "noise between runs hides what moves it" in words(page_of(found, found.analyses[0]))


@pytest.mark.parametrize(("kind", "samples"), KINDS)
def test_one_run_per_point_can_be_drawn(kind, samples, tmp_path):
    assert len(draw_sensitivity(result(kind, samples, replicates=1), tmp_path)) == 2


def test_what_does_not_vary_can_be_drawn(tmp_path):
    for kind, samples in KINDS:
        flat = table(kind, PATHS, lambda _: 0.5, samples=samples)
        assert len(draw_sensitivity(analyse_table(flat), tmp_path / kind)) == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_of_a_scenario_can_be_drawn(name, tmp_path):
    one, other = (table("morris", PATHS, slope, samples=6, sd=0.05, scenario=s) for s in (name, "other"))
    columns = {key: [*one.columns[key], *other.columns[key]] for key in one.columns}
    files = draw_sensitivity(analyse_table(RunTable("x", one.design, columns)), tmp_path)
    assert [path.name for path in files] == [
        f"morris-tension-{number}.{kind}" for number in (1, 2) for kind in ("svg", "png")
    ]


def test_many_factors_are_drawn_up_to_a_page_and_the_rest_counted():
    from sim.parameters import registry

    paths = dict.fromkeys(list(registry())[:30])
    found = analyse_table(table("morris", paths, lambda u: float(np.sum(u[:5])), samples=6, sd=0.1))
    assert "6 weaker factors not drawn" in words(page_of(found, found.analyses[0]))


def test_an_analysis_without_enough_runs_has_no_figure():
    one = table("morris", PATHS, slope, samples=6)
    columns = {**one.columns, "fear": [None] * len(one.columns["point"])}
    found = analyse_table(RunTable("x", one.design, columns), indicators=["tension", "fear"])
    assert page_of(found, found.of("toy", "fear")) is None
    with pytest.raises(ValueError, match="too little"):
        found.plot("fear")
    assert found.plot("tension").get_size_inches()[0] == 12.8
