"""What every mechanism promises: a description, a switch, and to write only what it declares."""

from fnmatch import fnmatch
from importlib import import_module

import numpy as np
import pytest

from sim import ledger, schedule, state
from sim.mechanisms import NAMES
from sim.mechanisms.coercion import resting_vigilance
from sim.mechanisms.programme import mean_hours
from sim.mechanisms.roster import shift_share
from sim.policy import PolicySpecification
from sim.simulation import Simulation
from tests.builders import (
    NO_GRAPH,
    facility,
    in_use,
    incidents,
    lively,
    off,
    out_of_range,
    plainly,
    regime,
)

STEPS = sorted(
    name
    for name, value in vars(schedule).items()
    if getattr(value, "__module__", "").startswith("sim.mechanisms.")
)
TABLE_OF = {state.dtype_of(table).newbyteorder("="): table for table in state.TABLES}
DAYS = {0: 24, len(NAMES) + 1: 16}
"""Days of the worlds that are watched longer: the lively one, and the one with plus, leave and few places."""

COLUMNS = [f"{table}.{column.name}" for table, (_, _, columns) in state.TABLES.items() for column in columns]


def promote(simulation):
    """Move everybody into the plus programme, as a policy would."""
    simulation.world.residents.programme[:] = 1


def observed_writes(monkeypatch, specification, days, *, halfway=None):
    """Run plainly and return which columns the steps of each mechanism changed.

    ``halfway`` may change the run in the middle.
    """
    seen = {name: set() for name in NAMES}

    def watched(step):
        writer = step.__module__.rsplit(".", 1)[1]

        def run(*arguments):
            tables = [table for table in arguments if isinstance(table, np.recarray)]
            before = [table.copy() for table in tables]
            step(*arguments)
            for old, new in zip(before, tables, strict=True):
                if old.tobytes() != new.tobytes():
                    changed = {column for column in old.dtype.names if np.any(old[column] != new[column])}
                    seen[writer] |= {f"{TABLE_OF[old.dtype]}.{column}" for column in changed}

        return run

    for name in STEPS:
        monkeypatch.setattr(schedule, name, watched(getattr(schedule, name)))
    simulation = plainly(specification, days // 2)
    if halfway is not None:
        halfway(simulation)
    simulation.run(days)
    monkeypatch.undo()
    return seen


@pytest.fixture(scope="module")
def writes():
    """Return the columns that each mechanism changed in eventful runs with it on, and with it off."""
    worlds = [
        lively(numbers={"residents.stay_mean_days": 6, "residents.stay_median_days": 4}),
        *(off(lively(), name) for name in NAMES),
        regime(numbers={"programme.late_base": 3}),
    ]
    total = {name: set() for name in NAMES}
    with pytest.MonkeyPatch.context() as patch:
        for k, specification in enumerate(worlds):
            for name, columns in observed_writes(
                patch, specification, DAYS.get(k, 4), halfway=promote if k > len(NAMES) else None
            ).items():
                total[name] |= columns
    return total


def test_the_schedule_calls_steps_of_every_mechanism():
    """The steps that the contract tests watch belong to all mechanisms."""
    owners = {getattr(schedule, step).__module__.rsplit(".", 1)[1] for step in STEPS}
    assert owners == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_describes_itself(name):
    """Every mechanism names its theory, source and neutral form, and parameters of its own section."""
    described = import_module(f"sim.mechanisms.{name}").MECHANISM
    assert described.name == name
    assert all((described.title, described.theory, described.source, described.neutral))
    assert described.parameters
    assert {parameter.section for parameter in described.parameters} == {name}


@pytest.mark.parametrize("name", NAMES)
def test_declared_columns_exist(name):
    """Everything that a mechanism says it reads or writes is a column of the state."""
    described = import_module(f"sim.mechanisms.{name}").MECHANISM
    unknown = [
        pattern
        for pattern in (*described.reads, *described.writes)
        if not any(fnmatch(column, pattern) for column in COLUMNS)
    ]
    assert unknown == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_writes_only_what_it_declares(name, writes):
    """No step of a mechanism changes a column that the mechanism does not declare."""
    declared = import_module(f"sim.mechanisms.{name}").MECHANISM.writes
    undeclared = {
        column for column in writes[name] if not any(fnmatch(column, pattern) for pattern in declared)
    }
    assert undeclared == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_writes_all_that_it_declares(name, writes):
    """Every declared column, or pattern of columns, is seen changing in an eventful run."""
    declared = import_module(f"sim.mechanisms.{name}").MECHANISM.writes
    unwritten = {
        pattern for pattern in declared if not any(fnmatch(column, pattern) for column in writes[name])
    }
    assert unwritten == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_run_goes_on_without_a_mechanism(name):
    """With one mechanism switched off the plain run goes on, and every state stays in its range."""
    simulation = plainly(off(lively(), name), 5)
    assert simulation.day == 5
    assert out_of_range(simulation) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_switch_changes_something(name):
    """An eventful year without a mechanism is not the year with it."""
    specification = lively()
    with_it = Simulation(specification, 1).run(60)
    without_it = Simulation(off(specification, name), 1).run(60)
    assert with_it.daily().tobytes() != without_it.daily().tobytes()
    assert out_of_range(without_it) == []


def test_everything_can_be_off_at_once():
    """With every mechanism switched off the model still runs, and nothing happens."""
    simulation = Simulation(off(lively(), *NAMES), 1).run(60)
    assert out_of_range(simulation) == []
    assert len(simulation.ledger()) == 0
    assert simulation.daily().meetings.sum() == 0


# --- what "off" means, as each mechanism's `neutral` says ---------------------------------------------


def without(name, days=60, **options):
    """Return an eventful run without one mechanism."""
    return Simulation(off(lively(**options), name), 1).run(days)


def present(simulation):
    """Return the rows of those who live there now."""
    residents = simulation.used("residents")
    return residents[residents.present == 1]


def test_without_flow_nobody_arrives_or_leaves():
    """Flow off closes the population."""
    simulation = without("flow")
    days = simulation.daily()
    assert days.arrivals.sum() == days.departures.sum() == 0
    assert (days.residents == days.residents[0]).all()
    assert days.residents[0].sum() > 0


def test_without_strain_nobody_falls_ill_or_leaves():
    """Strain off keeps staff at work and at their resting level."""
    simulation = without("strain")
    days = simulation.daily()
    p = simulation.world.parameters[0]
    assert days.staff_absent.sum() == days.staff_leavers.sum() == 0
    staff = simulation.used("staff")
    assert np.all(staff.exhaustion == p.strain.exhaustion_resting)
    for need in ("autonomy", "competence", "relatedness"):
        assert np.all(staff[need] == p.strain.needs_start)


def test_without_roster_everybody_is_on_duty_for_the_mean_share():
    """Roster off puts the holder of every post on duty for the mean share of the day-part."""
    simulation = without("roster", days=9, numbers={"strain.vacancy_days": 1})
    simulation.run_parts(2)
    duties = in_use(simulation, "duties")
    posts = simulation.world.posts
    share = shift_share(simulation.part - 1, simulation.world.parameters[0])
    assert sorted(duties.post) == [i for i in range(len(posts)) if posts[i].staff >= 0]
    assert np.allclose(duties.time, posts.hours[duties.post] * share, rtol=0, atol=1e-15)


def test_without_programme_everybody_has_the_mean_hours():
    """Programme off opens every unit for the mean programmed hours by day, whoever is on duty."""
    simulation = Simulation(off(lively(numbers={"staffing.unit_share": 0.05}), "programme"), 1)
    mean = mean_hours(simulation.world.parameters[0])
    for part in range(8):
        simulation.run_parts(1)
        expected = mean if part % 4 < 3 else 0.0
        assert np.all(simulation.world.units.hours_open == expected)


def test_without_programme_nobody_lives_plus_or_goes_on_leave():
    """Programme off: everybody is in the basic programme, no place is missing, nobody is away."""
    simulation = Simulation(off(regime(), "programme"), 1).run(60)
    assert np.all(present(simulation).programme_now == 0)
    assert simulation.daily().away.sum() == simulation.daily().waiting.sum() == 0
    assert not set(simulation.ledger().kind.tolist()) & {ledger.LEAVE, ledger.LATE_RETURN}


def test_without_encounters_nobody_meets():
    """Encounters off: no meetings, no contacts with staff, no ties, no quarrels."""
    simulation = without("encounters")
    days = simulation.daily()
    assert days.meetings.sum() == days.met.sum() == 0
    assert days.contact_minutes.sum() == 0
    assert np.all(simulation.world.ties.tie == 0)
    assert np.all(simulation.world.bonds.familiarity == 0)
    assert np.all(simulation.ledger().target[simulation.ledger().kind <= 4] == -1)


def test_without_alliance_bonds_stay_as_at_first_sight():
    """Alliance off: nobody is known and every bond stays at its start, but chats support."""
    simulation = without("alliance")
    p = simulation.world.parameters[0]
    bonds = simulation.world.bonds
    assert np.all(bonds.familiarity == 0)
    assert np.allclose(bonds.alliance, p.alliance.start, rtol=0, atol=1e-12)
    assert simulation.daily().support.sum() > 0


def test_without_conflict_there_are_no_incidents():
    """Conflict off: quarrels come to nothing; only self-harm, another mechanism's event, is left."""
    kinds = set(incidents(without("conflict")).kind.tolist())
    assert ledger.SELF_HARM in kinds
    assert kinds <= {ledger.SELF_HARM}


def test_without_response_nothing_is_seen():
    """Response off: incidents happen, and none is seen, answered, recorded, sanctioned or contained."""
    events = incidents(without("response"))
    assert len(events) > 100
    for column in ("seen", "answer", "recorded", "sanction", "containment"):
        assert events[column].sum() == 0


def test_without_coercion_staff_stay_at_their_resting_vigilance():
    """Coercion off: vigilance rests, restrictiveness has no event-driven part, nothing is left behind."""
    simulation = without("coercion", policy=PolicySpecification())
    world = simulation.world
    employed = simulation.used("staff")
    employed = employed[employed.present == 1]
    resting = resting_vigilance(world.parameters[0])
    assert np.allclose(employed.vigilance, resting, rtol=0, atol=1e-12)
    assert np.all(employed.vigilance_event == 0)
    assert np.all(world.units.restrictiveness_event == 0)
    assert np.all(world.sites.ratchet == 0)
    assert np.all(world.bonds.breach == 0)
    assert np.all(present(simulation).grievance == 0)
    assert np.all(present(simulation).deterrence == 0)


def test_without_promotion_there_is_no_scheme():
    """Promotion off: nobody is judged or rises, and motivation and hope stay as on entry."""
    simulation = without("promotion")
    r = present(simulation)
    kinds = simulation.ledger().kind
    assert not np.any((kinds >= ledger.FIRST_CONDUCT) & (kinds <= ledger.CONVICTED))
    for column in ("level", "programme", "file_open", "reviews", "extra_visits", "drive"):
        assert np.all(r[column] == 0), column
    assert np.all(r.hope == 0.5)
    assert np.array_equal(r.motivation_autonomous, r.start_autonomous)
    assert np.array_equal(r.motivation_controlled, r.start_controlled)


def test_without_tension_incidents_leave_nothing():
    """Tension off: tension rests, and incidents leave no arousal, anger, fear or grudge."""
    simulation = without("tension")
    r = present(simulation)
    assert np.all(r.tension == simulation.world.parameters[0].tension.baseline)
    assert np.all(r.arousal == 0)
    assert np.all(r.anger == 0)
    assert np.all(simulation.world.ties.grudge == 0)
    assert np.all(r.fear <= simulation.world.parameters[0].flow.fear_on_entry)
    assert len(incidents(simulation)) > 100


def test_without_needs_everybody_stays_at_the_personal_baseline():
    """Needs off: every need is the baseline plus the person's own offset."""
    simulation = without("needs")
    r = present(simulation)
    baseline = simulation.world.parameters[0].needs.baseline
    assert len(r) > 5
    for need in ("autonomy", "competence", "relatedness"):
        assert np.array_equal(r[need], np.clip(baseline + r[f"offset_{need}"], 0.02, 0.98))


def test_without_wellbeing_nobody_harms_themselves():
    """Wellbeing off: wellbeing and distress stay at the baseline, and there is no self-harm."""
    simulation = without("wellbeing")
    r = present(simulation)
    p = simulation.world.parameters[0].wellbeing
    assert np.all(r.wellbeing == p.baseline)
    assert np.allclose(r.distress, p.distress_baseline * r.vulnerability, rtol=0, atol=1e-15)
    assert ledger.SELF_HARM not in simulation.ledger().kind


# --- extreme facilities -----------------------------------------------------------------------------


EXTREMES = {
    "nobody lives there": facility(6, 4, numbers={"residents.occupancy": 0, "facility.shared": 0.3}),
    "one place": lively(units=(1,)),
    "one resident among empty places": lively(
        units=(12,), numbers={"residents.occupancy": 0.08, "residents.stay_mean_days": 30}
    ),
    "nobody on duty": lively(numbers={"staffing.unit_share": 0}),
    "nobody on duty, doors open": lively(
        numbers={"staffing.unit_share": 0}, choices={"staffing.unstaffed": "open"}
    ),
    "hardly anybody on duty": lively(numbers={"staffing.unit_share": 0.01}),
    "no edges": lively(graph=NO_GRAPH),
    "one unit in a ring": lively(units=(9,)),
    "two residents who come and go": lively(units=((2, {"double_cells": 1.0}),)),
    "a place for one beside a place for many": lively(units=(1, 20)),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("use_compiler", [True, False], ids=["compiled", "plain"])
def test_an_extreme_facility_runs(name, use_compiler):
    """Empty, tiny, unstaffed and unconnected facilities run without an error and stay in range."""
    simulation = Simulation(EXTREMES[name], 3, use_compiler=use_compiler).run(200 if use_compiler else 15)
    assert out_of_range(simulation) == []


def test_nobody_lives_in_an_empty_facility():
    """With an occupancy of 0 nobody ever moves in, and nothing happens."""
    simulation = Simulation(EXTREMES["nobody lives there"], 3).run(200)
    assert simulation.daily().residents.sum() == 0
    assert simulation.daily().arrivals.sum() == 0
    assert len(simulation.ledger()) == 0


def test_without_staff_locked_doors_stay_shut():
    """With nobody on duty a locked unit opens for nobody, an open one opens as programmed."""
    locked = Simulation(EXTREMES["nobody on duty"], 3).run(50).daily()
    opened = Simulation(EXTREMES["nobody on duty, doors open"], 3).run(50).daily()
    assert locked.hours_out.sum() == 0
    assert opened.hours_out.sum() > 0
    assert opened.parts_unstaffed.sum() == opened.parts_out.sum() > 0


def test_one_resident_meets_nobody():
    """Alone in the facility, a resident has no company and no quarrel with another resident."""
    simulation = Simulation(EXTREMES["one place"], 3).run(200)
    assert simulation.daily().residents.sum() > 0
    assert simulation.daily().meetings.sum() == 0
    assert np.all(incidents(simulation).target == -1)


def test_units_without_edges_have_no_ties_between_them():
    """Without edges in the unit graph the table of ties holds the pairs within units alone."""
    world = Simulation(EXTREMES["no edges"], 3).run(20).world
    sizes = world.units.place_end - world.units.place_first
    assert len(world.edges) == 0
    assert len(world.ties) == (sizes**2).sum()
