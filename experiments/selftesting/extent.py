"""How much harm a self-test does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """Attempts of each kind.

    ``replicates`` is the size of the sweeps that are killed, ``resumed_every`` says for which share of
    the damages the sweep also goes on afterwards.
    """

    kills: int = 30
    replicates: int = 300
    cuts: int = 200
    flips: int = 1000
    resumed_every: int = 20
    raising: int = 6
    hung: int = 4
    writers: int = 6
    stops: int = 10
    mutations: int = 300
    commands: int = 30


DEFAULT = Extent()
"""At most five minutes on two cores."""

QUICK = Extent(
    kills=6,
    replicates=200,
    cuts=20,
    flips=100,
    resumed_every=20,
    raising=2,
    hung=2,
    writers=2,
    stops=2,
    mutations=60,
    commands=6,
)
"""At most one minute on two cores."""
