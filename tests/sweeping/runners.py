"""Runs that go wrong, for tests of what a sweep makes of them; workers import this file by its name."""

import os
import signal
import sys
import time
from pathlib import Path

from experiments.sweeping.running import Outcome, simulate


def _occupancy(task):
    return task.specification.values["residents.occupancy"]


def quick(task, going):
    """Answer at once with numbers that name the run."""
    values = (float(task.replicate), _occupancy(task), 0.5)
    return Outcome(values, (1.0, 2.0, 3.0), task.run_id)


def raising(task, going):
    if task.replicate == 1:
        raise ValueError(f"replicate {task.replicate}\nof {_occupancy(task)}")
    return quick(task, going)


def leaving(task, going):
    """Want to end the whole program, for one of the replicates."""
    if task.replicate == 1:
        sys.exit("enough")
    return quick(task, going)


def slow(task, going):
    """Go on until told to stop, for one of the replicates."""
    while task.replicate == 1 and going(0):
        time.sleep(0.01)
    return quick(task, going)


def hung(task, going):
    """Never look at the clock, for one of the replicates."""
    if task.replicate == 1:
        time.sleep(60)
    return quick(task, going)


def killed(task, going):
    if task.replicate == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(task, going)


def greedy(task, going):
    """Ask for more memory than any machine has, for one of the replicates."""
    if task.replicate == 1:
        bytearray(1 << 50)
    return quick(task, going)


def growing(task, going):
    """Take more and more memory in small pieces, for one of the replicates."""
    held = []
    while task.replicate == 1:
        held.append(bytearray(b"x" * (1 << 22)))
        time.sleep(0.002)
    return quick(task, going)


def lasting(task, going):
    """Take a little while."""
    time.sleep(0.05)
    return quick(task, going)


def noting(task, going):
    """Do the run of the model and leave a line about it in the file that the environment names."""
    with Path(os.environ["NOTED"]).open("a", encoding="utf-8") as file:
        file.write(f"{task.run_id}\n")
    return simulate(task, going)
