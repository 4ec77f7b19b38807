"""Policies of promotion and demotion as data: what a framework can say, and nothing about any one of them.

A policy is a tree of frozen records.  Every field carries its unit, range and meaning, so that the strict
loader, the editor's schema, the page of the documentation and the tables of the kernels are all made from
the declarations in this file.  The engine is :mod:`sim.judging` and :mod:`sim.mechanisms.promotion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sim.ledger import JUDGED

STANDINGS = ("desired", "warning", "undesired", "impermissible")
"""What the classes of a policy, whatever it calls them, come down to."""

GROUPS = (
    "ordinary",
    "persistent_offender_measure",
    "measure_sought",
    "psychiatric_or_medical",
    "control_unit",
    "extra_secured",
)
"""Neutral legal groups for the rules that need them; a resident belongs to one."""

DECIDERS = ("director", "mdo")
FALLS = ("one", "lowest")
MOST_LEVELS = 12
MOST_DOMAINS = 3


def number(
    default: float,
    low: float,
    high: float,
    unit: str,
    meaning: str,
    *,
    whole: bool = False,
) -> Any:
    """Declare a number with its range."""
    about = {"low": low, "high": high, "unit": unit, "meaning": meaning, "whole": whole}
    return field(default=default, metadata={"form": "number", **about})


def switch(default: bool, meaning: str) -> Any:  # noqa: FBT001 - the default of the switch itself
    """Declare a yes or no."""
    return field(default=default, metadata={"form": "switch", "meaning": meaning})


def choice(default: str, names: tuple[str, ...], meaning: str) -> Any:
    """Declare one of several names."""
    return field(default=default, metadata={"form": "choice", "names": names, "meaning": meaning})


def choices(names: tuple[str, ...], meaning: str) -> Any:
    """Declare a list of known names."""
    return field(default=(), metadata={"form": "choices", "names": names, "meaning": meaning})


def name(meaning: str) -> Any:
    """Declare a name that the policy gives."""
    return field(default="", metadata={"form": "name", "meaning": meaning})


def names(meaning: str) -> Any:
    """Declare a list of names that the policy has given elsewhere."""
    return field(default=(), metadata={"form": "names", "meaning": meaning})


def listing(of: type, meaning: str, most: int, needed: tuple[str, ...] = ("name",)) -> Any:
    """Declare a list of records."""
    about = {"form": "list", "of": of, "most": most, "needed": needed, "meaning": meaning}
    return field(default=(), metadata=about)


def block(of: type, meaning: str) -> dict[str, Any]:
    """Return what describes a field that is one record."""
    return {"form": "block", "of": of, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder."""

    name: str = name("what the level is called")
    programme: str = field(
        default="",
        metadata={
            "form": "name",
            "meaning": "programme that the level lives; left out: that of the unit",
        },
    )
    plus: bool = switch(default=False, meaning="whether the level counts as reward status in the read-outs")
    periods: int = number(
        1, 1, 20, "periods", "periods judged positive in a row before the next level up", whole=True
    )
    visits: float = number(0.0, 0, 1, "0-1", "outside contact added by visits that only this level has")


@dataclass(frozen=True, slots=True)
class Domain:
    """One part on which conduct is judged."""

    name: str = name("what the part is called")
    weight: float = number(1.0, 0, 10, "factor", "how heavily the part counts where parts are weighed")
    effort: bool = switch(default=False, meaning="whether the part is about effort for return to society")
    desired_needed: float = number(
        0.0, 0, 100, "notes", "desired conduct that must have been noted in a period"
    )
    warning_from: float = number(1.0, 0.01, 100, "notes", "notes of the warning class that colour a period")
    undesired_from: float = number(1.0, 0.01, 100, "notes", "notes of undesired conduct that colour a period")


@dataclass(frozen=True, slots=True)
class Class:
    """One class of conduct: the policy's own word, and what it comes down to."""

    name: str = name("the policy's word for the class")
    standing: str = choice("desired", STANDINGS, "what the class comes down to")


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one kind of conduct or incident is classed on one part."""

    kind: str = choice("took_part", tuple(JUDGED), "kind of conduct or incident")
    domain: str = name("part on which it counts; left out for conduct that bars at once")
    judged: str = name("class of the policy")
    weight: float = number(1.0, 0.01, 100, "notes", "how many ordinary notes one such note is worth")


@dataclass(frozen=True, slots=True)
class Reporter:
    """One discipline that reports on conduct."""

    name: str = name("what the discipline is called")
    attention: float = number(1.0, 0, 100, "share", "how much of what is seen this discipline sees")
    weight: float = number(1.0, 0.01, 10, "factor", "how heavily its notes count")
    on_unit: bool = switch(default=False, meaning="whether it is an officer of the unit")
    domains: tuple[str, ...] = names("parts it reports on; left out: all")


@dataclass(frozen=True, slots=True)
class Condition:
    """Something to be completed before the first step up."""

    name: str = name("what has to be done")
    days: float = number(30.0, 0, 3650, "days", "how long a willing person takes to be offered and finish it")


@dataclass(frozen=True, slots=True)
class Plan:
    """Deadlines of the plan for detention and return; 0 for none."""

    draft_days: int = number(0, 0, 3650, "days after entry", "deadline of the draft", whole=True)
    settle_days: int = number(0, 0, 3650, "days after entry", "deadline of the settled plan", whole=True)


@dataclass(frozen=True, slots=True)
class Review:
    """When the meeting of all disciplines takes place."""

    first_days: int = number(42, 1, 3650, "days after entry", "deadline of the first review", whole=True)
    cycle_days: int = number(42, 1, 3650, "days", "longest time between reviews", whole=True)
    long_stay_days: int = number(
        0, 0, 36500, "days", "expected stay from which the longer cycle holds; 0 for never", whole=True
    )
    long_cycle_days: int = number(42, 1, 3650, "days", "longest time between reviews then", whole=True)
    early_days: int = number(
        0, 0, 3650, "days", "review within so many days when undesired conduct asks for it; 0 for never",
        whole=True,
    )  # fmt: skip
    eligible_days: int = number(
        42, 0, 3650, "days", "days of positive conduct, from entry or the last refusal, before a step up",
        whole=True,
    )  # fmt: skip
    refusal_restarts: bool = switch(default=True, meaning="whether a refusal starts these days anew")


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a step up asks for beyond the judgement of each part."""

    mainly_positive: float = number(
        1.0, 0, 1, "share", "weighed share of desired notes from which a mixed period may still suffice"
    )
    leniency: float = number(0.0, 0, 1, "chance", "chance that the meeting uses that room")
    allowance: float = number(
        0.0, 0, 1, "share", "weight taken off undesired conduct that comes from a disability or disorder"
    )
    allowance_needs_will: bool = switch(
        default=False, meaning="whether that allowance asks for signs of wanting to improve"
    )
    repeat_from: int = number(
        0, 0, 100, "sentences", "earlier sentences from which more periods are needed; 0 for never",
        whole=True,
    )  # fmt: skip
    repeat_periods: int = number(
        0, 0, 20, "periods", "periods needed on top for people with so many sentences", whole=True
    )
    conditions: tuple[Condition, ...] = listing(Condition, "what must be completed first", 8)


@dataclass(frozen=True, slots=True)
class Demotion:
    """When and how far somebody goes down, and when the way up opens again."""

    may: float = number(
        0.5, 0, 1, "chance", "chance that undesired conduct leads to a step down once interests are weighed"
    )
    pattern: int = number(
        1, 1, 20, "periods", "periods in a row (or undesired notes in one) that make a pattern", whole=True
    )
    warns: bool = switch(default=False, meaning="whether a first undesired period gives a warning")
    way_back: bool = switch(
        default=False, meaning="whether the way back up is agreed with the person at a refusal or step down"
    )
    at_once: bool = switch(default=False, meaning="whether impermissible conduct means a step down at once")
    keeps_down: float = number(
        1.0, 0, 1, "chance", "chance that impermissible conduct on the lowest level means a refusal"
    )
    falls: str = choice("one", FALLS, "how far down")
    shortest_days: int = number(
        42, 0, 3650, "days", "shortest time before the way up opens again", whole=True
    )
    longest_days: int = number(42, 0, 3650, "days", "longest time before the way up opens again", whole=True)
    reason_days: int = number(0, 0, 3650, "days", "days added for each reason for a longer time", whole=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is out, and where the status is earned and lived."""

    groups_out: tuple[str, ...] = choices(GROUPS, "legal groups that are out from entry")
    convicted_out: bool = switch(
        default=False, meaning="whether people convicted for a crime in detention are out for the rest"
    )
    short_stay_days: int = number(
        0, 0, 3650, "days", "people with a shorter expected stay are out; 0 for nobody", whole=True
    )
    remand_earns: bool = switch(default=True, meaning="whether the status can be earned on a remand unit")
    remand_lives: bool = switch(default=True, meaning="whether it is lived on a remand unit")
    self_reporter_level: int = number(
        0, 0, MOST_LEVELS - 1, "level", "level on which self-reporters start", whole=True
    )
    self_reporter_first: bool = switch(
        default=False, meaning="whether self-reporters stay in although their expected stay is short"
    )


@dataclass(frozen=True, slots=True)
class CaseLaw:
    """Questions that judges answer; each a switch."""

    effort_alone_suffices: bool = switch(
        default=True, meaning="whether lacking effort alone is enough to refuse or to demote"
    )
    conviction_excludes: bool = switch(
        default=True, meaning="whether the exclusion after a conviction in detention stands"
    )


@dataclass(frozen=True, slots=True)
class PolicySpecification:
    """A framework of promotion and demotion, complete and validated.

    The default has one level, no review and no reward: no scheme at all.  Two policies are equal when their
    rules are, whatever they are called.
    """

    name: str = field(default="", compare=False)
    title: str = field(default="", compare=False)
    decides: str = choice("director", DECIDERS, "who decides: the director, or the meeting by mandate")
    levels: tuple[Level, ...] = listing(Level, "levels, the lowest first", MOST_LEVELS)
    domains: tuple[Domain, ...] = listing(Domain, "parts on which conduct is judged", MOST_DOMAINS)
    classes: tuple[Class, ...] = listing(Class, "classes of conduct", 8, ("name", "standing"))
    conduct: tuple[Conduct, ...] = listing(
        Conduct, "how each kind of conduct or incident is classed", 200, ("kind", "judged")
    )
    reporters: tuple[Reporter, ...] = listing(Reporter, "who reports", 12)
    plan: Plan = field(default_factory=Plan, metadata=block(Plan, "deadlines of the plan"))
    review: Review = field(default_factory=Review, metadata=block(Review, "clock of the reviews"))
    promotion: Promotion = field(
        default_factory=Promotion, metadata=block(Promotion, "what a step up asks for")
    )
    demotion: Demotion = field(default_factory=Demotion, metadata=block(Demotion, "steps down"))
    scope: Scope = field(
        default_factory=Scope, metadata=block(Scope, "who is out; where status is earned and lived")
    )
    case_law: CaseLaw = field(default_factory=CaseLaw, metadata=block(CaseLaw, "switches of case law"))

    @property
    def has_scheme(self) -> bool:
        """Whether anybody is judged: there is more than one level."""
        return len(self.levels) > 1

    @property
    def acts(self) -> bool:
        """Whether the policy changes anything at all against having none."""
        return self.has_scheme or any(level.programme or level.visits or level.plus for level in self.levels)

    def canonical(self) -> dict[str, Any]:
        """Return a plain description of the rules: what saved results carry and digests are taken of."""
        described: dict[str, Any] = plain(asdict(self))
        return described


def plain(value: Any) -> Any:
    """Return records, tuples and mappings as dictionaries and lists."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value
