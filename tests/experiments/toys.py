"""Toy simulators with known answers, and small sets of vectors, for what builds on calibration."""

import numpy as np

from experiments.calibration.plausible import Plausible
from experiments.calibration.settings import Output, Settings, read_settings
from experiments.calibration.simulating import Outcome
from experiments.designs import Factor

NOISE = 0.03


def outputs_of(u):
    """Three outputs of a point of the unit cube; parameters from the sixth on do nothing."""
    return np.array([0.6 * u[0] + 0.4 * u[1] ** 2, u[1] * u[2], 0.5 * np.sin(3.0 * u[3]) + 0.5 * u[4]])


RANGES = ((0.3, 0.7), (0.0, 0.2), (0.6, 1.0))


def toy(size=7, ranges=RANGES, **changes):
    """Return settings and a simulator."""
    factors = tuple(Factor(f"toy.p{k}", 1.0, 3.0) for k in range(size))
    outputs = tuple(
        Output(f"F{k + 1}", f"measure_{k}", low, high, discrepancy=0.02)
        for k, (low, high) in enumerate(ranges)
    )
    options = {"replicates": 4, "copies": {}, "waves": 2, "points": 80, "wanted": 40, "seed": 5, **changes}
    settings = Settings(factors, outputs, **options)

    def simulate(vectors, first):
        found = []
        for k, vector in enumerate(vectors):
            random = np.random.default_rng([settings.seed, first + k])
            values = outputs_of(np.array(settings.shares(vector)))
            found.append(Outcome(values + NOISE * random.standard_normal(3), np.full(3, NOISE**2)))
        return found

    return settings, simulate


def plausible_set(number=12, seed=3):
    """Return a small set with the parameters of the real calibration, well inside their ranges."""
    settings = read_settings()
    shares = np.random.default_rng(seed).uniform(0.3, 0.7, (number, len(settings.factors)))
    vectors = tuple(settings.vector(row) for row in shares)
    return Plausible(vectors, vectors[0], {"version": "0.1.0", "commit": "none"})
