"""What many plausible worlds say about a contrast: its range, its sign, and which assumption decides it.

A *world* is one set of assumptions that the facts do not rule out (:mod:`experiments.worlds`).  Each is run
a few times, so its contrast ``d`` carries run-to-run noise.  The noise is taken out by the normal
two-level model of a random-effects meta-analysis: the spread between worlds is the variance of the ``d``
less the mean error variance (DerSimonian & Laird 1986, equal weights), and each world's true contrast has
the posterior of an empirical Bayes estimate with the uncertainty of the overall mean (Morris 1983).  The
equal mixture of these posteriors is the distribution of the contrast over plausible worlds:

- the *assumption interval* is its central 95 %.  Its variance is the spread between worlds plus what is
  left unknown of their mean: more replicates take noise out of it, never assumptions;
- the *share of worlds with the same sign* is its mass on the side of the headline value.

Without noise both are those of the plain values: of 24 worlds the interval is the smallest and the
largest, which hold 23/25 = 92 % of all plausible worlds, and from 40 worlds on it leaves one in forty out
at each end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.statistics import LEVEL, ratio_of_sums, residuals, signed_ratios, standard_error
from sim.indicators import Sums

Vector = npt.NDArray[np.float64]
Replicates = Sequence[Sums]
"""One indicator in one world and scenario: the sums of each replicate."""

FEWEST_WORLDS = 8
"""With values in fewer worlds than this nothing is said."""
DEPENDS_BELOW = 0.8
"""A contrast that keeps its sign in a smaller share of worlds depends on the assumptions."""
STANDS_OUT = 0.05
"""Chance of an association as strong as the strongest of all assumptions if none had any."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A contrast over worlds: an equal mixture of normals with the given means and one deviation."""

    means: Vector
    deviation: float
    between: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the central range that leaves (1 - level) / 2 out at each end."""
        tail = (1.0 - level) / 2.0
        if self.deviation == 0.0:
            out = int(tail * len(self.means) + 1e-9)
            ordered = np.sort(self.means)
            return float(ordered[out]), float(ordered[len(ordered) - 1 - out])
        return self._quantile(tail), self._quantile(1.0 - tail)

    def _quantile(self, share: float) -> float:
        low = float(self.means.min()) - 40.0 * self.deviation
        high = float(self.means.max()) + 40.0 * self.deviation
        for _ in range(200):
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            low, high = (middle, high) if self.share_below(middle) < share else (low, middle)
        return 0.5 * (low + high)

    def share_below(self, bound: float) -> float:
        """Return the share of worlds in which the contrast is lower; exactly equal ones count half."""
        if self.deviation == 0.0:
            return float(np.mean((self.means < bound) + 0.5 * (self.means == bound)))
        from scipy.special import ndtr

        return float(np.mean(ndtr((bound - self.means) / self.deviation)))


def spread_of(values: Sequence[float] | Vector, variances: Sequence[float] | Vector) -> Spread:
    """Return the distribution of a contrast over worlds from its value and error variance in each.

    The error variances are pooled: a world with two replicates knows its own far too badly.

    >>> spread_of([1.0, 3.0], [1.0, 1.0]).means.tolist()
    [1.5, 2.5]
    """
    d = np.asarray(values, dtype=np.float64)
    noise = float(np.mean(variances))
    middle = float(d.mean())
    between = max(0.0, float(d.var(ddof=1)) - noise)
    total = between + noise
    kept = between / total if total > 0.0 else 1.0
    unknown = kept * noise + (1.0 - kept) ** 2 * total / len(d)
    return Spread(middle + kept * (d - middle), math.sqrt(unknown), between)


def signed_sum(terms: Sequence[tuple[float, Replicates]]) -> tuple[float, float] | None:
    """Return a signed sum of pooled ratios over the same replicates, and its error variance.

    No terms at all are an exact 0.  ``None`` where a replicate has nothing to divide by.
    """
    if not terms:
        return 0.0, 0.0
    ratios = []
    for sign, sums in terms:
        top = np.array([entry.numerator for entry in sums], dtype=np.float64)
        bottom = np.array([entry.denominator for entry in sums], dtype=np.float64)
        if (bottom <= 0.0).any():
            return None
        ratios.append((sign, top, bottom))
    value, errors = signed_ratios(ratios)
    return value, standard_error(errors) ** 2


def log_ratio(a: Replicates, b: Replicates) -> tuple[float, float] | None:
    """Return the logarithm of the ratio a / b of pooled ratios, and its error variance (delta method).

    ``None`` where one of them is not above 0.
    """
    sides = [
        (np.array([s.numerator for s in side], float), np.array([s.denominator for s in side], float))
        for side in (a, b)
    ]
    if any((bottom <= 0.0).any() or top.sum() <= 0.0 for top, bottom in sides):
        return None
    one, other = (ratio_of_sums(*side) for side in sides)
    errors = residuals(*sides[0]) / one - residuals(*sides[1]) / other
    return math.log(one / other), standard_error(errors) ** 2


def ratio_range(found: Sequence[tuple[float, float] | None]) -> tuple[float, float] | None:
    """Return the assumption interval of a ratio from :func:`log_ratio` in each world."""
    there = [entry for entry in found if entry is not None]
    if len(there) < FEWEST_WORLDS:
        return None
    low, high = spread_of([value for value, _ in there], [error for _, error in there]).interval()
    return math.exp(low), math.exp(high)


@dataclass(frozen=True, slots=True)
class Decider:
    """The assumption that tells worlds of one sign from those of the other; no name if none stands out.

    The headline's sign holds ``where`` the parameter is above or below ``threshold`` (for a choice: is or
    is not that word); so it is in ``right`` of ``worlds`` worlds.
    """

    parameter: str | None
    where: str = ""
    threshold: float | str | None = None
    association: float | None = None
    right: int = 0
    worlds: int = 0

    def row(self) -> dict[str, Any]:
        """Return the entry for JSON."""
        return {
            "parameter": self.parameter,
            "where": self.where or None,
            "threshold": self.threshold,
            "rank_correlation": self.association,
            "worlds_told_apart": self.right if self.parameter else None,
            "worlds": self.worlds,
        }

    def words(self) -> str:
        """Return what decides, in words.

        >>> Decider("coupling.news", "above", 0.5, 0.9, 22, 24).words()
        'coupling.news: the sign holds above 0.5 (right for 22 of 24 worlds)'
        """
        if self.parameter is None:
            return "no single assumption stands out"
        shown = f"{self.threshold:.3g}" if isinstance(self.threshold, float) else str(self.threshold)
        seen = f"right for {self.right} of {self.worlds} worlds"
        return f"{self.parameter}: the sign holds {self.where} {shown} ({seen})"


@dataclass(frozen=True, slots=True)
class Assumed:
    """What plausible worlds say about one contrast."""

    low: float | None = None
    high: float | None = None
    same_sign: float | None = None
    depends_on: Decider | None = None
    worlds: int = 0
    note: str = ""
    ratio: tuple[float, float] | None = None
    """The interval of the ratio: each world's value over that of the same world."""

    @property
    def decides(self) -> str:
        """What the sign depends on, in words; empty where it does not."""
        return "" if self.depends_on is None else self.depends_on.words()

    def row(self) -> dict[str, Any]:
        """Return the entries of a contrast for JSON."""
        return {
            "assumption_low": self.low,
            "assumption_high": self.high,
            "assumption_ratio_low": None if self.ratio is None else self.ratio[0],
            "assumption_ratio_high": None if self.ratio is None else self.ratio[1],
            "share_worlds_same_sign": self.same_sign,
            "depends_on": None if self.depends_on is None else self.depends_on.row(),
            "worlds": self.worlds,
            "assumption_note": self.note,
        }


NOTHING = Assumed(note="no worlds were run")


def assumed(
    headline: float | None,
    found: Sequence[tuple[float, float] | None],
    columns: Mapping[str, Sequence[float | str]],
) -> Assumed:
    """Return what worlds say about a contrast whose default value is ``headline``.

    ``found`` has value and error variance per world (:func:`signed_sum`), ``columns`` the assumptions of
    the worlds by parameter.
    """
    there = [k for k, entry in enumerate(found) if entry is not None]
    if headline is None:
        return Assumed(worlds=len(there), note="no difference to set beside the worlds")
    if len(there) < FEWEST_WORLDS:
        return Assumed(worlds=len(there), note=f"a value in fewer than {FEWEST_WORLDS} worlds")
    pairs = [entry for entry in found if entry is not None]
    values = np.array([value for value, _ in pairs])
    spread = spread_of(values, [variance for _, variance in pairs])
    low, high = spread.interval()
    if headline == 0.0:
        return Assumed(low, high, worlds=len(there), note="no difference, so no sign")
    below = spread.share_below(0.0)
    same = below if headline < 0.0 else 1.0 - below
    if same >= DEPENDS_BELOW:
        return Assumed(low, high, same, worlds=len(there))
    chosen = {path: [column[k] for k in there] for path, column in columns.items()}
    return Assumed(low, high, same, decider(values, chosen, headline), len(there))


def decider(values: Vector, columns: Mapping[str, Sequence[float | str]], headline: float) -> Decider:
    """Return the assumption with the strongest rank association with the contrast, if it stands out.

    It does if chance would give so strong an association with any of them in fewer than
    :data:`STANDS_OUT` of cases (Spearman's rank correlation, Bonferroni's bound) and if it has worlds of
    either sign to tell apart.  Its threshold is the one that tells most worlds apart.
    """
    worlds = len(values)
    holds = values * headline > 0.0
    entries = [entry for path, column in columns.items() for entry in _entries(path, column)]
    if not entries or holds.all() or not holds.any():
        return Decider(None, worlds=worlds)
    strengths = [_rank_correlation(numbers, values) for _, _, numbers in entries]
    best = int(np.argmax(np.abs(strengths)))
    if _chance(strengths[best], worlds) * len(entries) >= STANDS_OUT:
        return Decider(None, worlds=worlds)
    path, word, numbers = entries[best]
    rho = strengths[best]
    upwards = rho * headline > 0.0
    threshold, right = _threshold(numbers, holds, upwards=upwards)
    if word is not None:
        return Decider(path, "where it is" if upwards else "where it is not", word, rho, right, worlds)
    return Decider(path, "above" if upwards else "below", threshold, rho, right, worlds)


def _entries(path: str, column: Sequence[float | str]) -> list[tuple[str, str | None, Vector]]:
    """Return an assumption as numbers: a choice once per word, as 1 where it is chosen."""
    words = sorted({entry for entry in column if isinstance(entry, str)})
    tables: list[tuple[str, str | None, Vector]] = [
        (path, word, np.array([float(entry == word) for entry in column])) for word in words
    ]
    if not words:
        tables = [(path, None, np.array(column, dtype=np.float64))]
    return [entry for entry in tables if np.ptp(entry[2]) > 0.0]


def _rank_correlation(x: Vector, y: Vector) -> float:
    from scipy.stats import rankdata

    a, b = rankdata(x), rankdata(y)
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0.0 else 0.0


def _chance(rho: float, n: int) -> float:
    """Return the two-sided chance of a rank correlation at least this strong without association."""
    from scipy.special import stdtr

    if abs(rho) >= 1.0 - 1e-12:
        return 0.0
    t = abs(rho) * math.sqrt((n - 2) / (1.0 - rho * rho))
    return 2.0 * float(stdtr(n - 2, -t))


def _threshold(x: Vector, holds: npt.NDArray[np.bool_], *, upwards: bool) -> tuple[float, int]:
    """Return the bound between two values that puts most worlds on their side, and how many."""
    levels = np.unique(x)
    bounds = 0.5 * (levels[1:] + levels[:-1])
    right = [int(np.sum(((x > bound) == upwards) == holds)) for bound in bounds]
    best = int(np.argmax(right))
    return float(bounds[best]), right[best]
