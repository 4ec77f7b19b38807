"""Daily programmes in a scenario: a week by day and day-part, hours per activity, and what goes with it.

``programmes: {NAME: {week: {DAY: {DAY-PART: {ACTIVITY: HOURS}}}, ...}}``.  Days may be named one by one or
in groups; for a day-part the most particular word counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from scenarios.problems import Problems, one_of
from scenarios.reading import Block, Items, Node, Refused, Scalar, echo
from scenarios.shapes import (
    BASIS,
    GRADE,
    SOURCE,
    TITLE,
    ChoiceShape,
    NumberShape,
    Schema,
    Shape,
    TextShape,
    read_entries,
    written,
)
from scenarios.values import Hours, ProgrammeEntry, Quantity, RegimeList, WeekPlan, Word
from sim import inputs
from sim.clock import FIRST_WEEKEND_DAY, PART_HOURS, PART_NAMES, WEEK
from sim.specification import BASIC, ProgrammeSpecification

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = ("weekdays", "weekend", "every_day")

PROGRAMME_NAME = TextShape(
    "a name of letters, digits, hyphens and underscores", 60, r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}"
)

_HOURS = NumberShape(0, PART_HOURS, "hours", "hours of the activity in this day-part")
_ROUNDING = 1e-9


class RegimesShape(Shape[RegimeList]):
    """The list of regimes in which a programme is lived."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return f"a list of at least one of {', '.join(inputs.REGIMES)}"

    def read(self, node: Node, key: str, problems: Problems) -> RegimeList | None:
        """See :class:`Shape`."""
        if not isinstance(node, Items) or not node.items:
            self.refuse(node, key, problems)
            return None
        regime = ChoiceShape(inputs.REGIMES)
        words = [regime.read(item, f"{key}[{index}]", problems) for index, item in enumerate(node.items)]
        return RegimeList(tuple(word for word in words if word is not None), node.position)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        return {
            "type": "array",
            "minItems": 1,
            "items": {"enum": list(inputs.REGIMES)},
            "description": "regimes in which the programme is lived",
        }


class WeekShape(Shape[WeekPlan]):
    """The calendar of a programme: days or groups of days, day-parts, hours per activity."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "a mapping of days to day-parts to hours per activity"

    def read(self, node: Node, key: str, problems: Problems) -> WeekPlan | None:
        """See :class:`Shape`."""
        plan: dict[tuple[str, str], Hours] = {}
        for day, day_node in self._inside(node, key, (*DAY_NAMES, *GROUPS), problems):
            for part, part_node in self._inside(day_node, f"{key}.{day}", PART_NAMES, problems):
                hours = self._read_hours(part_node, f"{key}.{day}.{part}", problems)
                if hours is not None:
                    plan[day, part] = hours
        return WeekPlan(plan, node.position)

    def _inside(
        self, node: Node, key: str, names: tuple[str, ...], problems: Problems
    ) -> Iterator[tuple[str, Node]]:
        """Yield the known entries of a mapping; note unknown ones with the nearest name."""
        if isinstance(node, Scalar) and node.is_blank:
            return
        if not isinstance(node, Block):
            if not isinstance(node, Refused):
                problems.add(node.position, key, echo(node), f"a mapping with the keys {', '.join(names)}")
            return
        for name, item in node.entries:
            if name.text in names:
                yield name.text, item
            else:
                allowed = one_of(names, "a known key")
                problems.add(name.position, f"{key}.{name.text}", echo(name), allowed, name.text, names)

    def _read_hours(self, node: Node, key: str, problems: Problems) -> Hours | None:
        if isinstance(node, Scalar) and node.is_blank:
            return {}
        if not isinstance(node, Block):
            if not isinstance(node, Refused):
                problems.add(node.position, key, echo(node), "a mapping of activities to hours")
            return None
        hours = read_entries(node, key, dict.fromkeys(inputs.ACTIVITIES, _HOURS), problems)
        total = sum(quantity.number for quantity in hours.values())
        if total > PART_HOURS + _ROUNDING:
            allowed = f"at most {written(PART_HOURS)} hours in a day-part"
            problems.add(node.position, key, f"{total:.6g} hours", allowed)
            return None
        return hours

    def schema(self) -> Schema:
        """See :class:`Shape`."""

        def mapping(names: tuple[str, ...], inner: Schema) -> Schema:
            return {
                "type": ["object", "null"],
                "properties": dict.fromkeys(names, inner),
                "additionalProperties": False,
            }

        parts = mapping(PART_NAMES, mapping(inputs.ACTIVITIES, _HOURS.schema()))
        described = "hours per activity; a named day counts before a group, a group before every_day"
        return {**mapping((*DAY_NAMES, *GROUPS), parts), "description": described}


@cache
def attributes() -> dict[str, NumberShape]:
    """Return the numbers that go with a programme, by key."""
    usual = ProgrammeSpecification("")
    meanings = {
        "out_of_cell": (1, "0-1", "share of unscheduled mornings and afternoons out of cell on the unit"),
        "out_of_cell_evening": (1, "0-1", "the same for evenings"),
        "choice": (1, "0-1", "own choice of times; acts on autonomy"),
        "responsibility": (1, "0-1", "responsible work and schooling; makes activity count for more"),
        "visits": (1, "0-1", "outside contact before restrictions; else it follows the hours of visits"),
        "leave_days_per_month": (15, "days a month", "leave for sentenced people"),
        "priority_days": (3650, "days", "waiting time by which somebody comes sooner to a scarce place"),
    }
    return {
        name: NumberShape(0, high, unit, meaning, default=getattr(usual, name))
        for name, (high, unit, meaning) in meanings.items()
    }


class ProgrammeShape(Shape[ProgrammeEntry]):
    """One programme: week, regimes, attributes, and where its numbers come from."""

    @property
    def allowed(self) -> str:
        """See :class:`Shape`."""
        return "a programme {week, ...}"

    @staticmethod
    def fields() -> Mapping[str, Shape[Any]]:
        """Return the shape of every key."""
        return {
            "title": TITLE,
            "source": SOURCE,
            "grade": GRADE,
            "basis": BASIS,
            "regimes": RegimesShape(),
            **attributes(),
            "week": WeekShape(),
        }

    def read(self, node: Node, key: str, problems: Problems) -> ProgrammeEntry | None:
        """See :class:`Shape`."""
        if not isinstance(node, Block):
            self.refuse(node, key, problems)
            return None
        found = read_entries(node, key, self.fields(), problems)
        words = {name: value for name, value in found.items() if isinstance(value, Word)}
        numbers = {
            name: _sourced(value, words) for name, value in found.items() if isinstance(value, Quantity)
        }
        week = found.get("week")
        if week is not None:
            hours = {
                slot: {name: _sourced(quantity, words) for name, quantity in plan.items()}
                for slot, plan in week.hours.items()
            }
            week = replace(week, hours=hours)
        return ProgrammeEntry(key, node.position, words, numbers, found.get("regimes"), week)

    def schema(self) -> Schema:
        """See :class:`Shape`."""
        properties = {name: shape.schema() for name, shape in self.fields().items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


def programmes_schema() -> Schema:
    """Return the JSON Schema of the block ``programmes``."""
    return {
        "type": ["object", "null"],
        "description": "daily programmes by name",
        "propertyNames": PROGRAMME_NAME.schema(),
        "additionalProperties": ProgrammeShape().schema(),
    }


def _sourced(quantity: Quantity, words: Mapping[str, Word]) -> Quantity:
    """Return a number with the provenance of its programme where it states none."""
    if quantity.has_provenance:
        return quantity
    source, grade, basis = (
        words[name].text if name in words else "" for name in ("source", "grade", "basis")
    )
    return replace(quantity, source=source, grade=grade, basis=basis)


def joined(earlier: ProgrammeEntry, later: ProgrammeEntry) -> ProgrammeEntry:
    """Return a programme of which a later file says some things anew: key by key, the week as a whole."""
    return ProgrammeEntry(
        later.key,
        later.position,
        {**earlier.words, **later.words},
        {**earlier.numbers, **later.numbers},
        later.regimes or earlier.regimes,
        later.week or earlier.week,
    )


def specified(name: str, entry: ProgrammeEntry) -> ProgrammeSpecification:
    """Return the programme that an entry describes."""
    regimes = {word.text for word in entry.regimes.words} if entry.regimes else set(inputs.REGIMES)
    return ProgrammeSpecification(
        name=name,
        week=week_of(entry.week) if entry.week else (),
        regimes=tuple(regime for regime in inputs.REGIMES if regime in regimes),
        **{key: quantity.number for key, quantity in entry.numbers.items()},
    )


def week_of(plan: WeekPlan) -> tuple[tuple[float, ...], ...]:
    """Return the hours of every activity in the 28 day-parts of a week; none at all gives ``()``."""
    week = tuple(
        tuple(hours[activity].number if activity in hours else 0.0 for activity in inputs.ACTIVITIES)
        for day in range(WEEK)
        for hours in (_most_particular(plan, day, part) for part in PART_NAMES)
    )
    return week if any(map(any, week)) else ()


def _most_particular(plan: WeekPlan, day: int, part: str) -> Hours:
    group = "weekend" if day >= FIRST_WEEKEND_DAY else "weekdays"
    for name in (DAY_NAMES[day], group, "every_day"):
        if (name, part) in plan.hours:
            return plan.hours[name, part]
    return {}


def frame_of(entry: ProgrammeEntry) -> dict[str, float]:
    """Return the numbers of the block ``programme`` that follow from the basic calendar."""
    frame: dict[str, float] = {}
    week = week_of(entry.week) if entry.week else ()
    if week:
        for index, part in enumerate(PART_NAMES):
            hours = [sum(week[len(PART_NAMES) * day + index]) for day in range(WEEK)]
            weekdays, weekend = hours[:FIRST_WEEKEND_DAY], hours[FIRST_WEEKEND_DAY:]
            frame[f"programme.weekday_{part}_hours"] = min(PART_HOURS, sum(weekdays) / len(weekdays))
            frame[f"programme.weekend_{part}_hours"] = min(PART_HOURS, sum(weekend) / len(weekend))
        organised = sum(sum(slot[: len(inputs.ORGANISED)]) for slot in week)
        frame["programme.activity_share"] = min(1.0, organised / sum(map(sum, week)))
    if "visits" in entry.numbers:
        frame["programme.visits"] = entry.numbers["visits"].number
    return frame


def path_of(name: str) -> str:
    """Return the path under which a programme is known."""
    return f"programmes.{name}"


BASIC_PATH = path_of(BASIC)
