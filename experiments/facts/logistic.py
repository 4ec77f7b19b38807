"""A small logistic regression and the area under the curve, for one fact; not a general tool."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

RIDGE = 1e-3
"""Keeps coefficients finite where cases and others do not overlap."""


def fit(features: Any, outcome: Any, *, steps: int = 30) -> Vector:
    """Return intercept and coefficients by Newton's method on the ridged likelihood."""
    design = np.column_stack([np.ones(len(features)), features])
    penalty = RIDGE * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    beta = np.zeros(design.shape[1])
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -30.0, 30.0)))
        weight = np.maximum(chance * (1.0 - chance), 1e-9)
        gradient = design.T @ (outcome - chance) - penalty @ beta
        step = np.linalg.solve((design * weight[:, None]).T @ design + penalty, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def score(features: Any, beta: Vector) -> Vector:
    """Return the log-odds."""
    return np.asarray(beta[0] + features @ beta[1:], dtype=np.float64)


def area_under_curve(scores: Any, outcome: Any) -> float:
    """Return the chance that a case scores above another, ties counting half (Mann & Whitney 1947).

    >>> area_under_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    from scipy.stats import rankdata

    cases = np.asarray(outcome, dtype=bool)
    positive, negative = int(cases.sum()), int((~cases).sum())
    if positive == 0 or negative == 0:
        return math.nan
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    return float((ranks[cases].sum() - positive * (positive + 1) / 2.0) / (positive * negative))
