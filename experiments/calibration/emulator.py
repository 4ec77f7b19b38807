"""A Gaussian process that stands in for the simulator, one output at a time.

Output = quadratic main effects + Gaussian process with one length scale per parameter (squared
exponential; Rasmussen & Williams 2006, ch. 2 and 5), fitted to runs with known replicate noise.  What it
predicts is the model's *mean* output at a vector: replicate noise is in the fit, not in the prediction.
Its own doubt is checked by leave-one-out errors (ibid., 5.4.2), the run left out taken from the trend as well
(by its leverage), and widened where it was too sure.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

MOST_STEPS = 40
"""Steps of the optimiser of the length scales: more change predictions by less than their own doubt."""
MOST_TRAINING = 600
MOST_FOR_LENGTHS = 300
"""Length scales are fitted to this many of the latest points, then all points are conditioned on."""
_SHORTEST, _START, _LONGEST = 0.15, 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """How good an emulator is, by leave-one-out: share of variance explained, size of its errors.

    ``explained`` is of the variance between runs of different vectors; replicate noise never can be.
    ``error_size`` is the root mean square of errors over stated standard deviations: 1 is right, above 1
    too sure (the stated doubt is then widened by this factor).
    """

    explained: float
    error_size: float
    within_two: float

    def row(self) -> dict[str, float]:
        """Return the entry of the saved set."""
        return {
            "explained": round(self.explained, 4),
            "error_size": round(self.error_size, 4),
            "within_two_sd": round(self.within_two, 4),
        }


class Emulator:
    """The emulator of one output over the unit cube."""

    def __init__(self, points: Matrix, outputs: Vector, noise: float, start: Vector | None = None) -> None:
        """Fit to ``outputs`` at ``points`` (rows in the unit cube), each with noise variance ``noise``."""
        self.points, outputs = _recent(points, outputs)
        self.centre = float(outputs.mean())
        self.scale = float(outputs.std()) or 1.0
        features = _quadratic(self.points)
        centred = (outputs - self.centre) / self.scale
        # A ridge far below the noise keeps the trend defined when there are few points.
        penalty = 1e-3 * len(outputs) * np.eye(features.shape[1])
        penalty[0, 0] = 0.0
        pull = np.linalg.solve(features.T @ features + penalty, features.T)
        self.trend = pull @ centred
        left = centred - features @ self.trend
        # How far each run has drawn the trend to itself: without it, the trend would miss it by more.
        self.leverage = np.einsum("ij,ji->i", features, pull)
        self.noise = max(noise / self.scale**2, 1e-6)
        self.process = _fitted(self.points, left, self.noise, start)
        self._lay_out(left, float(np.var(centred)))

    @property
    def lengths(self) -> Vector:
        """The fitted hyperparameters on the log scale: a start for the next fit."""
        return np.asarray(self.process.kernel_.theta, dtype=np.float64)

    def _lay_out(self, left: Vector, variance: float) -> None:
        """Prepare what predictions need, and check the fit by leave-one-out."""
        from scipy.linalg import cho_solve

        amplitude, lengths = self.process.kernel_.k1, self.process.kernel_.k2
        self.amplitude = float(amplitude.constant_value)
        self.reach = np.asarray(lengths.length_scale, dtype=np.float64)
        self.inverse = np.asarray(cho_solve((self.process.L_, True), np.eye(len(left))))
        self.weights = self.inverse @ left
        self.anchors = self.points / self.reach
        spread = 1.0 / np.diag(self.inverse)
        errors = self.weights * spread / (1.0 - self.leverage)
        sizes = errors / np.sqrt(spread)
        # The noise in the left-out run itself is not the emulator's fault.
        missed = max(0.0, float(np.mean(errors**2)) - self.noise)
        self.check = Check(
            max(0.0, 1.0 - (self.noise + missed) / max(variance, 1e-12)),
            math.sqrt(float(np.mean(sizes**2))),
            float(np.mean(np.abs(sizes) < 2.0)),
        )
        self.widening = max(1.0, self.check.error_size) ** 2

    def predict(self, points: Matrix) -> tuple[Vector, Vector]:
        """Return mean and variance of the model's mean output at each point."""
        here = points / self.reach
        distance = (here**2).sum(1)[:, None] + (self.anchors**2).sum(1) - 2.0 * here @ self.anchors.T
        near = self.amplitude * np.exp(-0.5 * np.maximum(distance, 0.0))
        means = _quadratic(points) @ self.trend + near @ self.weights
        known = np.einsum("ij,ij->i", near @ self.inverse, near)
        variances = np.maximum(self.amplitude - known, 1e-9)
        return self.centre + self.scale * means, self.scale**2 * self.widening * variances


def _recent(points: Matrix, outputs: Vector) -> tuple[Matrix, Vector]:
    """Return the latest points: those of later waves lie where it matters."""
    return points[-MOST_TRAINING:], outputs[-MOST_TRAINING:]


def _quadratic(points: Matrix) -> Matrix:
    """Return a constant, every parameter and its square, centred."""
    moved = 2.0 * points - 1.0
    return np.column_stack([np.ones(len(points)), moved, moved**2 - 1.0 / 3.0])


def _fitted(points: Matrix, outputs: Vector, noise: float, start: Vector | None) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel

    size = points.shape[1]
    kernel = ConstantKernel(0.3, (1e-4, 20.0)) * RBF(np.full(size, _START), (_SHORTEST, _LONGEST))
    if start is not None and len(start) == size + 1:
        kernel = kernel.clone_with_theta(np.clip(start, kernel.bounds[:, 0], kernel.bounds[:, 1]))
    process = GaussianProcessRegressor(kernel, alpha=noise, optimizer=_few_steps, random_state=0)
    process.fit(points[-MOST_FOR_LENGTHS:], outputs[-MOST_FOR_LENGTHS:])
    if len(points) <= MOST_FOR_LENGTHS:
        return process
    return GaussianProcessRegressor(process.kernel_, alpha=noise, optimizer=None).fit(points, outputs)


def _few_steps(objective: Any, theta: Vector, bounds: Matrix) -> tuple[Vector, float]:
    from scipy.optimize import minimize

    found = minimize(
        objective, theta, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": MOST_STEPS}
    )
    return found.x, float(found.fun)


def fit_all(
    points: Matrix,
    outputs: Matrix,
    noise: Sequence[float],
    *,
    workers: int | None = None,
    before: Sequence[Emulator] = (),
) -> list[Emulator]:
    """Return one emulator per column of ``outputs``; columns are fitted in threads.

    The linear algebra inside each fit uses one thread, so that the bits do not depend on the machine's
    cores.  ``before`` are emulators of an earlier wave, whose length scales are the start.
    """
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    from experiments.batches import run_jobs

    starts: list[Vector | None] = [emulator.lengths for emulator in before]
    starts += [None] * (outputs.shape[1] - len(starts))

    def job(column: int) -> Any:
        known = np.isfinite(outputs[:, column])
        here, values = points[known], outputs[known, column]
        return lambda _stop: Emulator(here, values, float(noise[column]), starts[column])

    with threadpool_limits(limits=1), warnings.catch_warnings():
        # A parameter that an output does not depend on drives its length scale to the bound.  The filter
        # is set here, not in the threads: it is one for the whole process.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return run_jobs([job(k) for k in range(outputs.shape[1])], workers=workers)
