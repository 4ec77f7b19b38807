"""Runs that go wrong, as the workers of a sweep find them: by the name of a function."""

from __future__ import annotations

import sys
import time

from experiments.sweeping.running import Going, Outcome, Task, simulate

WRONG_REPLICATES = (1, 4)
HUNG_SECONDS = 3600.0


def raising(task: Task, going: Going) -> Outcome:
    """Raise for some replicates: an error with an ugly text, an end of the program, no memory."""
    if task.replicate not in WRONG_REPLICATES:
        return simulate(task, going)
    if task.specification.values["staffing.residents_per_employee"] < 2:
        raise ValueError("not\none line, \x1b[31mnot\x00 printable: " + "x" * 10_000)
    if task.replicate == WRONG_REPLICATES[0]:
        raise MemoryError
    sys.exit("a run that wants to end everything")


def hung(task: Task, going: Going) -> Outcome:
    """Never come back, for some replicates."""
    if task.replicate in WRONG_REPLICATES:
        time.sleep(HUNG_SECONDS)
    return simulate(task, going)


def endless(task: Task, going: Going) -> Outcome:
    """Go on for ever but look at the clock, for some replicates."""
    while task.replicate in WRONG_REPLICATES and going(0):
        time.sleep(0.01)
    return simulate(task, going)
