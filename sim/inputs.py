"""The numbers that describe a facility: the blocks of a scenario file.

They live in the same registry as the parameters of the mechanisms, with the same columns, so that a
sweep can vary a staff ratio just as it varies a need's speed.
"""

from __future__ import annotations

from sim.registry import Section

DJI = "DJI figures via van Ginneken 2024; SPACE 2016"
PROPOSAL = "modelling proposal"

# fmt: off
residents = Section("residents")
residents("occupancy", 0.95, "share of places", (0, 1), (0.8, 1), "places that are in use on average", DJI, "C", "derived")
residents("stay_mean_days", 110, "days", (2, 5000), (85, 130), "mean stay of those admitted", DJI, "B", "derived")
residents("stay_median_days", 50, "days", (1, 4000), (35, 60), "median stay of those admitted; below the mean (stays are skewed)", DJI, "C", "recalled")
residents("remand_share", 0.43, "share", (0, 1), (0.3, 0.5), "residents of a prison-regime unit who await judgment", DJI, "B", "abstract")
residents("reactivity_mean", 0, "SD", (-2, 2), (-0.6, 0.6), "mean reactivity of the intake; below 0 where screening selects low risk", PROPOSAL)
residents("reactivity_sd", 1, "SD", (0, 2), (0.8, 1.2), "spread of reactivity between residents", PROPOSAL)
residents("trauma_share", 0.35, "share", (0, 1), (0, 0.8), "residents with a history of trauma", "prevalence reviews", "C", "recalled")
residents("vulnerability_mean", 0.25, "0-1", (0, 1), (0.15, 0.4), "mean psychiatric vulnerability", "Fazel & Seewald 2012", "C", "recalled")
residents("age_mean", 35, "years", (14, 70), (30, 40), "mean age at entry", "Dutch prison statistics", "C", "recalled")
residents("age_sd", 11, "years", (0, 25), (8, 13), "spread of age at entry", "Dutch prison statistics", "C", "recalled")
residents("lvb_share", 0.3, "share", (0, 1), (0.15, 0.45), "residents with a mild intellectual disability", "Dutch screening studies: about three in ten or more", "C", "recalled")
residents("self_reporter_share", 0.1, "share", (0, 1), (0.05, 0.2), "sentenced arrivals who reported themselves", "assumption")
residents("self_reliance_mean", 0.5, "0-1", (0, 1), (0.4, 0.6), "mean self-reliance", "the middle of the scale")
residents("self_reliance_sd", 0.18, "0-1", (0, 0.5), (0.1, 0.25), "spread of self-reliance", PROPOSAL)
residents("self_reliance_lvb", 0.12, "0-1", (0, 1), (0, 0.25), "self-reliance that residents with a mild intellectual disability have less", PROPOSAL)
residents("prior_sentences_mean", 2, "sentences", (0, 50), (1, 4), "mean number of earlier sentences (geometric)", PROPOSAL)
residents("offender_measure_share", 0.03, "share", (0, 1), (0.01, 0.05), "residents under the measure for persistent offenders", "assumption: a few percent of people held", "D", "assumed")
residents("measure_sought_share", 0.01, "share", (0, 1), (0, 0.03), "residents for whom that measure is sought", PROPOSAL)
residents("psychiatric_share", 0.01, "share", (0, 1), (0, 0.05), "residents placed by the rules for psychiatric or medical centres", PROPOSAL)
residents("control_share", 0.005, "share", (0, 1), (0, 0.02), "residents placed by the rules for control units", PROPOSAL)
residents("extra_secured_share", 0.001, "share", (0, 1), (0, 0.01), "residents placed by the rules for extra-secured units", PROPOSAL)

staffing = Section("staffing")
staffing("residents_per_employee", 1.7, "residents per employee of all kinds", (0.3, 20), (1.2, 2.4), "places per employee of all kinds", "SPACE 2016 (Netherlands 1.7)", "B", "abstract")
staffing("unit_share", 0.5, "share of employees", (0, 1), (0.4, 0.7), "employees who work on the units as unit officer or detention supervisor", "assumption beside the 1.7 of SPACE 2016")
staffing("rotation_share", 0.0, "share of shift slots", (0, 1), (0, 1), "shift slots that are filled from the pool instead of the unit's own team", PROPOSAL)
staffing("rotation_cluster", 1, "units", (1, 1000), (1, 15), "units (neighbours in file order, within one site) over which the pooled slots rotate", PROPOSAL, integer=True)
staffing("orientation_mean", 0.5, "0 controlling - 1 connecting", (0, 1), (0.35, 0.7), "mean orientation of staff", "Molleman & Leeuw 2012 (that it matters)", "C", "assumed")
staffing("orientation_sd", 0.15, "0-1", (0, 0.4), (0.08, 0.2), "spread of orientation between staff", PROPOSAL)
staffing("skill_mean", 0.5, "0-1", (0, 1), (0.35, 0.7), "mean interpersonal skill of staff", PROPOSAL)
staffing("skill_sd", 0.15, "0-1", (0, 0.4), (0.08, 0.2), "spread of skill between staff", PROPOSAL)

security = Section("security")
security("static", 0.7, "0-1", (0, 1), (0, 1), "what is built: walls, doors, cameras", "assumption: Dutch prison .6-.8", "D")
security("procedural", 0.6, "0-1", (0, 1), (0, 1), "rules on paper: counts, searches, escorts, reports", PROPOSAL)
security("relational", 0.4, "0-1", (0, 1), (0, 1), "shorthand that sets attitude, alliance and presence together", "assumption: Dutch prison .3-.6", "D")
security("attitude", 0.4, "0-1", (0, 1), (0, 1), "A: interest, acceptance, clear and explained boundaries", "European guidelines for relational security 2023", "C", "assumed")
security("alliance", 0.4, "0-1", (0, 1), (0, 1), "B: with instead of about; strengths, responsibility, room for mistakes", "European guidelines for relational security 2023", "C", "assumed")
security("presence", 0.4, "0-1", (0, 1), (0, 1), "C: the rule that free staff time goes to the common room", "European guidelines for relational security 2023", "C", "assumed")

programme = Section("programme")
for _day, _share in (("weekday", 1.0), ("weekend", 2.375 / 3.3)):
    for _part, _hours, _high in (
        ("morning", 3.3, 6),
        ("afternoon", 3.3, 6),
        ("evening", 0.0, 6),
        ("night", 0.0, 6),
    ):
        programme(
            f"{_day}_{_part}_hours",
            round(_hours * _share, 3),
            "hours out of cell",
            (0, _high),
            (0, min(_high, 1.5 * _hours * _share + 0.5)),
            f"programmed hours out of cell on a {_day} {_part} (a day-part has 6 hours)",
            "Dutch basic programme: 42.5 activity hours a week, no evenings, thin weekend",
            "B",
            "derived",
        )
programme("activity_share", 0.6, "share of programmed hours", (0, 1), (0.4, 0.8), "programmed hours that are organised (work, education, sport) rather than recreation", PROPOSAL)
programme("visits", 0.5, "0-1", (0, 1), (0.2, 0.8), "outside contact that visits and telephone allow in the basic programme, before restrictions", PROPOSAL)
programme("work_places", 1.0, "places per place of the unit", (0, 1), (0.5, 1), "places in work; below 1 they are scarce and there is a waiting list", PROPOSAL)
programme("education_places", 1.0, "places per place of the unit", (0, 1), (0.3, 1), "places in education", PROPOSAL)
programme("training_places", 1.0, "places per place of the unit", (0, 1), (0.2, 1), "places in behavioural training", PROPOSAL)

facility = Section("facility")
facility("shared", 0.2, "share of contact time", (0, 1), (0, 0.5), "contact time spent in spaces shared with other units (work, yard, school)", PROPOSAL)

coupling = Section("coupling")
_HEAD = "0 per head .. 1 count"
coupling("news", 0.0, _HEAD, (0, 1), (0, 1), "how hearsay of incidents reaches staff elsewhere on the site", "structural choice, unidentified")
coupling("ratchet", 0.0, _HEAD, (0, 1), (0, 1), "how grave incidents on the site raise its static security, and how long they cancel activities on the unit", "structural choice, unidentified")
coupling("response_team", 0.0, _HEAD, (0, 1), (0, 1), "how deployments on the site raise readiness for the next", "structural choice, unidentified")
coupling("director", 0.0, _HEAD, (0, 1), (0, 1), "how reports on the site load the one who decides on sanctions", "structural choice, unidentified")
coupling("witnesses", 0.5, _HEAD, (0, 1), (0, 1), "how the number of residents and staff who witness an incident grows with the group", "structural choice, unidentified")
coupling("saturation", 0.0, _HEAD, (0, 1), (0, 1), "how a resident's contacts grow with the size of the group", "structural choice, unidentified")
coupling("reference_size", 24, "residents", (2, 500), (12, 48), "group at which per head and count agree", "structural choice, unidentified")

run = Section("run")
run("days", 365, "days", (1, 36500), (180, 730), "recorded days", "convention", integer=True)
run("burn_in_days", 240, "days", (0, 3650), (180, 480), "days before recording starts", "assumption: slow states settle within 230 days", integer=True)
# fmt: on

SECTIONS = (residents, staffing, security, programme, facility, coupling, run)

CHOICES: dict[str, tuple[str, ...]] = {
    "staffing.unstaffed": ("locked", "open", "shared_cover"),
    "response.ordering": ("menu", "relational_first", "protocol_first"),
}
"""Named alternatives; the first is the default.  ``unstaffed``: what happens when nobody is on duty.
``ordering``: which answers staff consider first."""

REGIMES = ("prison", "remand")

SEATED = ("work", "education", "training")
"""Activities that need a place, in the order of their codes (1, 2, 4) in ``residents.seats``."""

ORGANISED = (*SEATED, "sport", "library")
"""Organised activities; who stays away from them is locked in while they run."""

ACTIVITIES = (*ORGANISED, "recreation", "air", "visits")
"""Everything that a day-part of a programme can hold; ``training`` is behavioural training."""
GRAPH_GENERATORS = ("none", "complete", "ring", "clusters")
RELATIONAL = ("security.attitude", "security.alliance", "security.presence")
