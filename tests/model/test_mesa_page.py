"""The examples of docs/mesa.md run as they stand, one after the other."""

import re
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "mesa.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run(blocks):
    names = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    return names


def test_the_examples_run(capsys):
    names = run(BLOCKS[:-1])

    tension_before, tension_after = names["both"]
    assert tension_before != tension_after
    assert names["again"].digest() == names["model"].digest()
    assert len(names["watched"].datacollector.get_model_vars_dataframe()) == 9
    assert "quarrel_defused" in capsys.readouterr().out


@pytest.mark.skipif(find_spec("solara") is not None, reason="Mesa's visualisation is installed")
def test_without_the_extra_packages_the_page_says_so(capsys):
    run(BLOCKS[-1:])

    assert "not installed" in capsys.readouterr().out


@pytest.mark.skipif(find_spec("solara") is None, reason="needs mesa[viz]")
def test_the_page_of_mesa_renders_and_steps_without_a_browser():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of solara and its parts, not ours
        import solara
        from ipywidgets.widgets import widget

        names = run(BLOCKS)
        _, page = solara.render(solara.AppLayout(children=[names["page"]]), handle_error=False)
        names["watched"].step()
        drawn = list(widget._instances.values())
        steps = names["watched"].steps
        button = next(part for part in drawn if getattr(part, "children", None) == ["Step"])
        button.fire_event("click", {})
        deadline = time.monotonic() + 20.0  # the page steps in a thread of its own
        while names["watched"].steps == steps and time.monotonic() < deadline:
            time.sleep(0.1)
        page.close()

    assert names["watched"].steps == steps + 1
    assert sum(type(part).__name__ == "Image" for part in drawn) == 2  # floor plan and series
    assert "static security" in {getattr(part, "label", None) for part in drawn}
