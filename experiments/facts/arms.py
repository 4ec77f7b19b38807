"""The arms of the shared panel: which worlds the facts are measured in.

Each arm names a scenario, what is changed in it, and how often it is run.  Arms share their seeds, so
that paired arms differ only where their settings make them differ.  Steps called "one SD" and
facility types called "natural" are definitions, stated here once; they were fixed before any fact was
measured with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.specification import GraphSpecification, Specification, UnitSpecification

if TYPE_CHECKING:
    from sim.simulation import Simulation

BASELINE = "baseline"
SHARE_OF_PAIRS = 0.4
"""Replicates of a paired arm against those of the baseline."""

RELATIONAL_STEP = 0.14
"""Step on skill, attitude and alliance that stands for simple staff-relationship interventions: the
size that a prototype found for the trial (seen in development, so S11 is no independent test)."""

RESTRICTION_STEP = 0.15
"""One SD of restriction: this much more static and procedural security.  Assumption: the prisons of one
country lie mostly within two SDs of .7, that is above .4."""

PRESENCE_STEP = 0.25
"""One SD of staff presence on the dose 0-1: half of the way from a Dutch prison
(.3-.6) to a house (.7-.9)."""

SCHEME, NO_SCHEME = BASELINE, "no-scheme"
"""With a promotion scheme: the Dutch prison as it is, under the rules of 2020; and the same without any."""

GROUP_SIZES = (3, 5, 8, 12, 20, 40)
GROUP_RESIDENTS = 240
ENVIRONMENTS = 12
ENVIRONMENT_PLACES = 96

Builder = Callable[[], Specification]


@dataclass(frozen=True, slots=True)
class Touch:
    """Something done to a running simulation from outside.

    ``apply`` is called every ``every_days`` from the first day of the burn-in, or, with 0, once before
    the first recorded day.
    """

    apply: Callable[[Simulation], None]
    every_days: int = 0


@dataclass(frozen=True, slots=True)
class Arm:
    """One world of the panel.

    ``share`` is its number of replicates against the baseline's.  ``numbers`` are applied after the
    parameter vector, ``detail`` keeps people, ``copies`` pools that many facilities of other people.
    """

    name: str
    title: str
    build: Builder
    share: float = SHARE_OF_PAIRS
    numbers: Mapping[str, float] = field(default_factory=dict)
    copies: int = 1
    detail: bool = False
    touch: Touch | None = None

    def specification(self, vector: Mapping[str, float] | None = None) -> Specification:
        """Return the specification under a parameter vector (default: the registry's defaults)."""
        return self.build().with_numbers(dict(vector or {})).with_numbers(dict(self.numbers))

    def replicates(self, baseline: int) -> int:
        """Return the number of replicates that goes with so many of the baseline."""
        return max(2, round(self.share * baseline))


def scenario(reference: str) -> Builder:
    """Return a builder of a scenario of the library."""

    def build() -> Specification:
        from scenarios import load

        return load(reference)

    return build


def with_policy(policy: str) -> Builder:
    """Return a builder of the Dutch prison under a framework of promotion and demotion."""

    def build() -> Specification:
        from scenarios import load

        return load("dutch-prison", sets=[f"promotion.policy={policy}"])

    return build


def separate(places: int, count: int, **choices: str) -> Builder:
    """Return a builder of ``count`` sites of one unit each, all else as in the matched scenarios."""

    def build() -> Specification:
        base = scenario("matched-1x12")()
        unit = base.units[0]
        units = tuple(
            UnitSpecification(
                f"group-{k}",
                places,
                f"site-{k}",
                unit.regime,
                unit.double_cells,
                unit.openness,
                unit.programme,
            )
            for k in range(count)
        )
        named = {name.replace("__", "."): choice for name, choice in choices.items()}
        return replace(base, name=f"groups-of-{places}", units=units, choices={**base.choices, **named})

    return build


def prison(places: int, count: int) -> Builder:
    """Return a builder of one prison of ``count`` units, with pooled roster and shared spaces."""

    def build() -> Specification:
        base = scenario("matched-15x24")()
        unit = base.units[0]
        units = tuple(
            UnitSpecification(
                f"unit-{k}", places, "main", unit.regime, unit.double_cells, unit.openness, unit.programme
            )
            for k in range(count)
        )
        made = replace(
            base, name=f"prison-{places * count}", units=units, graph=GraphSpecification("complete")
        )
        return made.with_numbers({"staffing.rotation_cluster": float(count)})

    return build


def environment(k: int) -> Mapping[str, float]:
    """Return the ``k``-th of :data:`ENVIRONMENTS` situations: a fixed Latin hypercube over plausible ranges.

    What varies is what prisons of one country differ in; the intake is the same everywhere.
    """
    ranges = {
        "security.static": (0.4, 0.9),
        "security.procedural": (0.3, 0.9),
        "security.attitude": (0.2, 0.7),
        "security.alliance": (0.2, 0.7),
        "security.presence": (0.2, 0.7),
        "staffing.orientation_mean": (0.35, 0.7),
        "staffing.skill_mean": (0.35, 0.7),
        "staffing.residents_per_employee": (1.2, 2.4),
        "programme.activity_share": (0.4, 0.8),
        "programme.weekday_evening_hours": (0.0, 2.0),
        "facility.shared": (0.0, 0.5),
    }
    return _hypercube(ranges, 20260101, k)


def intake(k: int) -> Mapping[str, float]:
    """Return the ``k``-th of :data:`ENVIRONMENTS` intakes: a fixed Latin hypercube over plausible ranges.

    What varies is who is sent to a prison; the situation is the same everywhere.
    """
    ranges = {
        "residents.reactivity_mean": (-0.6, 0.6),
        "residents.reactivity_sd": (0.8, 1.2),
        "residents.age_mean": (30.0, 40.0),
        "residents.trauma_share": (0.2, 0.5),
        "residents.vulnerability_mean": (0.15, 0.4),
        "residents.remand_share": (0.0, 0.5),
    }
    return _hypercube(ranges, 20260103, k)


def _hypercube(ranges: Mapping[str, tuple[float, float]], seed: int, k: int) -> dict[str, float]:
    from scipy.stats import qmc

    point = qmc.LatinHypercube(d=len(ranges), rng=seed).random(ENVIRONMENTS)[k]
    return {
        path: low + (high - low) * float(u)
        for (path, (low, high)), u in zip(ranges.items(), point, strict=True)
    }


def changed(name: str, title: str, numbers: Mapping[str, float], reference: str = "dutch-prison") -> Arm:
    """Return an arm in which some numbers differ from a scenario."""
    return Arm(name, title, scenario(reference), numbers=numbers)


def _steps(step: float, *paths: str) -> dict[str, float]:
    """Return numbers of the Dutch prison raised by ``step``."""
    values = scenario("dutch-prison")().values
    return {path: min(1.0, values[path] + step) for path in paths}


def panel_arms() -> dict[str, Arm]:
    """Return every arm by name; the promotion scheme has arms once its framework exists."""
    from experiments.facts.touches import severe_incident

    dutch = scenario("dutch-prison")
    security = ("security.static", "security.procedural")
    # Half of the reports are sanctioned by lot, half of these with confinement, so that the severity of the
    # sanction says nothing about the person.
    by_lot = {
        "response.sanction_base": 0.0,
        "response.sanction_severity": 0.0,
        "response.sanction_vigilance": 0.0,
        "response.sanction_load": 0.0,
        "response.confinement_share": 0.5,
        "response.formal_base": 0.0,
    }
    arms = [
        Arm(BASELINE, "Dutch prison as it is", dutch, 1.0, detail=True),
        changed(
            "relational",
            "Dutch prison with better staff relations",
            _steps(RELATIONAL_STEP, "staffing.skill_mean", "security.attitude", "security.alliance"),
        ),
        changed("restrictive", "Dutch prison, one SD more restriction", _steps(RESTRICTION_STEP, *security)),
        changed("present", "Dutch prison, one SD more presence", _steps(PRESENCE_STEP, "security.presence")),
        Arm("locked", "Dutch prison under lock-up", scenario("dutch-prison+lock-up")),
        changed("more-staff", "Dutch prison, a third more staff", {"staffing.residents_per_employee": 1.275}),
        changed(
            "more-staff-withdrawn",
            "Dutch prison, a third more staff who keep to the office",
            {"staffing.residents_per_employee": 1.275, "security.presence": 0.0},
        ),
        Arm(
            "crowded",
            "Dutch prison, cells for two instead of one",
            _doubled(0.65),
        ),
        Arm(
            "shocked",
            "Dutch prison after a severe assault on an officer in every unit",
            dutch,
            numbers={"run.days": 120},
            detail=True,
            touch=Touch(severe_incident),
        ),
        Arm(
            "by-lot",
            "Dutch prison, half of all reports sanctioned by lot",
            dutch,
            1.0,
            numbers=by_lot,
            detail=True,
        ),
        Arm("house", "Detention houses, own mix", scenario("detention-house"), 0.25, copies=29, detail=True),
        Arm(
            "house-same-mix",
            "Detention houses, mix of the prison",
            scenario("detention-house"),
            0.25,
            numbers={"residents.reactivity_mean": 0.0},
            copies=29,
            detail=True,
        ),
        Arm("houses-30x12", "Thirty separate houses of 12", scenario("matched-30x12")),
        Arm("campus-30x12", "The same thirty houses under one roof", scenario("matched-campus-30x12")),
        Arm("prison-15x24", "One prison of 15 units of 24", scenario("matched-15x24")),
        Arm("prison-3x120", "One prison of 3 units of 120", scenario("matched-3x120")),
        # Natural staffing: small prisons have more staff per resident (assumption, Nordic prisons near 1).
        Arm(
            "small",
            "Small prisons of 40 places",
            prison(20, 2),
            0.3,
            numbers={"staffing.residents_per_employee": 1.2},
            copies=7,
            detail=True,
        ),
        Arm(
            "medium",
            "Medium prisons of 80 places",
            prison(20, 4),
            0.3,
            numbers={"staffing.residents_per_employee": 1.45},
            copies=4,
            detail=True,
        ),
        Arm("large", "Large prisons of 280 places", prison(20, 14), 0.3, detail=True),
    ]
    arms += [
        Arm(
            group(places),
            f"Groups of {places}",
            separate(places, GROUP_RESIDENTS // places, staffing__unstaffed="open"),
            0.3,
            # Without the rule that cuts hours: one officer too few would decide about groups below 8.
            numbers={"roster.lock_ratio": 500.0},
        )
        for places in GROUP_SIZES
    ]
    arms += [
        Arm(NO_SCHEME, "Dutch prison without any promotion scheme", with_policy("none"), detail=True),
    ]
    arms += [
        Arm(
            situation(k),
            f"Situation {k + 1}",
            prison(24, ENVIRONMENT_PLACES // 24),
            0.3,
            numbers=environment(k),
            detail=True,
        )
        for k in range(ENVIRONMENTS)
    ]
    arms += [
        Arm(mix(k), f"Intake {k + 1}", prison(24, ENVIRONMENT_PLACES // 24), 0.3, numbers=intake(k))
        for k in range(ENVIRONMENTS)
    ]
    return {arm.name: arm for arm in arms}


def group(places: int) -> str:
    """Return the name of the arm of groups of a size."""
    return f"groups-of-{places}"


def situation(k: int) -> str:
    """Return the name of the arm of an environment."""
    return f"situation-{k + 1:02d}"


def mix(k: int) -> str:
    """Return the name of the arm of an intake."""
    return f"intake-{k + 1:02d}"


def _doubled(share: float) -> Builder:
    def build() -> Specification:
        base = scenario("dutch-prison")()
        return replace(base, units=tuple(replace(unit, double_cells=share) for unit in base.units))

    return build
