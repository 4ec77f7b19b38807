"""Response: who saw it, what is written down, how staff answer, what is imposed, what is repaired.

Three things are counted apart: the *answer* (talk, warning, mediation, agreed consequence, report), the
*sanction* (cell confinement, loss of programme) and *containment* (isolation, response team).  Staff
who know a person tailor their answer; with an unknown person they fall back on protocol (Liebling
2008: rules are used where relationships fail).  Reliance on protocol at scale is therefore an outcome.

What happens is not what is recorded: seen, recorded and sanctioned are three filters in a row.
"""

from __future__ import annotations

import math

from sim import streams
from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.ledger import (
    AGREED,
    CELL_CONFINEMENT,
    CONTAINMENT,
    CONTRABAND,
    DAMAGE,
    ESCAPE,
    ISOLATION,
    LAST_INCIDENT,
    LATE_RETURN,
    LOSS_OF_PROGRAMME,
    MEDIATION,
    OFFICE,
    REFUSAL,
    REPAIR,
    REPORT,
    RESPONSE_TEAM,
    SANCTION,
    SELF_HARM,
    TALK,
    WARNING,
    append,
)
from sim.reference import EXHAUSTION, ORIENTATION, RESTRICTIVENESS, SECURITY, VIGILANCE
from sim.registry import Mechanism, Section
from sim.relations import alliance_now, bond_of, fade_tie, familiarity_now, tie_index
from sim.rules import bounded, logistic, per_head_or_count, remaining
from sim.tables import (
    Bonds,
    ControlTable,
    Edges,
    Event,
    Ledger,
    Parameters,
    Resident,
    Residents,
    Site,
    Sites,
    Staff,
    Ties,
    Units,
)

LIEBLING = "Liebling 2000, 2008 (direction)"

# fmt: off
declare = Section("response")
declare("seen_later", 0.22, "chance", (0, 1), (0.1, 0.4), "incidents between residents noticed though nobody was near", "assumption")
declare("seen_contraband", 0.12, "chance", (0, 1), (0.05, 0.25), "contraband found without searches", "assumption")
declare("seen_search", 0.30, "per unit of procedural security", (0, 1), (0.1, 0.5), "contraband found by searches", "assumption")
declare("seen_camera", 0.25, "share of the unseen", (0, 1), (0.1, 0.4), "unseen incidents that cameras and building show, at full static security", "assumption")
declare("seen_self_harm", 0.7, "chance", (0, 1), (0.5, 0.9), "self-harm that staff notice", "assumption")
declare("recorded_violent", 0.312, "chance", (0, 1), (0.1, 0.45), "seen violence written down when no report is made", "recorded/true .2-.5 (Cooley 1993; Wortley 2002 after Stephan 1997)", "C", "derived")
declare("recorded_minor", 0.15, "chance", (0, 1), (0.05, 0.3), "seen minor incidents written down when no report is made", "assumption")
declare("recorded_rules", 0.15, "per unit above middling", (0, 1), (0, 0.3), "how procedural security and vigilance raise writing down", "assumption")
declare("formal_base", -1.38, "log-odds", (-6, 4), (-2.2, -0.8), "report on a minor matter by a middling officer who does not know the person", "calibrated: medoid of what the facts do not rule out")
declare("formal_severity", 0.9, "log-odds per step", (0, 4), (0.5, 1.5), "graver matters are reported", "assumption")
declare("formal_familiarity", 2.3, "log-odds per unit", (0, 5), (1.0, 3.0), "a known person is answered in a tailored way", LIEBLING, "C", "abstract")
declare("formal_alliance", 1.2, "log-odds per unit", (0, 5), (0.5, 2.0), "alliance makes for informal answers", LIEBLING, "C", "abstract")
declare("formal_orientation", 1.23, "log-odds per unit", (0, 5), (0.6, 2.4), "connecting officers report less", "Molleman & Leeuw 2012 (direction)", "B", "abstract")
declare("formal_vigilance", 1.5, "log-odds per unit", (0, 6), (0.5, 2.5), "vigilant officers report more", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("formal_exhaustion", 0.8, "log-odds per unit", (0, 4), (0.3, 1.4), "exhausted officers fall back on protocol", "assumption")
declare("formal_rules", 0.8, "log-odds per unit", (0, 4), (0.4, 1.4), "procedural security demands reports", "assumption")
declare("formal_restriction", 0.8, "log-odds per unit", (0, 4), (0, 1.5), "restrictive units report more", "assumption", feedback=True)
declare("formal_alone", 0.5, "log-odds", (0, 3), (0, 1), "an officer alone, or nobody there, falls back on protocol", "assumption")
declare("ordering_strength", 0.6, "share", (0, 1), (0.3, 0.9), "how strictly an ordering rule is followed", "assumption")
declare("open_familiarity", 0.25, "0-1", (0, 1), (0.1, 0.4), "familiarity from which a relational answer counts as open", "assumption")
declare("open_time", 0.1, "staff day-parts", (0, 2), (0.05, 0.3), "free staff time on the unit that a relational answer needs", "assumption")
declare("mediation_weight", 1.2, "weight", (0, 5), (0.4, 2), "mediation against talk between residents who are known", "ENAP material on dynamic security", "C", "assumed")
declare("agreed_weight", 1.0, "weight", (0, 5), (0.3, 2), "agreed consequence against talk, at full alliance dose", "European guidelines for relational security 2023", "C", "assumed")
declare("warning_weight", 0.8, "weight", (0, 5), (0.3, 1.5), "warning against talk", "assumption")
declare("repair_talk", 0.15, "share", (0, 1), (0, 0.5), "enmity and anger that a talk takes away", "assumption")
declare("repair_mediation", 0.5, "share", (0, 1), (0, 0.9), "enmity and anger that mediation takes away", "ENAP material on dynamic security; McWilliam et al. 2015 (direction)", "C", "assumed")
declare("sanction_base", -2.43, "log-odds", (-6, 4), (-3, -1.4), "sanction after a report on a minor matter", "DJI 2015-16: about 1 in 10 recorded", "B", "derived")
declare("sanction_severity", 0.45, "log-odds per step", (0, 4), (0.2, 1), "graver matters are sanctioned more often", "assumption")
declare("sanction_vigilance", 1.5, "log-odds per unit", (0, 6), (0.5, 2.5), "vigilant units sanction more", "assumption", feedback=True)
declare("sanction_load", 2.0, "log-odds per report a day", (0, 10), (0, 5), "a director with many reports goes by the book", "assumption", feedback=True)
declare("confinement_share", 0.6, "share", (0, 1), (0.3, 0.8), "sanctions that are cell confinement rather than loss of programme", "assumption")
declare("confinement_days", 4, "days", (0.25, 60), (2, 8), "length of cell confinement", "assumption")
declare("loss_days", 7, "days", (0.25, 60), (3, 14), "length of loss of programme", "assumption")
declare("contain_base", -1.6, "log-odds", (-6, 4), (-2.4, -0.8), "containment of seen violence or an attempt to escape by a middling unit", "nd.nl 2008: response team at about half of physical incidents (recorded)", "C", "derived")
declare("contain_severity", 1.2, "log-odds per step above physical", (0, 5), (0.6, 2), "serious violence is contained more often", "assumption")
declare("contain_familiarity", 1.0, "log-odds per unit", (0, 5), (0.3, 2), "a known person is calmed otherwise", LIEBLING, "C", "abstract")
declare("contain_vigilance", 2.0, "log-odds per unit", (0, 6), (0.8, 3), "vigilant officers contain more", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("contain_readiness", 2.0, "log-odds per unit", (0, 6), (0, 4), "a team that is used to deploying deploys", "assumption", feedback=True)
declare("contain_days", 1, "days", (0.25, 30), (0.5, 3), "length of isolation", "assumption")
declare("readiness_impulse", 0.2, "share of what is left", (0, 1), (0, 0.5), "readiness from one deployment, at reference size", "assumption", feedback=True)
declare("readiness_days", 30, "days", (1, 400), (7, 90), "time constant of readiness", "assumption")
declare("load_most", 4, "reports a day", (0, 100), (2, 8), "reports a day beyond which a director cannot be more pressed", "physical ceiling; assumed")
declare("hold_hands", 2, "staff", (0, 10), (1, 3), "hands with which a unit can hold a person without the response team", "assumption")
declare("alone_hands", 1.5, "staff", (0, 10), (1, 2), "hands below which an officer counts as alone", "assumption")
# fmt: on

MECHANISM = Mechanism(
    name="response",
    title="Response: seen, recorded, answered, sanctioned, contained, repaired",
    theory="Discretion and rule reliance; relational mediation",
    source="Liebling 2000, 2008; DJI figures; McWilliam et al. 2015",
    reads=(
        "ledger.*",
        "bonds.*",
        "staff.*",
        "units.*",
        "sites.*",
        "residents.*",
        "edges.*",
        "control.ordering",
    ),
    writes=(
        "ledger.*",
        "control.event_count",
        "residents.confined_until",
        "residents.loss_until",
        "residents.anger",
        "residents.keep_anger",
        "units.backlog",
        "sites.reports",
        "sites.day_reports",
        "sites.readiness",
        "sites.keep_readiness",
        "ties.*",
        "staff.day_solved",
        "staff.day_coercive",
    ),
    neutral="nothing is seen, answered, recorded or sanctioned",
    parameters=declare.parameters,
)


@kernel
def seen_chance(kind: i8, against_staff: i8, near: f8, static: f8, p: Parameters) -> f8:
    """Return the chance that an incident of a kind comes to the notice of staff."""
    if against_staff == 1 or kind == ESCAPE or kind == REFUSAL or kind == LATE_RETURN:
        return 1.0
    if kind == CONTRABAND:
        return bounded(p.response.seen_contraband + p.response.seen_search * p.security.procedural, 0.0, 1.0)
    if kind == SELF_HARM:
        return p.response.seen_self_harm
    chance = near + (1.0 - near) * p.response.seen_later
    return chance + (1.0 - chance) * p.response.seen_camera * static


@kernel
def formal_log_odds(
    severity: i8,
    familiarity: f8,
    alliance: f8,
    orientation: f8,
    vigilance: f8,
    exhaustion: f8,
    restrictiveness: f8,
    alone: i8,
    p: Parameters,
) -> f8:
    """Return the log-odds that staff answer with a report."""
    return (
        p.response.formal_base
        + p.response.formal_severity * (severity - 1)
        - p.response.formal_familiarity * familiarity
        - p.response.formal_alliance * alliance
        - p.response.formal_orientation * (orientation - ORIENTATION)
        + p.response.formal_vigilance * (vigilance - VIGILANCE)
        + p.response.formal_exhaustion * (exhaustion - EXHAUSTION)
        + p.response.formal_rules * (p.security.procedural - SECURITY)
        + p.response.formal_restriction * (restrictiveness - RESTRICTIVENESS)
        + p.response.formal_alone * alone
    )


@kernel
def ordered(formal: f8, relational_open: i8, ordering: i8, strength: f8) -> f8:
    """Return the chance of a report after the ordering rule (0 menu, 1 relational, 2 protocol first)."""
    if ordering == 1 and relational_open == 1:
        return formal * (1.0 - strength)
    if ordering == 2:
        return 1.0 - (1.0 - formal) * (1.0 - strength)
    return formal


@kernel
def informal_answer(between: i8, familiarity: f8, alliance: f8, orientation: f8, u: f8, p: Parameters) -> i8:
    """Return which informal answer staff choose, at quantile ``u``."""
    mediation = p.response.mediation_weight * familiarity * between
    agreed = p.response.agreed_weight * alliance * p.security.alliance
    warning = p.response.warning_weight * (1.0 - orientation) / (1.0 - ORIENTATION)
    left = u * (1.0 + mediation + agreed + warning)
    if left < mediation:
        return MEDIATION
    left -= mediation
    if left < agreed:
        return AGREED
    left -= agreed
    return WARNING if left < warning else TALK


@kernel
def recorded_chance(severity: i8, vigilance: f8, p: Parameters) -> f8:
    """Return the chance that a seen incident without a report is written down."""
    base = p.response.recorded_violent if severity >= 3 else p.response.recorded_minor
    more = p.response.recorded_rules * (p.security.procedural - SECURITY + vigilance - VIGILANCE)
    return bounded(base + more, 0.0, 1.0)


@kernel
def sanction_chance(severity: i8, vigilance: f8, load: f8, p: Parameters) -> f8:
    """Return the chance that a report leads to a sanction; ``load`` is the director's reports a day."""
    return logistic(
        p.response.sanction_base
        + p.response.sanction_severity * (severity - 1)
        + p.response.sanction_vigilance * (vigilance - VIGILANCE)
        + p.response.sanction_load * min(p.response.load_most, load)
    )


@kernel
def contain_chance(severity: i8, familiarity: f8, vigilance: f8, readiness: f8, p: Parameters) -> f8:
    """Return the chance of containment after seen violence."""
    return logistic(
        p.response.contain_base
        + p.response.contain_severity * (severity - 3)
        - p.response.contain_familiarity * familiarity
        + p.response.contain_vigilance * (vigilance - VIGILANCE)
        + p.response.contain_readiness * readiness
    )


@kernel
def director_load(site: Site, p: Parameters) -> f8:
    """Return the reports a day before the director, per head of the reference group or as a count."""
    per_day = site.reports / p.encounters.recent_days
    return per_day * per_head_or_count(float(site.present), p.coupling.reference_size, p.coupling.director)


@kernel
def calm(r: Resident, share: f8) -> None:
    """Take away a share of anger: of what was there, and of what this day-part's incidents add."""
    r.anger *= 1.0 - share
    r.keep_anger = 1.0 - (1.0 - r.keep_anger) * (1.0 - share)


@kernel
def mend(
    event: Event,
    r: Resident,
    part: i8,
    share: f8,
    residents: Residents,
    units: Units,
    edges: Edges,
    ties: Ties,
    p: Parameters,
) -> None:
    """Let a relational answer take away part of the enmity between two residents, and of anger."""
    calm(r, share)
    if event.target < 0:
        return
    other = residents[event.target]
    calm(other, share)
    index = tie_index(r.place, other.place, r.unit, other.unit, units, edges)
    if index >= 0:
        tie = ties[index]
        fade_tie(tie, part, p)
        tie.grudge *= 1.0 - share
        if tie.tie < 0.0:
            tie.tie *= 1.0 - share


@kernel
def coercive_event(
    kind: i8, row: i8, part: i8, ledger: Ledger, residents: Residents, control: ControlTable
) -> i8:
    """Write down a containment or a sanction with the incident in ``row`` as its cause; return its row."""
    incident = ledger[row]
    r = residents[incident.actor]
    new = append(ledger, control, part, kind, r.unit, OFFICE)
    event = ledger[new]
    event.target = incident.actor
    event.staff = incident.officer
    event.officer = incident.officer
    event.severity = incident.severity
    event.seen = 1
    event.recorded = 1
    event.cause = incident.event
    event.channel = incident.channel
    return new


@kernel
def contain(
    row: i8,
    part: i8,
    site: Site,
    residents: Residents,
    units: Units,
    staff: Staff,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Take a resident out at once, by isolation or with the response team."""
    incident = ledger[row]
    r = residents[incident.actor]
    unit = units[r.unit]
    # One or no officer on the unit cannot hold a person: the response team comes.
    by_team = 1 if unit.hands < p.response.hold_hands else 0
    incident.containment = RESPONSE_TEAM if by_team == 1 else ISOLATION
    new = coercive_event(CONTAINMENT, row, part, ledger, residents, control)
    ledger[new].containment = incident.containment
    r.confined_until = max(r.confined_until, part + 1 + int(p.response.contain_days * PARTS + 0.5))
    unit.backlog += p.roster.paperwork_containment
    if by_team == 1:
        weight = per_head_or_count(float(site.present), p.coupling.reference_size, p.coupling.response_team)
        site.keep_readiness *= remaining(p.response.readiness_impulse * weight)
    if incident.officer >= 0:
        staff[incident.officer].day_coercive += 1


@kernel
def sanction(
    row: i8,
    part: i8,
    u: f8,
    residents: Residents,
    units: Units,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Impose a sanction; it starts with the next day-part, or when the person is back."""
    incident = ledger[row]
    r = residents[incident.actor]
    start = max(part + 1, r.leave_until)
    if u < p.response.confinement_share:
        incident.sanction = CELL_CONFINEMENT
        r.confined_until = max(r.confined_until, start + int(p.response.confinement_days * PARTS + 0.5))
        units[r.unit].backlog += p.roster.paperwork_containment
    else:
        incident.sanction = LOSS_OF_PROGRAMME
        r.loss_until = max(r.loss_until, start + int(p.response.loss_days * PARTS + 0.5))
    new = coercive_event(SANCTION, row, part, ledger, residents, control)
    ledger[new].sanction = incident.sanction


@kernel
def answer_informally(
    row: i8,
    part: i8,
    answer: i8,
    familiarity: f8,
    residents: Residents,
    units: Units,
    edges: Edges,
    ties: Ties,
    staff: Staff,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Give an informal answer and let it repair what it can."""
    incident = ledger[row]
    incident.answer = answer
    r = residents[incident.actor]
    share = 0.0
    if answer == TALK:
        share = p.response.repair_talk
    elif answer == MEDIATION or answer == AGREED:
        share = p.response.repair_mediation
    if share > 0.0:
        mend(incident, r, part, share * (0.5 + 0.5 * familiarity), residents, units, edges, ties, p)
    if answer == MEDIATION or answer == AGREED:
        new = append(ledger, control, part, REPAIR, r.unit, incident.place)
        event = ledger[new]
        event.actor = incident.actor
        event.target = incident.target
        event.staff = incident.officer
        event.officer = incident.officer
        event.seen = 1
        event.answer = answer
        event.cause = incident.event
        event.channel = incident.channel
    if incident.officer >= 0:
        staff[incident.officer].day_solved += 1


@kernel
def respond_to(
    row: i8,
    part: i8,
    residents: Residents,
    units: Units,
    sites: Sites,
    staff: Staff,
    bonds: Bonds,
    edges: Edges,
    ties: Ties,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Take one incident through seen, answered, recorded, sanctioned and contained."""
    seed = control[0].seed
    incident = ledger[row]
    r = residents[incident.actor]
    unit = units[r.unit]
    site = sites[unit.site]
    # Kind and actor make the key: two refusals of one person in a day-part (rare) share their draws.
    near = unit.near if incident.place != 0 else 0.0
    seen = seen_chance(incident.kind, incident.against_staff, near, unit.static, p)
    if streams.draw(seed, streams.SEEN, part, r.key, streams.NOBODY, incident.kind) >= seen:
        return
    incident.seen = 1
    if incident.kind == SELF_HARM:
        incident.answer = TALK
        incident.recorded = 1
        return
    officer = incident.officer
    familiarity = 0.0
    alliance = 0.0
    orientation = ORIENTATION
    vigilance = unit.vigilance
    exhaustion = EXHAUSTION
    if officer >= 0:
        s = staff[officer]
        bond = bonds[bond_of(r, unit, s.post)]
        familiarity = familiarity_now(bond, part, p)
        alliance = alliance_now(bond, part, p)
        orientation = s.orientation
        vigilance = s.vigilance
        exhaustion = s.exhaustion
    time = 1 if unit.hands - unit.procedure >= p.response.open_time else 0
    known = 1 if familiarity >= p.response.open_familiarity else 0
    incident.relational_open = 1 if known == 1 and time == 1 else 0
    alone = 1 if unit.hands < p.response.alone_hands else 0
    formal = logistic(
        formal_log_odds(
            incident.severity,
            familiarity,
            alliance,
            orientation,
            vigilance,
            exhaustion,
            unit.restrictiveness,
            alone,
            p,
        )
    )
    formal = ordered(formal, incident.relational_open, control[0].ordering, p.response.ordering_strength)
    report = streams.draw(seed, streams.ANSWER, part, r.key, streams.NOBODY, incident.kind) < formal
    if incident.severity >= 3 and incident.kind <= ESCAPE and incident.kind != DAMAGE:
        chance = contain_chance(incident.severity, familiarity, vigilance, site.readiness, p)
        if streams.draw(seed, streams.CONTAIN, part, r.key, streams.NOBODY, incident.kind) < chance:
            contain(row, part, site, residents, units, staff, ledger, control, p)
    if report:
        incident.answer = REPORT
        incident.recorded = 1
        site.day_reports += 1
        load = director_load(site, p)
        punished = sanction_chance(incident.severity, unit.vigilance, load, p)
        if streams.draw(seed, streams.SANCTION, part, r.key, streams.NOBODY, incident.kind) < punished:
            u = streams.draw(seed, streams.SANCTION_KIND, part, r.key, streams.NOBODY, incident.kind)
            sanction(row, part, u, residents, units, ledger, control, p)
    else:
        u = streams.draw(seed, streams.ANSWER_KIND, part, r.key, streams.NOBODY, incident.kind)
        answer = informal_answer(1 if incident.target >= 0 else 0, familiarity, alliance, orientation, u, p)
        answer_informally(
            row, part, answer, familiarity, residents, units, edges, ties, staff, ledger, control, p
        )
        written = recorded_chance(incident.severity, vigilance, p)
        if streams.draw(seed, streams.RECORDED, part, r.key, streams.NOBODY, incident.kind) < written:
            incident.recorded = 1
    if incident.containment > 0 or incident.kind == LATE_RETURN:
        incident.recorded = 1
    if incident.recorded == 1:
        unit.backlog += p.roster.paperwork_report
    coerced = 1 if incident.containment > 0 or incident.sanction > 0 else 0
    if (coerced == 1 or report) and incident.relational_open == 0 and time == 0:
        incident.lack_of_hands = 1


@kernel
def respond(
    first: i8,
    part: i8,
    residents: Residents,
    units: Units,
    sites: Sites,
    staff: Staff,
    bonds: Bonds,
    edges: Edges,
    ties: Ties,
    ledger: Ledger,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Answer every incident written down since row ``first``."""
    last = control[0].event_count
    for row in range(first, last):
        if ledger[row].kind <= LAST_INCIDENT:
            respond_to(row, part, residents, units, sites, staff, bonds, edges, ties, ledger, control, p)


@kernel
def response_day(sites: Sites, p: Parameters) -> None:
    """Close the day: yesterday's reports and deployments fade, today's are added."""
    for k in range(sites.shape[0]):
        site = sites[k]
        site.reports = site.reports * math.exp(-1.0 / p.encounters.recent_days) + site.day_reports
        site.readiness *= math.exp(-1.0 / p.response.readiness_days)
        site.readiness = 1.0 - (1.0 - site.readiness) * site.keep_readiness
        site.day_reports = 0
        site.keep_readiness = 1.0
