"""Checks of the self-test with a handful of attempts, on the real command or on one with a defect."""

import sys
from contextlib import nullcontext

import pytest

from experiments.selftesting.checks import carry_out
from experiments.selftesting.extent import Extent

TINY = Extent(
    kills=4,
    replicates=300,
    cuts=8,
    flips=40,
    resumed_every=8,
    raising=1,
    hung=1,
    writers=1,
    stops=2,
    mutations=40,
    commands=3,
)


@pytest.fixture
def tallied(tmp_path, monkeypatch):
    """Carry out one check; the folder that temporary folders are made in must be empty afterwards."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))

    def tallied(name, command=None):
        told = []
        (tally,) = carry_out(
            [name],
            TINY,
            lambda _label, _total: nullcontext(lambda _done: None),
            lambda tally, _seconds: told.append(tally),
            command,
        )
        assert told == [tally]
        assert list(place.iterdir()) == []
        return tally

    return tallied


@pytest.fixture
def broken(tmp_path):
    """Return the command with a defect: lines of Python that run before it."""

    def broken(defect):
        script = tmp_path / "broken.py"
        script.write_text(
            f"{defect}\nfrom experiments.cli import main\nif __name__ == '__main__':\n    main()\n",
            encoding="utf-8",
        )
        return (sys.executable, str(script))

    return broken
