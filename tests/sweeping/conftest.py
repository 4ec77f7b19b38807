"""A tiny facility, so that a run takes a millisecond or two, and short ways to sweep over it."""

import pytest

from experiments.sweeping.sweep import sweep

TINY = """\
name: tiny
title: One unit of four places
facility:
  units: [{name: unit, places: 4}]
  graph: {generator: none}
  shared: 0
"""


@pytest.fixture
def tiny(tmp_path):
    """Return the path of a scenario file with one unit of four places."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def design(tiny):
    """Return the design of a small grid: three points of four replicates; keys can be replaced."""

    def design(**changes):
        keys = {
            "scenarios": [str(tiny)],
            "days": 10,
            "burn_in_days": 4,
            "factors": {"residents.occupancy": [0.5, 0.75, 1.0]},
            "replicates": 4,
            "outputs": ["true_incidents", "tension", "recorded_share"],
            **changes,
        }
        return {key: value for key, value in keys.items() if value is not None}

    return design


@pytest.fixture
def swept(design, tmp_path):
    """Sweep into a folder below the temporary one, quietly, with two threads."""

    def swept(folder="out", *, runner=None, executor="threads", workers=2, **changes):
        options = {"executor": executor, "workers": workers, "progress": False}
        if runner is not None:
            options["runner"] = runner
        for name in ("shard", "timeout", "memory", "retry"):
            if name in changes:
                options[name] = changes.pop(name)
        return sweep(design(**changes), tmp_path / folder, **options)

    return swept
