"""The week of every programme as kernels read it: one row per programme, day-part and places held.

The eight hours of the block ``programme`` (weekday and weekend, four day-parts), ``activity_share`` and
``visits`` are the *frame*: they say how much there is of the basic programme in this facility.  A calendar
says how the hours lie in the week and what they hold.  Where frame and calendar differ, as under
lock-up, every programme is stretched or cut with the frame, so that what goes beyond the basic programme
stays beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim import state
from sim.clock import FIRST_WEEKEND_DAY, PART_HOURS, PART_NAMES, PARTS, WEEK
from sim.inputs import ACTIVITIES, ORGANISED, SEATED
from sim.kernel import Table
from sim.specification import ProgrammeSpecification, Specification

SEAT_CODES = 1 << len(SEATED)
"""Rows per programme and day-part: one for each set of places that somebody can hold."""

SLOTS = WEEK * PARTS

Hours: TypeAlias = npt.NDArray[np.float64]

FRAME = (
    *(f"programme.{day}_{part}_hours" for day in ("weekday", "weekend") for part in PART_NAMES),
    "programme.activity_share",
    "programme.visits",
)
"""Numbers of a specification that the frame consists of."""

_ALIKE = 1e-9
"""Factors nearer to 1 than this are 1: hours that were written alike stay alike to the last bit."""

_ATTRIBUTES = (
    "out_of_cell",
    "out_of_cell_evening",
    "choice",
    "responsibility",
    "leave_days_per_month",
    "priority_days",
)


def week_tables(specification: Specification) -> tuple[Table, Table]:
    """Return the tables ``programmes`` and ``slots`` of a specification, rows in its order.

    The row of ``slots`` for programme g, day of the week d, day-part s and places m (their codes summed)
    is ((7 g + d) 4 + s) 8 + m.
    """
    frame = tuple(specification.values[path] for path in FRAME)
    programmes, slots = _tables_of(specification.programmes, frame)
    return programmes.copy(), slots.copy()


# Points of a sweep mostly share their week: it is laid out once, and copied.
@lru_cache(maxsize=16)
def _tables_of(
    described: tuple[ProgrammeSpecification, ...], frame: tuple[float, ...]
) -> tuple[Table, Table]:
    values = dict(zip(FRAME, frame, strict=True))
    weeks = [_week(programme) for programme in described]
    programmes = state.new_table("programmes", len(described))
    slots = state.new_table("slots", len(described) * SLOTS * SEAT_CODES)
    for g, (programme, week) in enumerate(zip(described, weeks, strict=True)):
        programmes[g].prison = int("prison" in programme.regimes)
        programmes[g].remand = int("remand" in programme.regimes)
        programmes[g].wants = sum(1 << k for k in range(len(SEATED)) if week[:, k].any())
        programmes[g].visits = _visits(programme, week, weeks[0], values)
        for name in _ATTRIBUTES:
            programmes[g][name] = getattr(programme, name)
        rows = slots[g * SLOTS * SEAT_CODES : (g + 1) * SLOTS * SEAT_CODES].reshape(SLOTS, SEAT_CODES)
        rows.hours[:] = scheduled_hours(week, weeks[0], values)[:, np.newaxis]
        rows.active_share[:], rows.denied_share[:] = _shares(week, weeks[0], values)
    return programmes, slots


def week_hours(specification: Specification) -> list[float]:
    """Return the programmed hours a week of every programme, on units of the prison regime."""
    weeks = [_week(programme) for programme in specification.programmes]
    return [float(scheduled_hours(week, weeks[0], specification.values).sum()) for week in weeks]


def _week(programme: ProgrammeSpecification) -> Hours:
    """Return the hours of a programme as day-parts x activities."""
    if not programme.week:
        return np.zeros((SLOTS, len(ACTIVITIES)))
    return np.array(programme.week, dtype=np.float64)


def frame_hours(values: Mapping[str, float]) -> Hours:
    """Return the frame's hours of every day-part of the week."""
    days = ["weekend" if day >= FIRST_WEEKEND_DAY else "weekday" for day in range(WEEK)]
    return np.array([values[f"programme.{day}_{part}_hours"] for day in days for part in PART_NAMES])


def mean_calendar(week: Hours) -> Hours:
    """Return, for every day-part of the week, the mean hours of that day-part on such days."""
    hours = week.sum(axis=1).reshape(WEEK, PARTS)
    weekday = hours[:FIRST_WEEKEND_DAY].mean(axis=0)
    weekend = hours[FIRST_WEEKEND_DAY:].mean(axis=0)
    return np.concatenate([weekday] * FIRST_WEEKEND_DAY + [weekend] * (WEEK - FIRST_WEEKEND_DAY))


def scheduled_hours(week: Hours, basic: Hours, values: Mapping[str, float]) -> Hours:
    """Return the programmed hours of every day-part of the week, six at most.

    Where the basic calendar has hours, a programme has the frame's times its own hours against basic's
    mean; elsewhere its own, but no less than the frame's.
    """
    frame, mean, own = frame_hours(values), mean_calendar(basic), week.sum(axis=1)
    scaled = frame * _factor(own, mean)
    return np.minimum(PART_HOURS, np.where(mean > 0.0, scaled, np.maximum(own, frame)))


def organised_share(week: Hours) -> float:
    """Return the share of a week's hours that is organised activity, 0 for an empty week."""
    total = float(week.sum())
    return float(week[:, : len(ORGANISED)].sum()) / total if total > 0.0 else 0.0


def _factor(own: Hours, reference: Hours | float) -> Hours:
    """Return ``own / reference``, exactly 1 where they are alike, and 1 where there is no reference."""
    known = np.broadcast_to(np.asarray(reference) > 0.0, own.shape)
    factor = np.divide(own, reference, out=np.ones_like(own), where=known)
    factor[np.abs(factor - 1.0) < _ALIKE] = 1.0
    return factor


def _shares(week: Hours, basic: Hours, values: Mapping[str, float]) -> tuple[Hours, Hours]:
    """Return the organised share of the hours that places open, and that missing places deny.

    Both are day-parts x sets of places.
    """
    own, organised = week.sum(axis=1), week[:, : len(ORGANISED)].sum(axis=1)
    usual = organised_share(basic)
    # Hours that a calendar does not describe hold what is usual.
    share = np.divide(organised, own, out=np.full(SLOTS, usual), where=own > 0.0)
    full = np.minimum(1.0, values["programme.activity_share"] * _factor(share, usual))
    open_part = np.ones((SLOTS, SEAT_CODES))
    for seats in range(SEAT_CODES):
        missing = sum(week[:, k] for k in range(len(SEATED)) if not seats >> k & 1)
        open_part[:, seats] -= np.divide(missing, organised, out=np.zeros(SLOTS), where=organised > 0.0)
    active = full[:, np.newaxis] * np.maximum(0.0, open_part)
    return active, full[:, np.newaxis] - active


def _visits(
    programme: ProgrammeSpecification, week: Hours, basic: Hours, values: Mapping[str, float]
) -> float:
    """Return outside contact: what is said, or basic's in proportion to the hours of visits."""
    usual = float(values["programme.visits"])
    if week is basic:
        return usual
    if programme.visits is not None:
        return programme.visits
    hours, reference = (float(one[:, ACTIVITIES.index("visits")].sum()) for one in (week, basic))
    return min(1.0, usual * hours / reference) if reference > 0.0 else usual
