"""Where people stand in the picture of a unit: near those they are tied to, never on top of each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.networks import layout, relation_graph

Spots = dict[str, tuple[float, float]]

MARGIN = 0.3
ROW = 0.5
GAP = 0.62
"""Least distance between two people in inches, where there is room for it."""
EVEN = 0.75
"""How far people are spread evenly over the frame, left to right and bottom to top."""
ROUNDS = 80


def places(
    people: Sequence[str], pairs: Sequence[tuple[str, str, float]], width: float, height: float
) -> Spots:
    """Return a spot in inches for everybody; those without a pair stand in rows along the bottom."""
    tied = {who for a, b, _ in pairs for who in (a, b)}
    inside = [who for who in people if who in tied]
    alone = [who for who in people if who not in tied]
    in_row = max(1, int((width - 2 * MARGIN) / ROW) + 1)
    rows = -(-len(alone) // in_row)
    found: Spots = {}
    for k, who in enumerate(alone):
        row, column = divmod(k, in_row)
        found[who] = (MARGIN + ROW * column, MARGIN + ROW * (rows - 1 - row))
    if inside:
        lower = ROW * rows + 0.25 if rows else 0.0
        spots = _spread(_drawn_together(inside, pairs), width, max(height - lower, 1.0))
        found.update({who: (float(x), float(y) + lower) for who, (x, y) in zip(inside, spots, strict=True)})
    return found


def _drawn_together(
    people: Sequence[str], pairs: Sequence[tuple[str, str, float]]
) -> npt.NDArray[np.float64]:
    edges = [{"source": a, "target": b, "weight": weight} for a, b, weight in pairs]
    found = layout(relation_graph([{"id": who} for who in people], edges))
    return np.array([found[who] for who in people])


def _spread(spots: npt.NDArray[np.float64], width: float, height: float) -> npt.NDArray[np.float64]:
    """Fill the frame, then push apart whoever stands too close."""
    number = len(spots)
    size = np.array([width, height]) - 2 * MARGIN
    span = np.maximum(np.ptp(spots, axis=0), 1e-9)
    ranks = spots.argsort(axis=0).argsort(axis=0) / max(number - 1, 1)
    at: npt.NDArray[np.float64] = MARGIN + size * (
        (1 - EVEN) * (spots - spots.min(axis=0)) / span + EVEN * ranks
    )
    gap = min(GAP, 0.8 * float(np.sqrt(size[0] * size[1] / number)))
    for _ in range(ROUNDS):
        apart = at[:, None] - at[None]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        push = np.clip(gap - distance, 0.0, None) / distance
        np.fill_diagonal(push, 0.0)
        if not push.any():
            break
        at = np.clip(at + 0.5 * (push[:, :, None] * apart).sum(axis=1), MARGIN, MARGIN + size)
    return at
