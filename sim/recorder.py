"""Recording inside the compiled run: one row per unit and day, and single people for small samples."""

from __future__ import annotations

from sim.clock import PARTS
from sim.kernel import i8, kernel
from sim.tables import (
    ControlTable,
    Daily,
    Levels,
    Places,
    Posts,
    Resident,
    Residents,
    Sample,
    Staff,
    UnitDay,
    Units,
)


@kernel
def open_day(residents: Residents, places: Places, control: ControlTable, day: i8) -> None:
    """Clear the accounts of the day and count exposure."""
    control[0].recording = 1 if day >= 0 else 0
    for i in range(places.shape[0]):
        if places[i].resident >= 0:
            r = residents[places[i].resident]
            r.day_out = 0.0
            r.day_active = 0.0
            r.day_programme = 0.0
            r.day_company = 0.0
            r.day_support = 0.0
            r.exposure_days += control[0].recording


@kernel
def record_part(today: i8, part: i8, units: Units, daily: Daily) -> None:
    """Note the duties of a day-part, and whether anybody was there."""
    for u in range(units.shape[0]):
        unit = units[u]
        day = daily[today + u]
        day.duty_time += unit.hands
        day.common_time += unit.common
        day.procedure_time += unit.procedure
        if part % PARTS < 3 and unit.present > 0:
            day.parts_out += 1
            day.parts_unstaffed += unit.cover_needed


@kernel
def record_justice(day: UnitDay, r: Resident, day_number: i8) -> None:
    """Add a resident's perceived justice to the day, by time since admission."""
    day.justice += r.justice
    weeks = (day_number - r.arrival) // 7
    if weeks < 1:
        day.justice_week_1 += r.justice
        day.residents_week_1 += 1
    elif weeks < 4:
        day.justice_weeks_2_to_4 += r.justice
        day.residents_weeks_2_to_4 += 1
    elif weeks < 12:
        day.justice_weeks_5_to_12 += r.justice
        day.residents_weeks_5_to_12 += 1
    else:
        day.justice_weeks_13_on += r.justice
        day.residents_weeks_13_on += 1


@kernel
def record_residents(
    part: i8, today: i8, residents: Residents, places: Places, units: Units, levels: Levels, daily: Daily
) -> None:
    """Sum the state of the residents of each unit at the end of the day.

    Residents on leave stay in the books with their states; their hours outside are no hours out of cell.
    """
    for u in range(units.shape[0]):
        unit = units[u]
        day = daily[today + u]
        day.residents = unit.present
        day.restrictiveness = unit.restrictiveness
        day.backlog = unit.backlog
        for i in range(unit.place_first, unit.place_end):
            if places[i].resident < 0:
                continue
            r = residents[places[i].resident]
            day.autonomy += r.autonomy
            day.competence += r.competence
            day.relatedness += r.relatedness
            day.adjustment += r.adjustment
            day.tension += r.tension + r.arousal
            day.fear += r.fear
            day.anger += r.anger
            day.grievance += r.grievance
            day.boredom += r.boredom
            day.felt_fairness += r.felt_fairness
            record_justice(day, r, part // PARTS)
            day.wellbeing += r.wellbeing
            day.distress += r.distress
            day.company += r.company
            day.support += r.support
            if r.leave_until <= part:
                day.hours_out += r.day_out
                day.hours_active += r.day_active
            day.best_familiarity += r.best_familiarity
            day.motivation_autonomous += r.motivation_autonomous
            day.motivation_controlled += r.motivation_controlled
            day.hope += r.hope
            day.remand += r.remand
            day.lvb += r.lvb
            day.out_of_scheme += 1 if r.out_of_scheme > 0 else 0
            if levels[r.level].plus == 1:
                day.plus += 1
                given = levels[r.level].programme
                day.plus_lived += 1 if given < 0 or r.programme_now == given else 0
                day.plus_remand += r.remand
                day.plus_lvb += r.lvb


@kernel
def record_staff(today: i8, day_number: i8, posts: Posts, staff: Staff, daily: Daily) -> None:
    """Sum the state of the staff of each unit's team at the end of the day."""
    for i in range(posts.shape[0]):
        day = daily[today + posts[i].unit]
        day.posts += 1
        if posts[i].staff < 0:
            continue
        s = staff[posts[i].staff]
        day.staff += 1
        if s.absent_until > day_number:
            day.staff_absent += 1
        day.staff_exhaustion += s.exhaustion
        day.staff_vigilance += s.vigilance
        day.staff_autonomy += s.autonomy
        day.staff_competence += s.competence
        day.staff_relatedness += s.relatedness


@kernel
def record_sample(
    row: i8, residents: Residents, places: Places, sample: Sample, control: ControlTable
) -> None:
    """Write down the residents of the sampled places one by one."""
    for k in range(control[0].sample):
        entry = sample[row * control[0].sample + k]
        entry.resident = places[k].resident
        if places[k].resident < 0:
            continue
        r = residents[places[k].resident]
        entry.autonomy = r.autonomy
        entry.competence = r.competence
        entry.relatedness = r.relatedness
        entry.tension = r.tension + r.arousal
        entry.wellbeing = r.wellbeing
        entry.fear = r.fear
