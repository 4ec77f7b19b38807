"""Alliance and familiarity: what contacts between residents and staff build, and how it fades.

A contact makes the officer know the resident a little better (familiarity) and moves the working
alliance (Bordin 1979: shared goal, agreed tasks, bond) towards the quality of the contact.  Quality
comes from orientation, skill and the practised attitude, less vigilance and exhaustion.  Until the
mechanism of procedural justice exists, felt fairness is the recent quality of contacts.
"""

from __future__ import annotations

import math

from sim.clock import PARTS
from sim.kernel import f8, i8, kernel
from sim.reference import DOSE, EXHAUSTION, ORIENTATION, SKILL, VIGILANCE
from sim.registry import Mechanism, Section
from sim.relations import bond_of, fade_bond, familiarity_now
from sim.rules import approach, bounded, rate_of
from sim.tables import (
    Bond,
    Bonds,
    Contacts,
    ControlTable,
    Daily,
    Parameters,
    Places,
    Posts,
    Resident,
    Residents,
    Staff,
    StaffMember,
    Units,
)

# fmt: off
declare = Section("alliance")
declare("start", 0.15, "0-1", (0, 1), (0.05, 0.3), "alliance with an officer not met before", "assumption")
declare("familiarity_chat", 0.10, "share of what is left", (0, 1), (0.05, 0.2), "familiarity gained in a chat", "assumption")
declare("familiarity_check", 0.025, "share of what is left", (0, 1), (0.01, 0.05), "familiarity gained in a procedural contact", "assumption")
declare("familiarity_days", 45, "days", (1, 3000), (25, 90), "time constant of forgetting", "assumption")
declare("alliance_gain", 0.06, "share per contact", (0, 1), (0.03, 0.12), "move of the alliance towards the quality of a chat", "assumption")
declare("alliance_days", 120, "days", (1, 3000), (60, 240), "time constant of fading of the alliance", "assumption")
declare("breach_days", 60, "days", (1, 3000), (30, 120), "time constant of mending of a breach", "assumption")
declare("check_weight", 0.3, "share", (0, 1), (0.1, 0.5), "weight of a procedural contact against a chat", "assumption")
declare("quality_base", 0.40, "0-1", (0, 1), (0.25, 0.55), "quality of a contact with a middling officer, before all else", "assumption")
declare("quality_orientation", 0.243, "per unit", (0, 1), (0.15, 0.5), "connecting officers", "Molleman & Leeuw 2012 (direction)", "B", "abstract")
declare("quality_skill", 0.134, "per unit", (0, 1), (0.1, 0.35), "skilled officers", "Bowers et al. 2015 (direction)", "A", "abstract")
declare("quality_attitude", 0.139, "per unit of attitude", (0, 1), (0.08, 0.35), "interest, acceptance, explained boundaries as practised", "European guidelines for relational security 2023", "C", "assumed")
declare("quality_alliance", 0.15, "per unit", (0, 1), (0.05, 0.3), "existing alliance", "assumption")
declare("quality_vigilance", 0.30, "per unit", (0, 1), (0.1, 0.5), "vigilance spoils contact", "Armytage & Ogloff 2017 (claim)", "C", "assumed", feedback=True)
declare("quality_exhaustion", 0.25, "per unit", (0, 1), (0.1, 0.4), "exhaustion spoils contact", "van Ginneken et al. 2020 (direction)", "B", "abstract")
declare("constructive", 0.6, "per unit of alliance dose", (0, 2), (0.2, 1), "how working with instead of about speeds the alliance", "European guidelines for relational security 2023", "C", "assumed")
declare("fairness_gain", 0.012, "share per contact", (0, 1), (0.005, 0.03), "move of felt fairness towards the quality of a contact", "assumption: weeks to months")
declare("fairness_staff_differ", 0.1, "0-1", (0, 1), (0, 0.2), "felt fairness lost per unit of distance between an officer's line and the mean line of the staff", "European guidelines 2023: consistency", "C", "assumed")
declare("perception_sd", 0.26, "0-1", (0, 0.5), (0.08, 0.28), "lasting differences between people in how fair the same treatment feels", "surveys of prison climate: most variance lies between persons on one unit", "B", "recalled")
# fmt: on

MECHANISM = Mechanism(
    name="alliance",
    title="Alliance and familiarity",
    theory="Working alliance (Bordin); dual-role relationships",
    source="Bordin 1979; Skeem et al. 2007; Kennealy et al. 2012",
    reads=(
        "contacts.*",
        "staff.*",
        "posts.staff",
        "units.*",
        "residents.*",
        "places.*",
    ),
    writes=(
        "bonds.*",
        "residents.day_support",
        "residents.support",
        "residents.felt_fairness",
        "residents.best_familiarity",
        "residents.best_part",
        "residents.best_post",
        "residents.best_holder",
        "daily.met",
        "daily.met_familiarity",
        "daily.met_alliance",
    ),
    neutral="bonds stay as at first sight; every chat supports half as much as a perfect one",
    parameters=declare.parameters,
)


@kernel
def quality(s: StaffMember, alliance: f8, p: Parameters) -> f8:
    """Return the quality (0-1) of a contact with an officer, given the alliance between the two."""
    return bounded(
        p.alliance.quality_base
        + p.alliance.quality_orientation * (s.orientation - ORIENTATION)
        + p.alliance.quality_skill * (s.skill - SKILL)
        + p.alliance.quality_attitude * (p.security.attitude - DOSE)
        + p.alliance.quality_alliance * alliance
        - p.alliance.quality_vigilance * (s.vigilance - VIGILANCE)
        - p.alliance.quality_exhaustion * (s.exhaustion - EXHAUSTION),
        0.02,
        0.98,
    )


@kernel
def grow(bond: Bond, contact_quality: f8, chat: i8, p: Parameters) -> None:
    """Let a contact deepen a bond."""
    if chat == 1:
        bond.familiarity = approach(bond.familiarity, 1.0, p.alliance.familiarity_chat)
        weight = 1.0
    else:
        bond.familiarity = approach(bond.familiarity, 1.0, p.alliance.familiarity_check)
        weight = p.alliance.check_weight
    gain = p.alliance.alliance_gain * weight * (1.0 + p.alliance.constructive * (p.security.alliance - DOSE))
    target = bounded(2.0 * contact_quality - 0.5, 0.0, 1.0)
    bond.alliance = approach(bond.alliance, target, bounded(gain, 0.0, 1.0))


@kernel
def know_best(r: Resident, familiarity: f8, post: i8, holder: i8, part: i8, p: Parameters) -> None:
    """Keep track of the officer who knows a resident best.

    All familiarity fades at one rate, so the order among officers not met since does not change.
    """
    faded = r.best_familiarity * math.exp(-(part - r.best_part) / (PARTS * p.alliance.familiarity_days))
    if familiarity >= faded:
        r.best_familiarity = familiarity
        r.best_part = part
        r.best_post = post
        r.best_holder = holder


@kernel
def deepen(
    part: i8,
    today: i8,
    residents: Residents,
    staff: Staff,
    bonds: Bonds,
    contacts: Contacts,
    daily: Daily,
    control: ControlTable,
    p: Parameters,
) -> None:
    """Let every contact of this day-part work on the bond, on support and on felt fairness."""
    for c in range(control[0].contact_count):
        contact = contacts[c]
        r = residents[contact.resident]
        s = staff[contact.staff]
        bond = bonds[contact.bond]
        fade_bond(bond, part, p)
        standing = max(0.0, bond.alliance - bond.breach)
        day = daily[today + r.unit]
        day.met += 1
        day.met_familiarity += bond.familiarity
        day.met_alliance += standing
        q = quality(s, standing, p)
        grow(bond, q, contact.chat, p)
        know_best(r, bond.familiarity, contact.post, contact.staff, part, p)
        weight = 1.0 if contact.chat == 1 else p.alliance.check_weight
        r.day_support += weight * q
        differs = p.alliance.fairness_staff_differ * abs(s.orientation - p.staffing.orientation_mean)
        felt = bounded(q - differs + r.perception, 0.02, 0.98)
        r.felt_fairness = approach(r.felt_fairness, felt, p.alliance.fairness_gain)


@kernel
def support_neutral(residents: Residents, contacts: Contacts, control: ControlTable) -> None:
    """Count chats as support of middling quality: the mechanism switched off."""
    for c in range(control[0].contact_count):
        if contacts[c].chat == 1:
            residents[contacts[c].resident].day_support += 0.5


@kernel
def still_known(r: Resident, posts: Posts, units: Units, bonds: Bonds, part: i8, p: Parameters) -> None:
    """Look again for the officer who knows a resident best once that one has left."""
    unit = units[r.unit]
    r.best_familiarity = 0.0
    r.best_part = part
    for post in range(unit.bond_post, unit.bond_post + unit.bond_width):
        if posts[post].staff < 0:
            continue
        now = familiarity_now(bonds[bond_of(r, unit, post)], part, p)
        if now > r.best_familiarity:
            r.best_familiarity = now
            r.best_post = post
            r.best_holder = posts[post].staff


@kernel
def alliance_day(
    part: i8, residents: Residents, places: Places, posts: Posts, units: Units, bonds: Bonds, p: Parameters
) -> None:
    """Move the recent mean of support by one day and bring up to date who knows whom best."""
    recent = rate_of(p.encounters.recent_days)
    for i in range(places.shape[0]):
        if places[i].resident < 0:
            continue
        r = residents[places[i].resident]
        r.support = approach(r.support, r.day_support, recent)
        if r.best_post < 0:
            continue
        if posts[r.best_post].staff != r.best_holder:
            still_known(r, posts, units, bonds, part, p)
        else:
            r.best_familiarity *= math.exp(-(part - r.best_part) / (PARTS * p.alliance.familiarity_days))
            r.best_part = part
