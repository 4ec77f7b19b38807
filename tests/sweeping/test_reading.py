"""The rows of a sweep open in pandas, pyarrow, DuckDB and polars, and as an object in a notebook."""

import json
import re
import sys
from pathlib import Path

import pytest

import experiments
from experiments.exits import Failure
from experiments.sweeping.showing import showing

sys.path.append(str(Path(__file__).parent))
import runners

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")


def documented(word):
    """Return the documented piece of code that holds ``word``."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (code,) = [block for block in blocks if word in block]
    return code


@pytest.mark.parametrize("tool", ["pandas", "pyarrow", "duckdb", "polars"])
def test_the_documented_code_of_each_tool_reads_all_rows_shards_together(swept, tmp_path, monkeypatch, tool):
    pytest.importorskip(tool)
    for index in (1, 2):
        swept("results/staff", runner=runners.quick, shard=(index, 2))
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(documented(f"import {tool}"), found)
    assert len(found["rows"]) == 12


def test_the_object_has_frame_results_json_and_a_plot(swept, tmp_path):
    done = swept(runner=runners.quick)
    assert done.frame().equals(done.results())
    answer = json.loads(done.json())
    assert list(answer)[:4] == ["schema", "command", "version", "commit"]
    assert (answer["runs"], answer["ok"], answer["complete"]) == (12, 12, True)
    assert "12 rows" in repr(done)
    figure = done.plot.response("tension", "residents.occupancy", path=tmp_path / "tension")
    assert figure.axes[0].get_xlabel() == "residents.occupancy (share of places)"
    assert (tmp_path / "tension.svg").exists()
    assert (tmp_path / "tension.png").exists()
    with pytest.raises(Failure, match="nearest tension"):
        done.plot.response("tensoin", "residents.occupancy")


def test_a_plot_shows_choices_by_name_and_scenarios_side_by_side(swept, tiny):
    other = tiny.with_name("other.yaml")
    other.write_text(tiny.read_text().replace("name: tiny", "name: other"))
    factors = {"staffing.unstaffed": ["locked", "open"]}
    done = swept(scenarios=[str(tiny), str(other)], factors=factors)
    axes = done.plot.response("tension", "staffing.unstaffed").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["locked", "open"]


def test_without_a_folder_results_live_as_long_as_the_object(design):
    done = experiments.sweep(design(), progress=False, runner=runners.quick)
    folder = done.folder
    assert len(done.frame()) == 12
    del done
    assert not folder.exists()


def test_a_stored_sweep_can_be_loaded_again(swept, tmp_path):
    swept(runner=runners.quick)
    again = experiments.load_sweep(tmp_path / "out")
    assert len(again.frame()) == 12
    assert again.design().points == [{"residents.occupancy": level} for level in (0.5, 0.75, 1.0)]
    with pytest.raises(Failure, match=r"no manifest\.json") as error:
        experiments.load_sweep(tmp_path)
    assert error.value.code == 2


@pytest.mark.parametrize(
    "keys",
    [
        {"design": "sobol", "samples": 4, "factors": {"residents.occupancy": None}},
        {
            "design": "list",
            "factors": None,
            "points": [{"residents.occupancy": 0.5}, {"security.static": 0.1}],
        },
        {
            "design": "morris",
            "samples": 2,
            "factors": {"staffing.rotation_cluster": None, "security.static": None},
        },
        {"factors": None},
    ],
)
def test_the_design_of_a_stored_sweep_is_the_one_that_was_run(swept, keys):
    done = swept(runner=runners.quick, replicates=1, **keys)
    points = done.design().points
    frame = done.frame()
    assert len(points) == frame["point"].nunique()
    for path in points[0]:
        wanted = [point[path] for point in points]
        assert frame.sort_values("point")[f"factor.{path}"].tolist() == wanted


def test_the_examples_in_the_documentation_are_good_designs():
    from experiments.sweeping.design_file import read_design

    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    files = sorted((ROOT / "docs" / "designs").glob("*.yaml"))
    assert len(files) >= 3
    assert all(len(read_design(path).table) > 0 for path in files)
    assert blocks[0] == files_named("smallest").partition("\n")[2]


def files_named(name):
    return (ROOT / "docs" / "designs" / f"{name}.yaml").read_text(encoding="utf-8")


def test_every_key_of_a_design_is_documented():
    from experiments.sweeping.design_file import KEYS

    assert [key for key in KEYS if f"`{key}`" not in PAGE] == []


def test_progress_in_a_notebook_is_one_line_that_renews_itself(monkeypatch, capsys):
    monkeypatch.setattr("experiments.sweeping.showing.in_notebook", lambda: True)
    with showing(4) as tell:
        for _ in range(4):
            tell(1)
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1
    assert "4 of 4 runs" in shown.split("\r")[-1]
