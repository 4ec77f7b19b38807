"""The schedule: what happens in a day-part and in a day, in order, with the reason for the order.

This file is the process overview of the model.  Each line of :func:`run` is one step of one mechanism
behind its switch; the only place where mechanisms are called.
"""

from __future__ import annotations

from sim import parameters as parameter_registry
from sim.clock import NIGHT, PARTS
from sim.kernel import i8, kernel
from sim.ledger import ROWS_PER_PLACE_AND_PART
from sim.mechanisms.alliance import alliance_day, deepen, support_neutral
from sim.mechanisms.coercion import coercion_day, turn_cycle
from sim.mechanisms.conflict import act_alone, be_prone, resolve
from sim.mechanisms.encounters import (
    encounters_day,
    meet_across_units,
    meet_in_cells,
    meet_on_unit,
    meet_staff,
    prepare,
)
from sim.mechanisms.flow import move_people, populate
from sim.mechanisms.justice import explain, justice_day, justice_neutral, weigh_contacts, weigh_events
from sim.mechanisms.needs import needs_day, needs_neutral
from sim.mechanisms.programme import arrange, go_on_leave, open_doors, programme_day
from sim.mechanisms.promotion import note_incidents, promotion_day, receive
from sim.mechanisms.response import respond, response_day
from sim.mechanisms.roster import assign, assign_mean, spend_time
from sim.mechanisms.strain import (
    close_staff_day,
    fill_posts,
    move_staff,
    staff_day,
    staff_neutral,
    work_together,
)
from sim.mechanisms.tension import settle, spread, tension_day
from sim.mechanisms.wellbeing import harm_oneself, wellbeing_day, wellbeing_neutral
from sim.recorder import open_day, record_part, record_residents, record_sample, record_staff
from sim.tables import (
    Bonds,
    Conducts,
    Contacts,
    ControlTable,
    Daily,
    Domains,
    Duties,
    Edges,
    Entries,
    Ledger,
    Levels,
    Memories,
    ParameterTable,
    Places,
    PolicyTable,
    Posts,
    Programmes,
    Quarrels,
    Reporters,
    Residents,
    Sample,
    Sites,
    Slots,
    Staff,
    Switches,
    TeamTies,
    Ties,
    Units,
)

# Kernels are compiled against the record of all declared parameters.
parameter_registry.declare()


@kernel
def begin(
    day: i8,
    residents: Residents,
    staff: Staff,
    places: Places,
    posts: Posts,
    units: Units,
    edges: Edges,
    ties: Ties,
    bonds: Bonds,
    team_ties: TeamTies,
    memories: Memories,
    control: ControlTable,
    parameters: ParameterTable,
) -> None:
    """Fill places and posts before the first day."""
    p = parameters[0]
    fill_posts(day, staff, posts, units, bonds, team_ties, control, p)
    populate(day, residents, places, units, edges, ties, bonds, memories, control, p)


@kernel
def has_room(
    residents: Residents, staff: Staff, places: Places, posts: Posts, ledger: Ledger, control: ControlTable
) -> i8:
    """Say (1 or 0) whether the growing tables have room for one more day-part, whatever happens in it."""
    people = control[0].resident_count + places.shape[0] <= residents.shape[0]
    employees = control[0].staff_count + posts.shape[0] <= staff.shape[0]
    events = control[0].event_count + ROWS_PER_PLACE_AND_PART * places.shape[0] <= ledger.shape[0]
    return 1 if people and employees and events else 0


@kernel
def count_present(units: Units, sites: Sites) -> None:
    """Count the residents of every site."""
    for k in range(sites.shape[0]):
        sites[k].present = 0
        for u in range(sites[k].unit_first, sites[k].unit_end):
            sites[k].present += units[u].present


@kernel
def run(
    start: i8,
    stop: i8,
    residents: Residents,
    staff: Staff,
    places: Places,
    posts: Posts,
    units: Units,
    sites: Sites,
    programmes: Programmes,
    slots: Slots,
    edges: Edges,
    ties: Ties,
    bonds: Bonds,
    team_ties: TeamTies,
    duties: Duties,
    quarrels: Quarrels,
    quarrel_list: Entries,
    contacts: Contacts,
    memories: Memories,
    ledger: Ledger,
    policy: PolicyTable,
    levels: Levels,
    domains: Domains,
    conducts: Conducts,
    reporters: Reporters,
    daily: Daily,
    sample: Sample,
    control: ControlTable,
    switches: Switches,
    parameters: ParameterTable,
) -> i8:
    """Run the day-parts from ``start`` up to ``stop`` and return the one reached.

    A value below ``stop`` means that a table must grow before the run can go on.
    """
    p = parameters[0]
    on = switches[0]
    for part in range(start, stop):
        if has_room(residents, staff, places, posts, ledger, control) == 0:
            return part
        day = part // PARTS
        elapsed = (part - control[0].daily_part) // PARTS
        today = elapsed * units.shape[0]
        first = control[0].event_count
        control[0].quarrel_count = 0
        control[0].contact_count = 0

        # Morning: people come and go before anybody is put on the roster.
        if part % PARTS == 0:
            if on.flow == 1:
                move_people(
                    day, today, residents, places, units, edges, ties, bonds, memories, daily, control, p
                )
            if on.strain == 1:
                move_staff(day, today, staff, posts, units, bonds, team_ties, daily, control, p)
            # Status travels with the person; which programme it opens depends on the unit lived on.
            if on.promotion == 1:
                receive(day, residents, places, units, policy, levels)
            count_present(units, sites)
            open_day(residents, places, control, day)
            # Newcomers get their places, if there are any, before the first doors open.
            arrange(day, residents, places, units, programmes, control, on.programme, p)
            if on.programme == 1:
                go_on_leave(part, residents, places, units, programmes, memories, ledger, control, p)

        # Who works where decides which doors open, and both decide who can meet.
        if on.roster == 1:
            assign(part, units, posts, staff, duties, control, p)
        else:
            assign_mean(part, units, posts, staff, duties, control, p)
        spend_time(units, staff, duties, p)
        open_doors(part, residents, places, units, programmes, slots, control, on.programme, p)

        # Everybody's propensity is fixed here: all act on the state at the start of the day-part.
        be_prone(residents, places, units, p)

        # Encounters only note contacts and quarrels; what becomes of them follows.
        if on.encounters == 1:
            prepare(units, duties, p)
            if part % PARTS == NIGHT:
                meet_in_cells(
                    part, today, residents, places, units, ties, quarrels, quarrel_list, daily, control, p
                )
            else:
                meet_on_unit(
                    part, today, residents, places, units, ties, quarrels, quarrel_list, daily, control, p
                )
                meet_across_units(
                    part,
                    today,
                    residents,
                    places,
                    units,
                    edges,
                    ties,
                    quarrels,
                    quarrel_list,
                    daily,
                    control,
                    p,
                )
                meet_staff(
                    part,
                    today,
                    residents,
                    places,
                    units,
                    duties,
                    staff,
                    bonds,
                    contacts,
                    quarrels,
                    quarrel_list,
                    daily,
                    control,
                    p,
                )

        # Quarrels are judged on the bonds as they stood before today's contacts deepen them.
        if on.conflict == 1:
            if control[0].quarrel_count > 0:
                resolve(
                    part,
                    residents,
                    places,
                    units,
                    duties,
                    staff,
                    bonds,
                    quarrels,
                    quarrel_list,
                    memories,
                    ledger,
                    control,
                    p,
                )
            act_alone(
                part, residents, places, units, duties, staff, bonds, quarrels, memories, ledger, control, p
            )
        if on.wellbeing == 1:
            harm_oneself(part, residents, places, units, duties, ledger, control, p)
        if on.alliance == 1:
            deepen(part, today, residents, staff, bonds, contacts, daily, control, p)
        else:
            support_neutral(residents, contacts, control)
        if on.strain == 1:
            work_together(part, staff, units, team_ties, duties, p)

        # Incidents work on victims and witnesses; staff answer; answers and incidents work on.
        # Nothing happened in most day-parts of a small house: then there is nothing to pass on.
        happened = control[0].event_count > first
        if on.tension == 1 and happened:
            spread(first, part, residents, places, units, edges, ties, memories, ledger, control, p)
        if on.response == 1 and happened:
            respond(first, part, residents, units, sites, staff, bonds, edges, ties, ledger, control, p)
        if on.justice == 1:
            explain(first, part, residents, units, staff, ledger, control, p)
        else:
            justice_neutral(residents, places, control)
        if on.coercion == 1 and happened:
            turn_cycle(
                first,
                part,
                residents,
                places,
                units,
                sites,
                staff,
                bonds,
                ties,
                duties,
                memories,
                ledger,
                control,
                on.justice,
                p,
            )

        # Staff judge what they saw, as they answered it.
        if on.promotion == 1 and happened:
            note_incidents(first, part, residents, places, memories, ledger, policy, conducts, control, p)
        # Files are closed at night, on the day as it was; decisions work from the next morning.
        if part % PARTS == NIGHT:  # noqa: SIM102 - the documentation reads one condition at a time
            if on.promotion == 1:
                promotion_day(
                    part,
                    today,
                    residents,
                    places,
                    units,
                    staff,
                    memories,
                    ledger,
                    policy,
                    levels,
                    domains,
                    conducts,
                    reporters,
                    daily,
                    control,
                    p,
                )
        # Coercion felt as fair as authority was seen to be; only then does this day-part move that view.
        if on.justice == 1:
            weigh_contacts(part, residents, units, staff, bonds, contacts, control, p)
            weigh_events(part, residents, places, memories, ledger, control, on.coercion, p)

        # Impulses are applied at the end: nobody acted on what happened in this same day-part.
        settle(residents, places, on.tension, p)
        record_part(today, part, units, daily)

        # Night falls: the slow processes take their one step a day.
        if part % PARTS == NIGHT:
            encounters_day(part, residents, places, units, ties, p)
            alliance_day(part, residents, places, posts, units, bonds, p)
            programme_day(part, today, residents, places, units, programmes, slots, daily, on.programme, p)
            if on.needs == 1:
                needs_day(part, residents, places, units, programmes, p)
            else:
                needs_neutral(residents, places, p)
            if on.wellbeing == 1:
                wellbeing_day(part, residents, places, units, p)
            else:
                wellbeing_neutral(residents, places, units, p)
            if on.tension == 1:
                tension_day(residents, places, units, p)
            response_day(sites, p)
            if on.strain == 1:
                staff_day(day, staff, posts, units, p)
            else:
                staff_neutral(posts, staff, p)
            coercion_day(posts, units, sites, staff, on.coercion, p)
            if on.justice == 1:
                justice_day(part, residents, places, staff, ledger, control, on.tension, p)
            record_residents(part, today, residents, places, units, levels, daily)
            record_staff(today, day, posts, staff, daily)
            record_sample(elapsed, residents, places, sample, control)
            close_staff_day(posts, staff)
    return stop
