"""Small facilities and single rows for tests, made without any scenario file."""

import math
from dataclasses import replace
from functools import cache

import numpy as np

from scenarios import load
from sim import state
from sim.inputs import CHOICES
from sim.mechanisms import NAMES
from sim.parameters import defaults, parameter_record, registry
from sim.policy import (
    Class,
    Condition,
    Conduct,
    Demotion,
    Domain,
    Level,
    Plan,
    PolicySpecification,
    Promotion,
    Reporter,
    Review,
    Scope,
)
from sim.simulation import Simulation
from sim.specification import GraphSpecification, Specification, UnitSpecification

RING = GraphSpecification("ring", 4)
NO_GRAPH = GraphSpecification("none")

EVENTFUL = {
    "encounters.quarrel": 0.06,
    "encounters.friction": 0.06,
    "conflict.damage_rate": 15,
    "conflict.contraband_rate": 40,
    "conflict.refusal_rate": 15,
    "conflict.escape_rate": 5,
    "conflict.static_stops": 0.5,
    "wellbeing.self_harm_rate": 5,
    "residents.vulnerability_mean": 0.6,
    "response.sanction_base": 0,
    "response.contain_base": 0,
    "justice.complain_base": 0,
    "justice.committee_days": 1,
    "justice.appeal_base": 1,
    "justice.appeal_days": 2,
    "promotion.rate_programme": 0.12,
    "promotion.rate_chore": 0.1,
    "promotion.rate_agreement": 0.1,
    "promotion.rate_correction": 0.1,
    "promotion.rate_manner": 0.1,
    "promotion.rate_hygiene": 0.05,
    "promotion.rate_plan": 0.1,
    "promotion.rate_test": 0.1,
    "promotion.rate_quarrel": 0.05,
    "promotion.conviction_days": 5,
    "promotion.late_review": 0.2,
    "promotion.consistency": 0.2,
    "promotion.conduct_base": 0.5,
    "promotion.lvb_planning": 2,
    "promotion.lvb_self_control": 2,
    "promotion.lvb_understanding": 2,
    "promotion.line": 3,
}
"""Rates of incidents, coercion and judged conduct far above the defaults: much happens in a few days."""

FAST_FLOW = {"residents.stay_mean_days": 12, "residents.stay_median_days": 7, "residents.occupancy": 0.85}
FAST_STAFF = {"strain.quit_per_year": 2, "strain.vacancy_days": 4, "strain.sick_per_year": 12}


SCHEME = PolicySpecification(
    decides="mdo",
    levels=(
        Level("low"),
        Level("middle", programme="plus", periods=2, visits=0.2),
        Level("high", programme="plus", plus=True, visits=0.4),
    ),
    domains=(
        Domain("order"),
        Domain("care", warning_from=0.8, undesired_from=2),
        Domain("effort", weight=1.5, effort=True),
    ),
    classes=(
        Class("good", "desired"),
        Class("poor", "warning"),
        Class("bad", "undesired"),
        Class("worst", "impermissible"),
    ),
    conduct=(
        Conduct("took_part", "effort", "good"),
        Conduct("stayed_away", "effort", "bad"),
        Conduct("late", "effort", "poor"),
        Conduct("chore_done", "care", "good"),
        Conduct("chore_skipped", "care", "bad"),
        Conduct("agreement_kept", "order", "good"),
        Conduct("agreement_broken", "order", "poor"),
        Conduct("correction_taken", "order", "good"),
        Conduct("correction_refused", "order", "bad"),
        Conduct("calmed_a_quarrel", "order", "good"),
        Conduct("respectful", "care", "good"),
        Conduct("belittling", "care", "poor"),
        Conduct("showed_frustration", "care", "poor"),
        Conduct("poor_hygiene", "care", "poor"),
        Conduct("worked_on_plan", "effort", "good"),
        Conduct("neglected_plan", "effort", "bad"),
        Conduct("test_passed", "order", "good"),
        Conduct("test_failed", "order", "bad"),
        Conduct("test_refused", "order", "poor"),
        Conduct("test_cheated", "order", "bad", weight=2),
        Conduct("verbal_aggression", "order", "poor", weight=0.2),
        Conduct("threat", "order", "bad", weight=0.3),
        Conduct("physical_assault", "order", "bad", weight=0.5),
        Conduct("serious_assault", "", "worst"),
        Conduct("prosecuted", "", "worst"),
    ),
    reporters=(
        Reporter("mentor", on_unit=True),
        Reporter("work", weight=0.8, domains=("effort", "order")),
        Reporter("teacher", domains=("care", "effort")),
    ),
    plan=Plan(1, 2),
    review=Review(
        first_days=3, cycle_days=4, long_stay_days=30, long_cycle_days=6, early_days=1, eligible_days=3
    ),
    promotion=Promotion(
        mainly_positive=0.55,
        leniency=0.5,
        allowance=0.7,
        allowance_needs_will=True,
        repeat_from=4,
        repeat_periods=1,
        conditions=(Condition("course", 2.0),),
    ),
    demotion=Demotion(
        may=0.6,
        pattern=2,
        warns=True,
        way_back=True,
        at_once=True,
        keeps_down=0.7,
        shortest_days=2,
        longest_days=8,
        reason_days=1,
    ),
    scope=Scope(
        groups_out=("persistent_offender_measure", "control_unit"),
        convicted_out=True,
        short_stay_days=2,
        remand_lives=False,
        self_reporter_level=1,
        self_reporter_first=True,
    ),
)
"""A policy that uses every rule of the engine, with clocks so fast that a few days see it all."""


def facility(*units, graph=RING, choices=None, off=(), numbers=None, policy=None, **values):
    """Return a specification; ``values`` have dots written as double underscores, burn-in is 0.

    Each of ``units`` is a number of places, a specification, or a pair (number, features).
    """
    described = []
    for k, unit in enumerate(units):
        if isinstance(unit, UnitSpecification):
            described.append(unit)
        elif isinstance(unit, tuple):
            described.append(UnitSpecification(f"unit-{k}", unit[0], **unit[1]))
        else:
            described.append(UnitSpecification(f"unit-{k}", unit))
    first = {name: options[0] for name, options in CHOICES.items()}
    return Specification(
        name="test",
        title="test",
        units=tuple(described),
        graph=graph,
        values={**defaults(), "run.burn_in_days": 0, "run.days": 30},
        choices={**first, **(choices or {})},
        mechanisms={name: name not in off for name in NAMES},
        policy=policy or PolicySpecification(),
        **({"programmes": shipped()} if policy else {}),
    ).with_numbers({**(numbers or {}), **{path.replace("__", "."): v for path, v in values.items()}})


@cache
def shipped():
    """Return the daily programmes that every scenario knows: basic and plus."""
    return load("detention-house").programmes


def with_programmes(specification, **changes):
    """Return the specification with the shipped programmes, some numbers of plus changed."""
    basic, plus = shipped()
    return replace(specification, programmes=(basic, replace(plus, **changes)))


def regime(**options):
    """Return a lively facility with a plus unit, scarce places and much leave that often ends late."""
    numbers = {
        "programme.work_places": 0.6,
        "programme.education_places": 0.5,
        "programme.training_places": 0.3,
        "programme.leave_after_days": 2,
        "programme.leave_length": 1,
        "programme.late_base": -1,
        "residents.remand_share": 0.2,
        **options.pop("numbers", {}),
    }
    units = (
        (8, {"double_cells": 0.5, "programme": "plus"}),
        (6, {"regime": "remand"}),
        (7, {"openness": 0.3}),
    )
    options.setdefault("policy", PolicySpecification())
    specification = lively(numbers=numbers, units=options.pop("units", units), **options)
    return with_programmes(specification, leave_days_per_month=13)


def lively(**options):
    """Return a small facility in which every process runs: three units, rotation, double cells, cover."""
    numbers = {
        **EVENTFUL,
        **FAST_FLOW,
        **FAST_STAFF,
        "staffing.rotation_share": 0.5,
        "staffing.rotation_cluster": 3,
        "facility.shared": 0.3,
        "programme.weekday_evening_hours": 2,
        "residents.reactivity_mean": 0.5,
        **{path: 0.3 for path in registry() if path.startswith("coupling.") and "size" not in path},
        **options.pop("numbers", {}),
    }
    units = options.pop(
        "units", ((8, {"double_cells": 0.5, "openness": 0.2}), (6, {"regime": "remand"}), (5, {}))
    )
    choices = {"staffing.unstaffed": "shared_cover", **options.pop("choices", {})}
    options.setdefault("policy", SCHEME)
    return facility(*units, numbers=numbers, choices=choices, **options)


def dutch(**values):
    """Return a facility like a Dutch prison: 15 units of 23 places that share spaces and a roster pool."""
    units = [(23, {"double_cells": 0.15, "openness": 0.05})] * 15
    pool = {"staffing.rotation_share": 0.5, "staffing.rotation_cluster": 15, "run.burn_in_days": 240}
    return facility(*units, numbers=pool, **values)


def sites(number, places, **options):
    """Return ``number`` sites of one unit each, which share nothing."""
    units = [UnitSpecification(f"house-{k}", places, site=f"site-{k}") for k in range(number)]
    return facility(*units, graph=NO_GRAPH, **options)


def off(specification, *mechanisms):
    """Return the specification with some mechanisms switched off."""
    return specification.with_mechanisms(**dict.fromkeys(mechanisms, False))


def with_units(specification, units):
    """Return the specification with other units."""
    return replace(specification, units=tuple(units))


def numbers(values=None, **more):
    """Return the parameters as kernels read them: defaults, but for those given."""
    changed = {**(values or {}), **{path.replace("__", "."): value for path, value in more.items()}}
    unknown = set(changed) - set(registry())
    assert not unknown, unknown
    return parameter_record({**defaults(), **changed})[0]


def row(table, **columns):
    """Return one row of a table with the given columns, all others 0."""
    made = state.new_table(table, 1)
    for name, value in columns.items():
        made[0][name] = value
    return made[0]


def rows(table, number, **columns):
    """Return a table in which each given column holds one value or a list of values."""
    made = state.new_table(table, number)
    for name, values in columns.items():
        made[name] = values
    return made


def plainly(specification, days, seed=1, **options):
    """Return a run that was made without the compiler."""
    return Simulation(specification, seed, use_compiler=False, **options).run(days)


IN_USE = {"duties": "duty_count", "quarrel_list": "quarrel_count", "contacts": "contact_count"}


def in_use(simulation, name):
    """Return the rows of a table that mean something at this moment."""
    if name in IN_USE:
        return getattr(simulation.world, name)[: int(simulation.world.control[0][IN_USE[name]])]
    return simulation.used(name)


def out_of_range(simulation):
    """Return a line for every column of every table that leaves its declared range or is no number."""
    wrong = []
    for name, (_, _, columns) in state.TABLES.items():
        table = in_use(simulation, name)
        for column in columns:
            values = np.asarray(table[column.name])
            if column.type == "f8" and not np.isfinite(values).all():
                wrong.append(f"{name}.{column.name} is not finite")
            elif len(values) and column.type != "u8":
                low, high = values.min(), values.max()
                if low < column.low or high > column.high:
                    wrong.append(f"{name}.{column.name} in [{low!r}, {high!r}]")
    return wrong


def events_by_name(simulation, unit):
    """Return the ledger of one unit with people named by place or post and causes counted in the unit."""
    world = simulation.world
    ledger = simulation.used("ledger")
    ledger = ledger[ledger.unit == unit]
    local = {0: 0, **{int(number): k + 1 for k, number in enumerate(ledger.event)}}

    def resident(k):
        r = world.residents[k]
        return None if k < 0 else (int(world.places[r.place].number), int(r.occupant))

    def officer(k):
        s = world.staff[k]
        return None if k < 0 else (int(world.posts[s.post].number), int(s.occupant))

    named = []
    for event in ledger:
        entry = {name: event[name].item() for name in ledger.dtype.names}
        entry["event"] = local[entry["event"]]
        entry["cause"] = local.get(entry["cause"], "elsewhere")
        entry["actor"], entry["target"] = resident(entry["actor"]), resident(entry["target"])
        entry["staff"], entry["officer"] = officer(entry["staff"]), officer(entry["officer"])
        del entry["unit"]
        named.append(entry)
    return named


def incidents(simulation):
    """Return the incidents among the recorded events."""
    ledger = simulation.ledger()
    return ledger[ledger.kind <= 10]


def endogenous_share(simulation):
    """Return the share of incidents that have a cause inside the model."""
    events = incidents(simulation)
    return float((events.channel > 0).mean()) if len(events) else math.nan
