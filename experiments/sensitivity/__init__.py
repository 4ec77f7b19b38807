"""Sensitivity: which factors of a sweep matter, which matter only together, and what is mere noise.

The analyses are functions of a table of points x replicates and know nothing of files;
:mod:`experiments.sensitivity.reading` brings them the folder of a sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.sensitivity.analysis import Sensitivity

__all__ = ["analyse"]


def analyse(
    folder: str | Path,
    *,
    method: str | None = None,
    indicators: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 1,
) -> Sensitivity:
    """Return the sensitivity of ``indicators`` to the factors of the sweep in ``folder``.

    ``method`` is morris, sobol, pawn or one-at-a-time (default: the usual one of the design), ``resamples``
    and ``seed`` are those of the bootstrap.  The result has ``.frame()``, ``.json()`` and ``.plot()``.
    Raises ``ScenarioError`` with one line per thing that is wrong.
    """
    from experiments.sensitivity.analysis import analyse_table
    from experiments.sensitivity.reading import read_table

    return analyse_table(
        read_table(Path(folder)), method=method, indicators=indicators, resamples=resamples, seed=seed
    )
