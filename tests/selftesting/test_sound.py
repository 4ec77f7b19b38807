"""On a sound program every check passes, having tried all that it was asked to."""

import pytest

from experiments.selftesting.checks import NAMES

COUNTS = ("lost", "duplicated", "silent", "traceback", "orphans")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_check_passes_and_leaves_nothing_behind(tallied, name):
    tally = tallied(name)
    assert tally.findings == []
    assert tally.passed
    assert tally.tried == tally.planned > 0
    assert [tally.row()[count] or 0 for count in COUNTS] == [0] * 5
    assert tally.worst_seconds > 0
