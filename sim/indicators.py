"""Indicators: what is read off a run, as a ratio of two sums, so that replicates and sites pool exactly.

Each indicator names its numerator and its denominator.  A rate pools by exposure, a share by its cases,
a state by resident-days.  Intervals are made elsewhere, from the sums of every replicate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sim import ledger as codes
from sim import survey
from sim.clock import DAYS_PER_YEAR, PART_HOURS, PARTS, WEEK
from sim.state import rows_where

Better = Literal["lower", "higher", "neither"]
Form = Literal["rate", "share", "mean", "share_of_persons"]

ROWS_ABREAST = 16
"""Daily rows added up side by side."""

LONG_ENOUGH_DAYS = 90
"""Exposure from which a person counts in the share of the most involved tenth."""


class Columns:
    """A record table read by column: each becomes contiguous when it is first asked for.

    Read-outs run over single columns of many rows; in a table of rows they lie far apart.
    """

    def __init__(self, table: Any) -> None:
        """Wrap ``table``, a record array."""
        self._table = table.view(np.ndarray)

    def __getattr__(self, name: str) -> Any:
        """Return the column ``name`` as an array; raises ``AttributeError`` if there is none."""
        if name.startswith("_") or name not in self._table.dtype.names:
            raise AttributeError(name)
        column = np.ascontiguousarray(self._table[name])
        setattr(self, name, column)
        return column


class Totals:
    """The sum of every column of a record table over its rows."""

    def __init__(self, table: Any) -> None:
        """Add up ``table``, a record array of 8-byte columns."""
        rows = np.ascontiguousarray(table).view(np.ndarray)
        kinds = {name: rows.dtype[name] for name in rows.dtype.names or ()}
        sums = {kind: _column_sums(rows, kind, len(kinds)) for kind in set(kinds.values())}
        self.__dict__.update({name: sums[kind][k] for k, (name, kind) in enumerate(kinds.items())})

    def __getattr__(self, name: str) -> Any:
        """Raise ``AttributeError``: there is no such column."""
        raise AttributeError(name)


def _column_sums(rows: Any, kind: Any, columns: int) -> list[Any]:
    """Return the sum of every column as if all were of one kind; those of another mean nothing.

    One sweep over neighbouring numbers, rows side by side, is several times faster than column by column.
    """
    words = rows.view(kind).reshape(len(rows), columns)
    whole = len(rows) // ROWS_ABREAST * ROWS_ABREAST
    with np.errstate(all="ignore"):
        wide = words[:whole].reshape(-1, ROWS_ABREAST * columns).sum(axis=0).reshape(ROWS_ABREAST, columns)
        sums: list[Any] = (wide.sum(axis=0) + words[whole:].sum(axis=0)).tolist()
    return sums


@dataclass(frozen=True)
class Record:
    """What one replicate leaves for reading: daily rows, events and people, recorded days only."""

    daily: Any
    ledger: Any
    residents: Any
    places: int
    days: int

    @cached_property
    def series(self) -> Columns:
        """The daily rows by column."""
        return Columns(self.daily)

    @cached_property
    def totals(self) -> Totals:
        """The sum of every column of the daily rows."""
        return Totals(self.daily)

    @cached_property
    def is_conduct(self) -> Any:
        """Which rows of the ledger are daily conduct that is judged: where there is a scheme, most."""
        kind = np.ascontiguousarray(self.ledger["kind"])
        return (kind >= codes.FIRST_CONDUCT) & (kind <= codes.LAST_CONDUCT)

    @cached_property
    def events(self) -> Columns:
        """The ledger by column, without daily conduct."""
        return Columns(rows_where(self.ledger, ~self.is_conduct))

    @cached_property
    def persons(self) -> tuple[Any, Any]:
        """Incidents and exposure (days) of every person with enough exposure."""
        people = self.residents.view(np.ndarray)
        days = np.ascontiguousarray(people["exposure_days"])
        chosen = days >= LONG_ENOUGH_DAYS
        return people["incidents"][chosen], days[chosen]

    @cached_property
    def resident_days(self) -> float:
        """Days of all residents together."""
        return float(self.totals.residents)


@dataclass(frozen=True, slots=True)
class Sums:
    """One replicate's contribution to an indicator: value = numerator / denominator."""

    numerator: float
    denominator: float
    events: int | None = None


Measure = Callable[[Record], Sums]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One read-out: name, unit, meaning, the direction that is better, and how it is measured."""

    name: str
    unit: str
    meaning: str
    better: Better
    form: Form
    measure: Measure

    def row(self) -> dict[str, Any]:
        """Return the entry as shown by ``detention indicators --json``."""
        return {
            "name": self.name,
            "unit": self.unit,
            "meaning": self.meaning,
            "better": self.better,
            "form": self.form,
        }


PER_THOUSAND = "per 1,000 resident-years"
REPEAT_DAYS = 30
"""Days within which a second incident between the same two residents counts as a repetition."""


def _incidents(events: Any) -> Any:
    return (events.kind >= codes.VERBAL) & (events.kind <= codes.LAST_INCIDENT)


def _violent(events: Any) -> Any:
    return (events.kind == codes.PHYSICAL) | (events.kind == codes.SERIOUS)


def _exposure(record: Record) -> float:
    return record.resident_days / DAYS_PER_YEAR / 1000.0


def _rate(choose: Callable[[Any], Any]) -> Measure:
    def measure(record: Record) -> Sums:
        number = int(np.count_nonzero(choose(record.events)))
        return Sums(float(number), _exposure(record), number)

    return measure


def _share(part: Callable[[Any], Any], whole: Callable[[Any], Any]) -> Measure:
    def measure(record: Record) -> Sums:
        cases = whole(record.events)
        total = int(np.count_nonzero(cases))
        return Sums(float(np.count_nonzero(cases & part(record.events))), float(total), total)

    return measure


def _per_resident_day(total: Callable[[Any], Any]) -> Measure:
    """Measure a sum over resident-days; ``total`` takes the sums of daily columns and is linear in them."""

    def measure(record: Record) -> Sums:
        return Sums(float(total(record.totals)), record.resident_days)

    return measure


def _by_rows(total: Callable[[Any], Any]) -> Measure:
    """Measure a sum over resident-days of what must be worked out for each unit and day first."""

    def measure(record: Record) -> Sums:
        return Sums(float(total(record.series).sum()), record.resident_days)

    return measure


def _ratio(
    numerator: Callable[[Any], Any], denominator: Callable[[Any], Any], factor: float = 1.0
) -> Measure:
    """Measure a ratio of sums; both functions take the sums of daily columns and are linear in them."""

    def measure(record: Record) -> Sums:
        return Sums(factor * float(numerator(record.totals)), float(denominator(record.totals)))

    return measure


def _at_home(day: Any) -> Any:
    """Return the residents who are not on leave."""
    return day.residents - day.away


def _occupancy(record: Record) -> Sums:
    return Sums(record.resident_days, float(record.places * record.days))


def _leavers(record: Record) -> Sums:
    number = int(record.totals.staff_leavers)
    return Sums(float(number), float(record.totals.posts) / DAYS_PER_YEAR, number)


def _cascade(record: Record) -> Sums:
    """Incidents per incident that nothing in the model brought about."""
    cases = _incidents(record.events)
    roots = int(np.count_nonzero(cases & (record.events.channel == codes.BACKGROUND)))
    return Sums(float(np.count_nonzero(cases)), float(roots), roots)


def _repeats(record: Record) -> Sums:
    """Incidents between the same two residents as not long before, among those with enough days before."""
    events = record.events
    chosen = _incidents(events) & (events.actor >= 0) & (events.target >= 0)
    day, first, second = (np.asarray(getattr(events, name)[chosen]) for name in ("day", "actor", "target"))
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((high, low))  # stable: days stay in order
    day, low, high = day[order], low[order], high[order]
    again = np.zeros(len(day), dtype=bool)
    again[1:] = (np.diff(low) == 0) & (np.diff(high) == 0) & (np.diff(day) <= REPEAT_DAYS)
    followed = day >= REPEAT_DAYS
    total = int(np.count_nonzero(followed))
    return Sums(float(np.count_nonzero(again & followed)), float(total), total)


def _decisions(kind: int) -> Measure:
    """Decisions of a kind per review held; those made without a review count too."""

    def measure(record: Record) -> Sums:
        number = int(np.count_nonzero(record.events.kind == kind))
        reviews = int(record.totals.reviews)
        return Sums(float(number), float(reviews), reviews)

    return measure


def _plus_gap(record: Record) -> Sums:
    """Share in plus among other residents less the share among those with LVB, by resident-days."""
    day = record.totals
    total, lvb = float(day.residents), float(day.lvb)
    if lvb <= 0.0 or lvb >= total:
        return Sums(0.0, 0.0)
    others = (float(day.plus) - float(day.plus_lvb)) / (total - lvb)
    return Sums((others - float(day.plus_lvb) / lvb) * total, total)


def _first_promotion_days(record: Record) -> Sums:
    number = int(record.totals.first_promotions)
    return Sums(float(record.totals.first_promotion_days), float(number), number)


def _conduct_noted(record: Record) -> Sums:
    total = int(np.count_nonzero(record.is_conduct))
    noted = int(np.count_nonzero(record.is_conduct & (record.ledger["recorded"] == 1)))
    return Sums(float(noted), float(total), total)


def _negative(events: Any) -> Any:
    return (events.kind == codes.REFUSED_PROMOTION) | (events.kind == codes.DEMOTED)


def _no_sums(record: Record) -> Sums:  # noqa: ARG001 - pooled over persons elsewhere
    return Sums(0.0, 0.0)


def _coercion(events: Any) -> Any:
    return (events.kind == codes.CONTAINMENT) | (events.kind == codes.SANCTION)


def _on_staff(events: Any) -> Any:
    return _violent(events) & (events.against_staff == 1)


def _kind(kind: int) -> Callable[[Any], Any]:
    return lambda events: events.kind == kind


def _recorded(choose: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda events: choose(events) & (events.recorded == 1)


def _seen(events: Any) -> Any:
    return _incidents(events) & (events.seen == 1)


def _formal_or_coerced(events: Any) -> Any:
    return _seen(events) & (
        (events.answer == codes.REPORT) | (events.sanction > 0) | (events.containment > 0)
    )


def _state(name: str, meaning: str, better: Better) -> Indicator:
    return Indicator(name, "0-1", meaning, better, "mean", _per_resident_day(lambda day: getattr(day, name)))


def _justice_in(period: str, when: str) -> Indicator:
    return Indicator(
        f"procedural_justice_{period}",
        "0-1",
        f"perceived procedural justice {when}",
        "higher",
        "mean",
        _ratio(lambda d: getattr(d, f"justice_{period}"), lambda d: getattr(d, f"residents_{period}")),
    )


def _ruled(events: Any) -> Any:
    return (events.kind == codes.COMPLAINT_UPHELD) | (events.kind == codes.COMPLAINT_DISMISSED)


def _scale(
    name: str,
    meaning: str,
    better: Better,
    score: Callable[[Any], Any],
    measure: Callable[[Callable[[Any], Any]], Measure] = _per_resident_day,
) -> Indicator:
    return Indicator(f"climate_{name}", "1-5", meaning, better, "mean", measure(score))


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "true_incidents",
        PER_THOUSAND,
        "incidents of all kinds that happen",
        "lower",
        "rate",
        _rate(_incidents),
    ),
    Indicator(
        "recorded_incidents",
        PER_THOUSAND,
        "incidents of all kinds that are written down",
        "neither",
        "rate",
        _rate(_recorded(_incidents)),
    ),
    Indicator(
        "recorded_assaults_on_residents",
        PER_THOUSAND,
        "recorded physical and serious assaults by a resident on a resident",
        "neither",
        "rate",
        _rate(_recorded(lambda e: _violent(e) & (e.against_staff == 0))),
    ),
    Indicator(
        "recorded_assaults_on_staff",
        PER_THOUSAND,
        "recorded physical and serious assaults by a resident on staff",
        "neither",
        "rate",
        _rate(_recorded(_on_staff)),
    ),
    Indicator(
        "recorded_threats",
        PER_THOUSAND,
        "recorded threats by residents",
        "neither",
        "rate",
        _rate(_recorded(_kind(codes.THREAT))),
    ),
    Indicator(
        "refusals",
        PER_THOUSAND,
        "refusals of an order during a check",
        "neither",
        "rate",
        _rate(_kind(codes.REFUSAL)),
    ),
    Indicator(
        "escape_attempts",
        PER_THOUSAND,
        "attempts to escape",
        "lower",
        "rate",
        _rate(_kind(codes.ESCAPE)),
    ),
    Indicator(
        "repeat_share",
        "share of incidents between residents",
        f"incidents between two residents who clashed in the {REPEAT_DAYS} days before",
        "lower",
        "share",
        _repeats,
    ),
    Indicator(
        "true_assaults",
        PER_THOUSAND,
        "physical and serious assaults that happen",
        "lower",
        "rate",
        _rate(_violent),
    ),
    Indicator(
        "self_harm", PER_THOUSAND, "incidents of self-harm", "lower", "rate", _rate(_kind(codes.SELF_HARM))
    ),
    Indicator(
        "defused_quarrels",
        PER_THOUSAND,
        "quarrels that staff settled with words before they became incidents",
        "neither",
        "rate",
        _rate(_kind(codes.DEFUSED)),
    ),
    Indicator(
        "repairs",
        PER_THOUSAND,
        "mediations and agreed consequences",
        "higher",
        "rate",
        _rate(_kind(codes.REPAIR)),
    ),
    Indicator(
        "recorded_share",
        "share of true incidents",
        "incidents that are written down",
        "neither",
        "share",
        _share(lambda e: e.recorded == 1, _incidents),
    ),
    Indicator(
        "formal_response_share",
        "share of seen incidents",
        "incidents answered with a report",
        "lower",
        "share",
        _share(lambda e: e.answer == codes.REPORT, _seen),
    ),
    Indicator(
        "sanctioned_share_staff",
        "share of recorded violence against staff",
        "recorded violence against staff that was sanctioned",
        "neither",
        "share",
        _share(lambda e: e.sanction > 0, _recorded(_on_staff)),
    ),
    Indicator(
        "containments",
        PER_THOUSAND,
        "isolation and response-team deployments",
        "lower",
        "rate",
        _rate(_kind(codes.CONTAINMENT)),
    ),
    Indicator(
        "coercive_responses",
        PER_THOUSAND,
        "containments and executed sanctions",
        "lower",
        "rate",
        _rate(_coercion),
    ),
    Indicator(
        "avoidable_coercion",
        "share of formal and coercive answers",
        "answers with a report or coercion though a relational answer was open",
        "lower",
        "share",
        _share(lambda e: e.relational_open == 1, _formal_or_coerced),
    ),
    Indicator(
        "coercion_for_lack_of_hands",
        "share of formal and coercive answers",
        "answers with a report or coercion for lack of hands",
        "lower",
        "share",
        _share(lambda e: e.lack_of_hands == 1, _formal_or_coerced),
    ),
    Indicator(
        "top_decile_share",
        "share of incidents",
        f"incidents of the most involved tenth of persons with at least {LONG_ENOUGH_DAYS} days",
        "neither",
        "share_of_persons",
        _no_sums,
    ),
    Indicator(
        "top_decile_share_poisson",
        "share of incidents",
        "what chance alone would give the most involved tenth",
        "neither",
        "share_of_persons",
        _no_sums,
    ),
    Indicator(
        "endogenous_share",
        "share of true incidents",
        "incidents that an earlier event contributed to",
        "lower",
        "share",
        _share(lambda e: e.channel > 0, _incidents),
    ),
    Indicator(
        "cascade_size",
        "incidents",
        "incidents per incident without a cause in the model: 1 / (1 - endogenous share)",
        "lower",
        "share",
        _cascade,
    ),
    _state("autonomy", "satisfied need for autonomy", "higher"),
    _state("competence", "satisfied need for competence", "higher"),
    _state("relatedness", "satisfied need for relatedness", "higher"),
    _state("tension", "tension and arousal", "lower"),
    _state("fear", "fear of others", "lower"),
    _state("wellbeing", "wellbeing", "higher"),
    _state("distress", "mental distress", "lower"),
    _state("adjustment", "settled in", "higher"),
    _state("felt_fairness", "fairness of treatment as felt", "higher"),
    Indicator(
        "procedural_justice",
        "0-1",
        "perceived procedural justice: voice, reasons, consistency, respect",
        "higher",
        "mean",
        _per_resident_day(lambda d: d.justice),
    ),
    _justice_in("week_1", "in the first week after admission"),
    _justice_in("weeks_2_to_4", "in weeks 2 to 4 after admission"),
    _justice_in("weeks_5_to_12", "in weeks 5 to 12 after admission"),
    _justice_in("weeks_13_on", "from week 13 after admission on"),
    Indicator(
        "complaints",
        PER_THOUSAND,
        "complaints to the supervisory committee",
        "neither",
        "rate",
        _rate(_kind(codes.COMPLAINT)),
    ),
    Indicator(
        "complaints_upheld_share",
        "share of complaints ruled on",
        "complaints that the committee upheld",
        "neither",
        "share",
        _share(_kind(codes.COMPLAINT_UPHELD), _ruled),
    ),
    Indicator(
        "appeals",
        PER_THOUSAND,
        "appeals against a dismissed complaint",
        "neither",
        "rate",
        _rate(_kind(codes.APPEAL)),
    ),
    Indicator(
        "explained_coercion_share",
        "share of containments and sanctions",
        "containments and sanctions that came with reasons",
        "higher",
        "share",
        _share(lambda e: e.reasons == 1, _coercion),
    ),
    Indicator(
        "staff_exhaustion",
        "0-1",
        "emotional exhaustion of staff",
        "lower",
        "mean",
        _ratio(lambda d: d.staff_exhaustion, lambda d: d.staff),
    ),
    Indicator(
        "staff_vigilance",
        "0-1",
        "vigilance of staff",
        "lower",
        "mean",
        _ratio(lambda d: d.staff_vigilance, lambda d: d.staff),
    ),
    Indicator(
        "staff_autonomy",
        "0-1",
        "satisfied need for autonomy of staff",
        "higher",
        "mean",
        _ratio(lambda d: d.staff_autonomy, lambda d: d.staff),
    ),
    Indicator(
        "staff_competence",
        "0-1",
        "felt effectiveness of staff",
        "higher",
        "mean",
        _ratio(lambda d: d.staff_competence, lambda d: d.staff),
    ),
    Indicator(
        "staff_relatedness",
        "0-1",
        "cohesion of staff",
        "higher",
        "mean",
        _ratio(lambda d: d.staff_relatedness, lambda d: d.staff),
    ),
    Indicator(
        "staff_absence_rate",
        "share of staff",
        "staff on sick leave",
        "lower",
        "mean",
        _ratio(lambda d: d.staff_absent, lambda d: d.staff),
    ),
    Indicator(
        "staff_turnover",
        "per post-year",
        "staff who leave",
        "lower",
        "rate",
        _leavers,
    ),
    Indicator(
        "familiarity",
        "0-1",
        "how well the officer who knows a resident best knows that resident",
        "higher",
        "mean",
        _per_resident_day(lambda d: d.best_familiarity),
    ),
    Indicator(
        "familiarity_on_duty",
        "0-1",
        "how well the officer met now knows the resident",
        "higher",
        "mean",
        _ratio(lambda d: d.met_familiarity, lambda d: d.met),
    ),
    Indicator(
        "resident_contacts",
        "meetings per resident-day",
        "meetings of a resident with other residents",
        "neither",
        "mean",
        _per_resident_day(lambda d: 2 * d.meetings),
    ),
    Indicator(
        "alliance_on_duty",
        "0-1",
        "working alliance with the officer met now",
        "higher",
        "mean",
        _ratio(lambda d: d.met_alliance, lambda d: d.met),
    ),
    Indicator(
        "procedure_share",
        "share of duty time",
        "duty time that procedures take",
        "neither",
        "mean",
        _ratio(lambda d: d.procedure_time, lambda d: d.duty_time),
    ),
    Indicator(
        "staff_contact_minutes",
        "minutes per resident-day",
        "contact of a resident with staff",
        "higher",
        "mean",
        _per_resident_day(lambda d: d.contact_minutes),
    ),
    Indicator(
        "hours_out_of_cell",
        "hours per day",
        "hours out of cell, on days that are not spent on leave",
        "higher",
        "mean",
        _ratio(lambda d: d.hours_out, _at_home),
    ),
    Indicator(
        "activity_hours_per_week",
        "hours per resident-week",
        "hours of the daily programme that residents get, recreation included, on days not spent on leave",
        "higher",
        "mean",
        _ratio(lambda d: d.hours_delivered, _at_home, WEEK),
    ),
    Indicator(
        "activity_hours_promised_per_week",
        "hours per resident-week",
        "hours that the week of everybody's own programme has",
        "neither",
        "mean",
        _ratio(lambda d: d.hours_promised, _at_home, WEEK),
    ),
    Indicator(
        "waiting_for_place",
        "share of residents",
        "residents without a place in work, education or training that their programme has",
        "lower",
        "mean",
        _ratio(lambda d: d.waiting, _at_home),
    ),
    Indicator("leaves", PER_THOUSAND, "leaves", "neither", "rate", _rate(_kind(codes.LEAVE))),
    Indicator(
        "late_returns",
        PER_THOUSAND,
        "culpably late returns from leave, or none",
        "lower",
        "rate",
        _rate(_kind(codes.LATE_RETURN)),
    ),
    Indicator("occupancy", "share of places", "places in use", "neither", "mean", _occupancy),
    Indicator(
        "unstaffed_share",
        "share of daytime day-parts",
        "day-parts without staff of its own on a unit",
        "lower",
        "mean",
        _ratio(lambda d: d.parts_unstaffed, lambda d: d.parts_out),
    ),
    Indicator(
        "common_room_share",
        "share of duty time",
        "duty time in the common room",
        "higher",
        "mean",
        _ratio(lambda d: d.common_time, lambda d: d.duty_time),
    ),
    Indicator(
        "restrictiveness",
        "0-1",
        "restrictiveness of practice",
        "lower",
        "mean",
        _by_rows(lambda d: d.restrictiveness * d.residents),
    ),
    Indicator(
        "staff_hours",
        "hours per resident-day",
        "rostered hours of unit staff",
        "neither",
        "mean",
        _per_resident_day(lambda d: d.duty_time * PART_HOURS),
    ),
    Indicator(
        "plus_share",
        "share of residents",
        "residents on a level with reward status, whether or not they live its programme yet",
        "neither",
        "mean",
        _per_resident_day(lambda d: d.plus),
    ),
    Indicator(
        "plus_share_sentenced",
        "share of sentenced residents",
        "sentenced residents with reward status",
        "neither",
        "mean",
        _ratio(lambda d: d.plus - d.plus_remand, lambda d: d.residents - d.remand),
    ),
    Indicator(
        "plus_share_remand",
        "share of residents on remand",
        "residents who await judgment with reward status",
        "neither",
        "mean",
        _ratio(lambda d: d.plus_remand, lambda d: d.remand),
    ),
    Indicator(
        "plus_share_lvb",
        "share of residents with LVB",
        "residents with a mild intellectual disability with reward status",
        "neither",
        "mean",
        _ratio(lambda d: d.plus_lvb, lambda d: d.lvb),
    ),
    Indicator(
        "plus_share_gap_lvb",
        "share of residents",
        "share with reward status among other residents less the share among residents with a mild "
        "intellectual disability",
        "neither",
        "mean",
        _plus_gap,
    ),
    Indicator(
        "plus_lived_share",
        "share of residents with reward status",
        "residents with reward status who live its programme",
        "neither",
        "mean",
        _ratio(lambda d: d.plus_lived, lambda d: d.plus),
    ),
    Indicator(
        "out_of_scheme_share",
        "share of residents",
        "residents to whom the promotion policy does not apply",
        "neither",
        "mean",
        _per_resident_day(lambda d: d.out_of_scheme),
    ),
    Indicator(
        "promotions_per_review",
        "per review",
        "steps up per review held",
        "neither",
        "share",
        _decisions(codes.PROMOTED),
    ),
    Indicator(
        "refusals_per_review",
        "per review",
        "refused steps up per review held",
        "neither",
        "share",
        _decisions(codes.REFUSED_PROMOTION),
    ),
    Indicator(
        "demotions_per_review",
        "per review",
        "steps down per review held, those at once included",
        "neither",
        "mean",
        _decisions(codes.DEMOTED),
    ),
    Indicator(
        "overdue_per_review",
        "per review",
        "reviews written down as overdue per review held",
        "lower",
        "mean",
        _decisions(codes.OVERDUE),
    ),
    Indicator(
        "time_to_promotion",
        "days",
        "days from entry to the first step up, of those who rise",
        "neither",
        "mean",
        _first_promotion_days,
    ),
    Indicator(
        "decisions_explained_share",
        "share of refusals and demotions",
        "refusals and demotions that came with written reasons",
        "higher",
        "share",
        _share(lambda e: e.reasons == 1, _negative),
    ),
    Indicator(
        "conduct_noted_share",
        "share of conduct that is judged",
        "daily conduct that reaches a report",
        "neither",
        "share",
        _conduct_noted,
    ),
    _state("motivation_autonomous", "motivation for own reasons", "higher"),
    _state("motivation_controlled", "motivation by reward and pressure", "neither"),
    _state("hope", "hope of getting on by own conduct", "higher"),
    _scale("support", "climate scale: support", "higher", survey.support),
    _scale("growth", "climate scale: growth", "higher", survey.growth),
    _scale("repression", "climate scale: repression", "lower", survey.repression, _by_rows),
    _scale("atmosphere", "climate scale: atmosphere", "higher", survey.atmosphere, _by_rows),
    _scale("procedural_justice", "climate scale: procedural justice", "higher", survey.procedural_justice),
)

BY_NAME = {indicator.name: indicator for indicator in INDICATORS}


def summarise(record: Record) -> dict[str, Sums]:
    """Return the sums of every indicator for one replicate."""
    return {indicator.name: indicator.measure(record) for indicator in INDICATORS}


def record_of(simulation: Any) -> Record:
    """Return the record of the recorded days of a simulation."""
    return Record(
        daily=simulation.daily().reshape(-1),
        ledger=simulation.ledger(),
        residents=simulation.used("residents"),
        places=len(simulation.world.places),
        days=max(0, simulation.part // PARTS),
    )
