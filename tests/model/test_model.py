"""The Mesa model is the same simulation, seen through agents that are views on rows."""

import math
import subprocess
import sys

import mesa
import numpy as np
import pytest

from sim import DetentionModel, state
from sim.agents import Person, Resident, Staff
from sim.ledger import KINDS, LAST_INCIDENT
from sim.simulation import Simulation, resume
from tests.builders import facility, lively, regime

SMALL = {"run.burn_in_days": 6, "run.days": 30}


def small(**options):
    """Return a small lively facility with a short burn-in."""
    return lively(numbers={**SMALL, **options.pop("numbers", {})}, **options)


@pytest.fixture(scope="module")
def ran():
    """Return a model of a small lively facility after its thirty days; tests only look at it."""
    return DetentionModel(small(), rng=4).run()


def some(model, kind=Resident):
    return next(iter(model.agents_by_type[kind]))


# --- the same simulation ----------------------------------------------------------------------------


def test_1460_steps_give_the_digest_of_a_run_of_365_days():
    specification = small(numbers={"run.days": 365})
    model = DetentionModel(specification, rng=11)

    for _ in range(1460):
        model.step()

    assert model.digest() == Simulation(specification, 11).run(365).digest()
    assert not model.running


def test_run_steps_up_to_a_recorded_day():
    model = DetentionModel(small(), rng=4).run(days=9)

    assert model.day == 9
    assert model.part_of_day == "morning"
    assert model.digest() == Simulation(small(), 4).run(9).digest()
    assert model.run(days=5).day == 9


def test_run_calls_the_step_of_a_subclass():
    class Counting(DetentionModel):
        counted = 0

        def step(self):
            super().step()
            self.counted += 1

    assert Counting(small(), rng=4).run(days=2).counted == 8


def test_run_model_ends_with_the_specification():
    model = DetentionModel(small(numbers={"run.days": 2}), rng=4)

    model.run_model()

    assert model.day == 2


def test_a_replicate_is_the_one_that_the_command_line_runs():
    model = DetentionModel(small(), rng=4, replicate=3).run(days=2)

    assert model.digest() == Simulation(small(), 4, 3).run(2).digest()


def test_the_first_step_is_the_morning_after_the_burn_in():
    model = DetentionModel(small(), rng=4)

    assert (model.day, model.part_of_day, model.running) == (0, "morning", True)
    assert len(model.ledger_frame()) == len(model.daily_frame()) == 0
    model.step()
    assert (model.day, model.part_of_day) == (0, "afternoon")


def test_without_a_seed_every_model_is_another():
    first, second = DetentionModel(small()), DetentionModel(small())

    assert first.simulation.seed != second.simulation.seed
    assert DetentionModel(small(), rng=first.simulation.seed).digest() == first.digest()


@pytest.mark.parametrize(
    ("rng", "error"), [(1.5, TypeError), ("1", TypeError), (True, TypeError), (-1, ValueError)]
)
def test_a_seed_that_is_no_whole_number_from_0_is_refused(rng, error):
    with pytest.raises(error, match="rng: got"):
        DetentionModel(small(), rng=rng)


def test_numpy_whole_numbers_are_seeds_too():
    assert DetentionModel(small(), rng=np.int64(4)).digest() == DetentionModel(small(), rng=4).digest()


# --- agents are views -------------------------------------------------------------------------------


def test_everybody_present_is_an_agent(ran):
    for kind in (Resident, Staff):
        rows = ran.simulation.used(kind.table)
        assert sorted(ran.agents_by_type[kind].get("row")) == np.flatnonzero(rows.present).tolist()
    assert len(ran.agents) == sum(len(agents) for agents in ran.agents_by_type.values())


def test_attributes_are_the_columns_of_the_state(ran):
    for kind in (Resident, Staff):
        agent = some(ran, kind)
        row = ran.simulation.used(kind.table)[agent.row]
        for column in state.TABLES[kind.table][2]:
            value = getattr(agent, column.name)
            assert value == row[column.name]
            assert type(value) is (float if column.type == "f8" else int)
            assert column.meaning in getattr(kind, column.name).__doc__


def test_writing_an_attribute_changes_the_state_row():
    model = DetentionModel(small(), rng=4)
    resident, officer = some(model), some(model, Staff)

    resident.tension = 0.9
    officer.skill = 1
    resident.remand = 1

    assert model.simulation.world.residents[resident.row].tension == 0.9
    assert model.simulation.world.staff[officer.row].skill == 1.0
    assert resident.remand == 1


def test_what_is_written_acts_in_the_next_step():
    calm, tense = DetentionModel(small(), rng=4), DetentionModel(small(), rng=4)

    tense.agents_by_type[Resident].set("tension", 0.95)
    calm.step()
    tense.step()

    both = zip(calm.agents_by_type[Resident], tense.agents_by_type[Resident], strict=True)
    assert all(one.propensity < other.propensity for one, other in both)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[
            (Resident, name)
            for name in ("key", "place", "unit", "arrival", "present", "incidents", "best_post")
        ],
        *[(Resident, name) for name in ("day_out", "keep_fear", "exchange_tension", "propensity", "row")],
        *[(Staff, name) for name in ("key", "post", "unit", "hired", "present", "duty_part", "day_solved")],
    ],
)
def test_identity_and_accounts_are_read_only(ran, kind, name):
    agent = some(ran, kind)
    before = ran.digest()

    with pytest.raises(AttributeError):
        setattr(agent, name, 0)

    assert ran.digest() == before


def test_a_refusal_says_which_attribute_of_whom_and_why(ran):
    with pytest.raises(AttributeError, match=r"unit of Resident\(row=\d+\) is read-only: who and where"):
        some(ran).unit = 3


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_values_out_of_range_are_refused(ran, value):
    with pytest.raises(ValueError, match=r"tension of Resident\(row=\d+\): got .* allowed 0 to 1"):
        some(ran).tension = value


def test_a_fraction_of_a_whole_number_is_refused(ran):
    with pytest.raises(ValueError, match="allowed whole numbers"):
        some(ran).release = 4000.5


def test_agents_neither_appear_nor_vanish_by_hand(ran):
    present = some(ran).row
    departed = int(np.flatnonzero(ran.simulation.used("residents").present == 0)[0])

    for row in (present, departed, -1, 10**6):
        with pytest.raises(ValueError, match="cannot join"):
            Resident(ran, row)
    with pytest.raises(AttributeError, match="cannot be removed"):
        some(ran).remove()


def test_agents_join_on_arrival_and_leave_on_departure():
    model = DetentionModel(small(), rng=4)
    seen = {Resident: set(), Staff: set()}
    for _ in range(60):
        model.step()
        for kind, rows in seen.items():
            agents = model.agents_by_type[kind]
            assert {agent.row for agent in agents} == set(
                np.flatnonzero(model.simulation.used(kind.table).present)
            )
            rows.update(agent.row for agent in agents)

    assert all(len(rows) > len(model.agents_by_type[kind]) for kind, rows in seen.items())


def test_one_person_keeps_one_agent():
    model = DetentionModel(small(), rng=4)
    before = {agent.row: agent for agent in model.agents_by_type[Resident]}

    model.run(days=10)

    after = {agent.row: agent for agent in model.agents_by_type[Resident]}
    assert all(after[row] is agent for row, agent in before.items() if row in after)
    assert after.keys() - before.keys()


def test_a_departed_resident_stays_as_a_read_only_view():
    model = DetentionModel(small(), rng=4)
    everybody = list(model.agents_by_type[Resident])
    model.run(days=10)
    gone = next(resident for resident in everybody if not resident.present)
    last = {column.name: getattr(gone, column.name) for column in state.RESIDENTS}

    model.run(days=30)

    assert gone not in model.agents
    assert {column.name: getattr(gone, column.name) for column in state.RESIDENTS} == last
    with pytest.raises(AttributeError, match="the person has left"):
        gone.tension = 0.5


def test_views_stay_true_when_tables_grow():
    model = DetentionModel(small(), rng=4)
    agents = list(model.agents)
    tables = {kind.table: getattr(model.simulation.world, kind.table) for kind in (Resident, Staff)}

    model.run(days=90)

    assert all(len(getattr(model.simulation.world, name)) > len(table) for name, table in tables.items())
    for agent in agents:
        assert agent.key == getattr(model.simulation.world, agent.table)[agent.row].key
    here = next(agent for agent in agents if agent.table == "staff" and agent.present)
    here.skill = 0.123
    assert model.simulation.world.staff[here.row].skill == 0.123


def test_shuffling_agents_changes_nothing():
    model = DetentionModel(small(), rng=4)
    for _ in range(40):
        model.agents.shuffle(inplace=True)
        model.agents.shuffle_do("step")
        model.random.random()
        model.rng.random()
        model.step()

    assert model.digest() == Simulation(small(), 4).run(10).digest()


def test_agent_sets_select_sort_group_and_aggregate(ran):
    residents = ran.agents_by_type[Resident]
    rows = ran.simulation.used("residents")
    rows = rows[rows.present == 1]

    assert residents.agg("tension", np.mean) == pytest.approx(rows.tension.mean())
    assert len(residents.select(lambda resident: resident.remand == 1)) == rows.remand.sum()
    assert residents.sort("fear").get("fear") == sorted(rows.fear, reverse=True)
    assert residents.groupby("unit").count() == {u: int((rows.unit == u).sum()) for u in np.unique(rows.unit)}


# --- frames -----------------------------------------------------------------------------------------


def test_daily_series_are_means_over_those_present(ran):
    daily = ran.simulation.daily()
    frame = ran.daily_frame()

    assert frame.index.name == "day"
    assert len(frame) == 30
    assert frame.residents.tolist() == daily.residents.sum(axis=1).tolist()
    assert frame.tension.to_numpy() == pytest.approx(daily.tension.sum(axis=1) / daily.residents.sum(axis=1))
    assert frame.arrivals.sum() == daily.arrivals.sum() > 0
    assert 0 < frame.staff_exhaustion.iloc[-1] < 1
    assert frame.restrictiveness.to_numpy() == pytest.approx(daily.restrictiveness.mean(axis=1))


def test_daily_series_come_by_unit_too(ran):
    daily = ran.simulation.daily()
    frame = ran.daily_frame(by_unit=True)

    assert frame.index.names == ["day", "unit"]
    assert frame.loc[(29, "unit-1"), "residents"] == daily[29, 1].residents
    assert frame.loc[(29, "unit-1"), "restrictiveness"] == daily[29, 1].restrictiveness
    assert frame.loc[(29, "unit-2"), "fear"] == pytest.approx(daily[29, 2].fear / daily[29, 2].residents)


def test_people_include_those_who_left(ran):
    people = ran.people_frame()

    assert len(people) == len(ran.simulation.used("residents"))
    assert people.present.sum() == len(ran.agents_by_type[Resident])
    assert set(people.unit) == {"unit-0", "unit-1", "unit-2"}
    assert "key" not in people
    assert len(ran.staff_frame()) == len(ran.simulation.used("staff"))


def test_the_ledger_speaks_in_names(ran):
    events = ran.ledger_frame()
    raw = ran.simulation.ledger()

    assert len(events) == len(raw) > 20
    assert events.notna().all().all()
    assert set(events.part) <= {"morning", "afternoon", "evening", "night"}
    assert (events.kind == "quarrel_defused").sum() == (raw.kind == 30).sum()
    assert events.index.name == "event"
    causes = events.cause[events.cause > 0]
    assert (causes < causes.index).all()


def test_units_are_named_in_the_order_of_the_tables():
    specification = facility(
        (4, {"site": "north"}), (5, {"site": "south"}), (6, {"site": "north"}), run__days=2
    )
    people = DetentionModel(specification, rng=1).people_frame()

    assert people.groupby("unit").present.sum().to_dict() == pytest.approx(
        {"unit-0": 4, "unit-1": 5, "unit-2": 6}, abs=2
    )
    assert people.set_index("unit").place.groupby("unit").min().to_dict() == {
        "unit-0": 0,
        "unit-2": 4,
        "unit-1": 10,
    }


# --- snapshots and forks ----------------------------------------------------------------------------


def test_a_fork_goes_on_independently():
    model = DetentionModel(small(), rng=4).run(days=5)
    fork = model.fork()

    some(fork).tension = 1.0
    assert fork.digest() != model.digest()
    again = model.fork().run(days=20)

    assert model.day == 5
    assert again.digest() == model.run(days=20).digest()


def test_a_fork_under_other_numbers_and_switches():
    model = DetentionModel(small(), rng=4).run(days=5)

    fork = model.fork(conflict__damage_rate=0, conflict=False)

    assert fork.specification.values["conflict.damage_rate"] == 0
    assert not fork.specification.mechanisms["conflict"]
    fork.run(days=30)
    model.run(days=30)
    events = fork.ledger_frame().query("day > 5")
    assert set(events.kind) & {KINDS[code] for code in range(1, LAST_INCIDENT + 1)} <= {"self_harm"}
    assert "threat" in set(model.ledger_frame().query("day > 5").kind)


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"conflict__damage": 1}, KeyError, "conflict.damage"),
        ({"weather": False}, KeyError, "weather"),
        ({"conflict": 0.5}, ValueError, "True or False"),
        ({"needs__baseline": 3}, ValueError, "allowed 0 to 1"),
        ({"run__days": 1.5}, ValueError, "allowed whole numbers from 1 to"),
        ({"staffing__residents_per_employee": 3}, ValueError, "same posts"),
    ],
)
def test_changes_that_a_fork_cannot_make_are_refused(ran, changes, error, text):
    with pytest.raises(error, match=text):
        ran.fork(**changes)


def test_a_snapshot_is_complete():
    model = DetentionModel(small(), rng=4).run(days=5)
    snapshot = model.snapshot()
    model.run(days=12)

    other = DetentionModel.of(resume(snapshot, small(), 4, 0))

    assert other.day == 5
    assert other.run(days=12).digest() == model.digest()


# --- Mesa -------------------------------------------------------------------------------------------


def test_the_data_collector_of_mesa_works():
    model = DetentionModel(small(), rng=4)
    collector = mesa.DataCollector(
        model_reporters={
            "tension": lambda m: m.agents_by_type[Resident].agg("tension", np.mean),
            "day": "day",
        },
        agenttype_reporters={Resident: {"fear": "fear", "row": "row"}, Staff: {"vigilance": "vigilance"}},
    )
    for _ in range(12):
        model.step()
        collector.collect(model)

    series = collector.get_model_vars_dataframe()
    assert len(series) == 12
    assert series.tension.between(0, 1).all()
    assert collector.get_agenttype_vars_dataframe(Resident).fear.between(0, 1).all()
    assert model.digest() == Simulation(small(), 4).run(3).digest()


def test_no_name_of_mesa_is_taken():
    own = {name for name in vars(DetentionModel) if not name.startswith("__")}
    own.discard("observables")  # Mesa 3.5 gives one to every subclass
    assert {name for name in own if hasattr(mesa.Model, name)} == {"step"}
    instance = mesa.Model(rng=1)
    assert {name for name in own if hasattr(instance, name)} == {"step"}
    agent = mesa.Agent(instance)
    for kind in (Resident, Staff):
        assert not {column.name for column in state.TABLES[kind.table][2]} & set(dir(agent))
    assert {name for name in vars(Person) if hasattr(mesa.Agent, name) and not name.startswith("_")} == {
        "remove"
    }


def test_importing_the_package_does_not_import_mesa():
    text = (
        "import sys, sim; assert 'mesa' not in sys.modules; sim.DetentionModel; assert 'mesa' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", text], check=True)


def test_the_package_has_nothing_else_to_offer():
    import sim

    with pytest.raises(AttributeError, match="no attribute 'Model'"):
        _ = sim.Model


def test_a_programme_is_written_by_day_and_lived_from_the_next_morning():
    model = DetentionModel(regime(), rng=4)
    resident = next(agent for agent in model.agents_by_type[Resident] if agent.unit == 2)

    with pytest.raises(AttributeError, match=r"programme_now of .* is read-only"):
        resident.programme_now = 1
    resident.programme = 1
    model.step()

    assert (resident.programme, resident.programme_now) == (1, 1)


def test_a_model_needs_a_specification():
    with pytest.raises(TypeError, match=r"got 'detention-house'; allowed what scenarios\.load"):
        DetentionModel("detention-house")


def test_a_state_takes_numbers_only():
    model = DetentionModel(facility(4), 1)
    resident = next(iter(model.agents_by_type[Resident]))
    with pytest.raises(ValueError, match="got 'x'; allowed 0 to 1"):
        resident.tension = "x"
