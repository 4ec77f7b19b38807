"""Programmes, places and leave in whole runs: what adds up, what stays alike, and what never happens."""

from dataclasses import replace

import numpy as np
import pytest

from sim import ledger
from sim.frames import daily_frame
from sim.parameters import registry
from sim.simulation import Simulation, Snapshot, resume
from tests.builders import (
    SCHEME,
    dutch,
    incidents,
    lively,
    off,
    out_of_range,
    plainly,
    regime,
    shipped,
    with_programmes,
)
from tests.verification.test_row_order import permutation, shuffle

SEATS = ("work", "education", "training")


def present(simulation):
    residents = simulation.used("residents")
    return residents[residents.present == 1]


def ready(specification):
    """Return the specification with everybody's place secured."""
    return specification.with_numbers({f"programme.{activity}_places": 1.0 for activity in SEATS})


def test_the_shipped_programmes_change_nothing_for_those_in_basic():
    """With places for all, describing what the basic hours hold moves no event and no state."""
    plain = Simulation(lively(), 1).run(40)
    described = Simulation(with_programmes(lively()), 1).run(40)
    assert described.ledger().tobytes() == plain.ledger().tobytes()
    days, others = described.daily().copy(), plain.daily().copy()
    assert len(plain.ledger()) > 300
    for name in days.dtype.names:
        assert days[name].tobytes() == others[name].tobytes(), name


def test_hours_active_are_within_hours_out_and_those_within_the_day_part():
    """In every day-part, for everybody: 0 <= active <= out <= 6, and nobody away or confined is out."""
    simulation = Simulation(regime(), 2)
    seen_away = 0
    for part in range(4 * 40):
        simulation.run_parts(1)
        r = present(simulation)
        assert np.all((r.hours_active >= 0) & (r.hours_active <= r.hours_out + 1e-12))
        assert np.all(r.hours_out <= 6)
        away = r.leave_until > part
        seen_away += int(away.sum())
        assert np.all(r.hours_out[away] == 0)
        assert np.all(r.day_programme <= 6 * (part % 4 + 1))
    assert seen_away > 50


def test_nobody_has_a_place_that_is_not_there_and_none_stays_empty():
    """On every day the places held are at most the share of the unit, rounded up, and none is vacant."""
    simulation = Simulation(regime(), 3)
    p = simulation.world.parameters[0].programme
    shares = [p.work_places, p.education_places, p.training_places]
    waiting = 0
    for _ in range(60):
        simulation.run_parts(4)
        r, world = present(simulation), simulation.world
        for u, unit in enumerate(world.units):
            size = int(unit.place_end - unit.place_first)
            own = r[r.unit == u]
            for k, share in enumerate(shares):
                held = int((own.seats & 1 << k > 0).sum())
                wanted = int((world.programmes.wants[own.programme_now] & 1 << k > 0).sum())
                assert held <= np.ceil(share * size)
                assert held == wanted or held >= np.floor(share * size)
                waiting += wanted - held
    assert waiting > 200
    assert simulation.daily().waiting.sum() > 0


def test_a_place_is_kept_until_release():
    """Nobody whose programme stays the same ever loses a place again."""
    simulation = Simulation(regime(), 3).run(5)
    held = {}
    for _ in range(40):
        for row, r in enumerate(simulation.used("residents")):
            if r.present:
                assert r.seats & held.get(row, 0) == held.get(row, 0)
                held[row] = int(r.seats)
        simulation.run_parts(4)


def test_scarce_places_cost_activity_and_plus_gives_hours():
    """Fewer places mean fewer hours delivered, never promised; on plus units more hours are promised."""
    scarce, ample = Simulation(regime(), 1).run(60).daily(), Simulation(ready(regime()), 1).run(60).daily()
    assert scarce.hours_delivered.sum() < 0.95 * ample.hours_delivered.sum()
    assert np.all(ample.waiting == 0)
    promised = ample.hours_promised.sum(axis=0) / (ample.residents - ample.away).sum(axis=0)
    assert promised[0] > promised[2] > promised[1]
    for daily in (scarce, ample):
        assert np.all(daily.hours_delivered <= daily.hours_promised + 1e-9)


def test_plus_is_never_lived_on_a_remand_unit():
    """Whoever comes to a remand unit with plus lives the unit's programme there."""
    simulation = Simulation(regime(), 1).run(5)
    residents = simulation.world.residents
    residents.programme[residents.unit == 1] = 1
    simulation.run(20)
    r = present(simulation)
    assert np.any(r.programme[r.unit == 1] == 1)
    assert np.all(r.programme_now[r.unit == 1] == 0)
    assert np.all(r.programme_now[r.unit == 0] == 1)


def test_a_programme_set_by_day_is_lived_from_the_next_morning():
    """Moving somebody into plus at noon changes nothing before the morning after."""
    simulation = Simulation(regime(), 1).run(5)
    simulation.run_parts(2)
    simulation.world.residents.programme[:] = 1
    simulation.run_parts(1)
    r = present(simulation)
    assert np.all(r.programme_now[r.unit == 2] == 0)
    simulation.run_parts(2)
    r = present(simulation)
    assert np.all(r.programme_now[r.unit == 2] == 1)


def test_hours_in_the_daily_series_are_of_those_at_home():
    """Hours out and active are means over residents who are not on leave, for the whole and per unit."""
    simulation = Simulation(regime(), 1).run(30)
    daily = simulation.daily()
    home = daily.residents - daily.away
    assert daily.away.sum() > 30
    whole, units = daily_frame(simulation), daily_frame(simulation, by_unit=True)
    for name in ("hours_out", "hours_active"):
        assert whole[name].to_numpy() == pytest.approx(daily[name].sum(axis=1) / home.sum(axis=1))
        assert units[name].to_numpy() == pytest.approx((daily[name] / home).ravel(), nan_ok=True)


def test_those_on_leave_have_no_part_in_anything_inside():
    """While away a person starts nothing, suffers nothing, meets nobody, and stays in the books."""
    simulation = Simulation(regime(policy=SCHEME), 4)
    for part in range(4 * 50):
        first = int(simulation.world.control[0].event_count)
        simulation.run_parts(1)
        world = simulation.world
        away = np.flatnonzero((world.residents.leave_until > part) & (world.residents.present == 1))
        events = simulation.used("ledger")[first:]
        # Deadlines pass and rulings come on paper; reviews and complaints wait for the return.
        paper = (events.kind > ledger.DEMOTED) & (events.kind <= ledger.APPEAL_DISMISSED)
        paper &= events.kind != ledger.COMPLAINT
        inside = events[(events.kind != ledger.LEAVE) & (events.kind != ledger.LATE_RETURN) & ~paper]
        by_return = set(events.event[events.kind == ledger.LATE_RETURN].tolist())
        inside = inside[[int(e.cause) not in by_return for e in inside]]
        assert not set(inside.actor.tolist() + inside.target.tolist()) & set(away.tolist())
        met = world.contacts.resident[: int(world.control[0].contact_count)]
        assert not set(met.tolist()) & set(away.tolist())
    days = simulation.run(50).daily()
    assert days.away.sum() > 30
    assert np.array_equal(np.diff(days.residents, axis=0), (days.arrivals - days.departures)[1:])


def test_late_returns_are_seen_and_recorded_and_count_for_the_person():
    """A late return follows a leave of the same person, is always seen and recorded, and is an incident."""
    simulation = Simulation(regime(), 5).run(200)
    events = simulation.used("ledger")
    late = events[events.kind == ledger.LATE_RETURN]
    assert len(late) > 30
    assert np.all((late.seen == 1) & (late.recorded == 1) & (late.place == ledger.OUTSIDE))
    assert set(late.severity.tolist()) == {1, 2}
    leaves = events[events.kind == ledger.LEAVE]
    for event in late:
        before = leaves[(leaves.actor == event.actor) & (leaves.day < event.day)]
        assert len(before) > 0
    people = simulation.used("residents")
    by_person = np.bincount(incidents(simulation).actor, minlength=len(people))
    assert np.array_equal(by_person, people.incidents)


def test_a_sanction_for_a_late_return_begins_when_the_person_is_back():
    """Confinement and loss of programme are served inside."""
    simulation = Simulation(regime(numbers={"response.sanction_base": 3, "response.formal_base": 3}), 5)
    served = 0
    for part in range(4 * 80):
        first = int(simulation.world.control[0].event_count)
        simulation.run_parts(1)
        events = simulation.used("ledger")[first:]
        for event in events[(events.kind == ledger.LATE_RETURN) & (events.sanction > 0)]:
            r = simulation.world.residents[event.actor]
            assert r.leave_until > part
            assert max(r.confined_until, r.loss_until) > r.leave_until
            served += 1
    assert served > 5


def test_without_feedback_no_late_return_has_a_cause():
    """With every feedback gain at 0 grievance plays no part in coming back late."""
    gains = {path: 0.0 for path, parameter in registry().items() if parameter.feedback}
    quiet = Simulation(regime().with_numbers(gains), 1).run(150).used("ledger")
    usual = Simulation(regime(numbers={"programme.late_grievance": 8}), 1).run(150).used("ledger")
    assert len(quiet[quiet.kind == ledger.LATE_RETURN]) > 20
    assert np.all(quiet[quiet.kind == ledger.LATE_RETURN].channel == 0)
    caused = usual[(usual.kind == ledger.LATE_RETURN) & (usual.cause > 0)]
    assert len(caused) > 0
    assert np.all(caused.channel == ledger.BACKLASH)
    cause = usual[caused.cause - 1]
    assert np.isin(cause.kind, [ledger.CONTAINMENT, ledger.SANCTION]).all()


@pytest.mark.parametrize("stop", [41, 90])
def test_shuffled_rows_change_no_place_and_no_leave(stop):
    """People who change rows in the middle keep places, leaves and everything that follows."""
    rng = np.random.default_rng(stop)
    straight, shuffled = Simulation(regime(), 1), Simulation(regime(), 1)
    for simulation in (straight, shuffled):
        simulation.run_parts(stop)
    rows = [
        permutation(rng, len(shuffled.used(name)), len(getattr(shuffled.world, name)))
        for name in ("residents", "staff")
    ]
    shuffle(shuffled, *rows)
    for simulation in (straight, shuffled):
        simulation.run_parts(240 - stop)
    assert shuffled.daily().tobytes() == straight.daily().tobytes()
    assert straight.daily().waiting.sum() > 0 < straight.daily().away.sum()


def test_compiled_and_plain_runs_agree():
    """The plain text of the kernels gives the bits of the compiled code, places and leave included."""
    compiled_run, plain = Simulation(regime(), 1).run(12), plainly(regime(), 12)
    assert compiled_run.digest() == plain.digest()
    assert compiled_run.daily().tobytes() == plain.daily().tobytes()
    assert compiled_run.daily().away.sum() > 0


def test_a_run_stays_in_range_and_a_snapshot_goes_on(tmp_path):
    """Every column keeps its range, and a stored moment goes on to the same bits."""
    simulation = Simulation(regime(), 6).run(25)
    simulation.snapshot().save(tmp_path / "moment.npz")
    again = resume(Snapshot.load(tmp_path / "moment.npz"), regime(), 6, 0)
    assert out_of_range(simulation) == []
    assert again.run(50).digest() == simulation.run(50).digest()
    assert out_of_range(again) == []


def test_a_fork_takes_other_hours_and_attributes_but_no_other_names():
    """From one moment on, plus can be given more choice, and the frame other hours; names stay."""
    simulation = Simulation(regime(), 6).run(10)
    specification = regime()
    freer = with_programmes(specification, choice=1.0, leave_days_per_month=0.0)
    fork = simulation.fork(freer)
    assert fork.world.programmes[1].choice == 1.0
    assert fork.run(20).digest() != simulation.fork().run(20).digest()
    longer = simulation.fork(specification.with_values(programme__weekday_morning_hours=5))
    assert longer.world.slots[7].hours == 5.0
    basic, plus = shipped()
    other = replace(
        specification, programmes=(basic, replace(plus, name="silver")), units=specification.units
    )
    with pytest.raises(ValueError, match="programmes of the same names"):
        simulation.fork(other)


def test_the_programme_off_is_the_same_with_and_without_programmes():
    """With the mechanism off no calendar, place or leave moves an event or a state."""
    one = Simulation(off(regime(), "programme"), 1).run(30)
    other = Simulation(off(with_programmes(regime(), leave_days_per_month=0.0, choice=1.0), "programme"), 1)
    assert other.run(30).ledger().tobytes() == one.ledger().tobytes()
    assert one.daily().tobytes() == other.daily().tobytes()


@pytest.mark.slow
def test_the_leave_of_a_long_run_has_the_days_that_the_programme_says():
    """Sentenced people who have served the time are away for the days a month that plus gives them.

    About 350 leaves; the share varies by some 5 %, the bound is four times that; fixed seed.
    """
    specification = with_programmes(dutch(), leave_days_per_month=3.0).with_numbers(
        {"programme.late_base": -12, "programme.leave_after_days": 0, "run.burn_in_days": 0}
    )
    units = tuple(replace(unit, programme="plus") for unit in specification.units[:6])
    specification = replace(specification, units=units).with_numbers(
        {"residents.remand_share": 0, "residents.stay_mean_days": 3000, "residents.stay_median_days": 2900}
    )
    days = Simulation(specification, 1).run(150).daily()
    found = 365 / 12 * days.away[30:].sum() / days.residents[30:].sum()
    assert found == pytest.approx(3.0, rel=0.2)
