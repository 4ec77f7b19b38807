"""Toy sweeps with known answers: tables of points x replicates, and stored sweeps of a toy runner."""

import numpy as np

from experiments.designs import Factor, make_design
from experiments.sensitivity.table import RunTable

PI = np.pi


def factors(number):
    return tuple(Factor(f"x{k}", 0.0, 1.0) for k in range(number))


def names(number):
    return tuple(f"x{k}" for k in range(number))


def ishigami(u):
    """The function of Ishigami & Homma (1990) with a = 7 and b = 0.1, of points of the unit cube."""
    x = PI * (2.0 * u - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)


def noisy(values, replicates, sd, *, seed=1, shared=0.0):
    """Return points x replicates: values plus noise of their own and noise that a replicate shares."""
    random = np.random.default_rng(seed)
    own = sd * random.standard_normal((len(values), replicates))
    return values[:, None] + own + shared * random.standard_normal((1, replicates))


def table(kind, paths, formula, *, samples=0, replicates=3, sd=0.0, failing=(), scenario="toy"):
    """Return a sweep of ``formula`` (a function of the shares of the range) as a table of runs.

    ``failing`` has the (point, replicate) of failed runs; the indicator is called tension.
    """
    design = make_design(kind, paths, samples=samples, seed=3)
    u = design.shares if design.shares.size else _shares(design)
    values = noisy(np.array([formula(row) for row in u]), replicates, sd)
    rows = [(point, replicate) for replicate in range(replicates) for point in range(len(design))]
    columns = {
        "run_id": [f"{point}-{replicate}" for point, replicate in rows],
        "scenario": [scenario] * len(rows),
        "point": [point for point, _ in rows],
        "replicate": [replicate for _, replicate in rows],
        "status": ["failed" if row in failing else "ok" for row in rows],
        "tension": [None if row in failing else float(values[row]) for row in rows],
    }
    return RunTable("toys/sweep", design, columns)


def _shares(design):
    found = np.full((len(design), len(design.factors)), 0.5)
    for k, factor in enumerate(design.factors):
        levels = list(factor.ends() if design.kind == "one-at-a-time" else factor.steps(design.samples or 3))
        for row, point in enumerate(design.points):
            if factor.path in point:
                found[row, k] = levels.index(point[factor.path]) / (len(levels) - 1)
    return found
