/* The frozen core in C: the speed that the compiled kernels are measured against.
 *
 * The same text as sim/schedule.py and the kernels it calls when flow, strain, roster, programme,
 * alliance, response, coercion and wellbeing are switched off: encounters, needs, tension and conflict
 * run in full, the others in their neutral form, and the recorder as always.  bench/twin.py writes the
 * header (structs from the column declarations, numbers from the Python constants) and compares every
 * table bit by bit.
 */
#include "core.h"
#include <math.h>

#define INLINE static inline

/* ---- numbers: Python's rules for // and %, min and max ------------------------------------------- */

INLINE int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
INLINE int64_t floor_mod(int64_t a, int64_t b) { int64_t r = a % b; return r < 0 ? r + b : r; }
INLINE double least(double a, double b) { return b < a ? b : a; }
INLINE double most_of(double a, double b) { return b > a ? b : a; }
INLINE int64_t least_whole(int64_t a, int64_t b) { return b < a ? b : a; }
INLINE int64_t most_whole(int64_t a, int64_t b) { return b > a ? b : a; }

/* ---- streams ------------------------------------------------------------------------------------ */

INLINE uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
INLINE uint64_t stream(uint64_t seed, int64_t purpose, int64_t part) {
    return mix(mix(seed ^ (uint64_t)purpose) ^ (uint64_t)(part + ((int64_t)1 << 40)));
}
INLINE uint64_t of_person(uint64_t base, uint64_t person) { return mix(base ^ person); }
INLINE uint64_t with_counterpart(uint64_t own, uint64_t other, int64_t k) {
    return mix(own + other * 0x94D049BB133111EBu + (uint64_t)k);
}
INLINE double uniform(uint64_t key) { return (double)(key >> 11) * 0x1p-53; }
INLINE double draw(uint64_t seed, int64_t purpose, int64_t part, uint64_t person, uint64_t other, int64_t k) {
    return uniform(with_counterpart(of_person(stream(seed, purpose, part), person), other, k));
}

/* ---- rules -------------------------------------------------------------------------------------- */

INLINE double approach(double value, double target, double rate) { return value + rate * (target - value); }
INLINE double rate_of(double days) { return 1.0 - exp(-1.0 / days); }
INLINE double bounded(double value, double low, double high) {
    return value < low ? low : least(value, high);
}
INLINE double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }
INLINE double saturating(double x, double bound) {
    if (bound <= 0.0) return 0.0;
    double z = x / bound;
    return x / sqrt(1.0 + z * z);
}
INLINE double remaining(double impulse) { return 1.0 - bounded(impulse, 0.0, 1.0); }
INLINE double per_head_or_count(double number, double reference, double coupling) {
    return pow(reference / most_of(number, 1.0), 1.0 - coupling);
}

/* ---- relations ---------------------------------------------------------------------------------- */

INLINE int64_t bond_of(const Resident *r, const Unit *unit, int64_t post) {
    return unit->bond_first + (r->place - unit->place_first) * unit->bond_width + post - unit->bond_post;
}
INLINE double days_since(int64_t then, int64_t part) { return most_of(0.0, (double)(part - then) / PARTS); }
INLINE double familiarity_now(const Bond *bond, int64_t part, const Parameters *p) {
    return bond->familiarity * exp(-days_since(bond->part, part) / p->alliance.familiarity_days);
}
INLINE double breach_now(const Bond *bond, int64_t part, const Parameters *p) {
    return bond->breach * exp(-days_since(bond->part, part) / p->alliance.breach_days);
}
INLINE double lasting_alliance(const Bond *bond, int64_t part, const Parameters *p) {
    double kept = exp(-days_since(bond->part, part) / p->alliance.alliance_days);
    return p->alliance.start + (bond->alliance - p->alliance.start) * kept;
}
INLINE double alliance_now(const Bond *bond, int64_t part, const Parameters *p) {
    return most_of(0.0, lasting_alliance(bond, part, p) - breach_now(bond, part, p));
}
INLINE void fade_tie(Tie *tie, int64_t part, const Parameters *p) {
    double days = days_since(tie->part, part);
    if (days > 0.0) {
        tie->tie *= exp(-days / p->encounters.tie_days);
        tie->grudge *= exp(-days / p->encounters.grudge_days);
        tie->part = part;
    }
}
static int64_t officer_near(const Unit *unit, const Duty *duties, double u) {
    int in_room = unit->common > 0.0;
    double left = u * (in_room ? unit->common : unit->hands);
    int64_t found = -1;
    for (int64_t d = unit->duty_first; d < unit->duty_first + unit->duty_count; d++) {
        found = d;
        left -= in_room ? duties[d].common : duties[d].time;
        if (left < 0.0) return found;
    }
    return found;
}
static int64_t tie_index(const World *w, const Resident *a, const Resident *b) {
    const Unit *units = w->units;
    if (a->unit == b->unit) {
        const Unit *unit = &units[a->unit];
        int64_t size = unit->place_end - unit->place_first;
        int64_t low = least_whole(a->place, b->place) - unit->place_first;
        int64_t high = most_whole(a->place, b->place) - unit->place_first;
        return unit->tie_first + low * size + high;
    }
    int64_t first = least_whole(a->unit, b->unit), second = most_whole(a->unit, b->unit);
    int64_t line = (a->unit == first ? a->place : b->place) - units[first].place_first;
    int64_t column = (a->unit == first ? b->place : a->place) - units[second].place_first;
    int64_t width = units[second].place_end - units[second].place_first;
    for (int64_t e = 0; e < w->edges_rows; e++)
        if (w->edges[e].unit_a == first && w->edges[e].unit_b == second)
            return w->edges[e].tie_first + line * width + column;
    return -1;
}

/* ---- ledger and memories ------------------------------------------------------------------------ */

static int64_t append(World *w, int64_t part, int64_t kind, int64_t unit, int64_t place) {
    int64_t row = w->control->event_count++;
    Event *event = &w->ledger[row];
    event->event = row + 1;
    event->day = floor_div(part, PARTS);
    event->part = floor_mod(part, PARTS);
    event->kind = kind;
    event->unit = unit;
    event->place = place;
    event->actor = event->target = event->staff = event->officer = -1;
    return row;
}
static int64_t remember(Memory *memories, int64_t first, int64_t size, int64_t already, int64_t event,
                        int64_t part, int64_t channel, double weight) {
    Memory *entry = &memories[first + already % size];
    entry->event = event;
    entry->part = part;
    entry->channel = channel;
    entry->weight = weight;
    return already + 1;
}
static double remembered(const Memory *memories, int64_t first, int64_t size, int64_t part, int64_t channel,
                         double days) {
    double total = 0.0;
    for (int64_t k = first; k < first + size; k++) {
        const Memory *entry = &memories[k];
        if (entry->event > 0 && entry->channel == channel && entry->part < part)
            total += entry->weight * exp((double)-(part - entry->part) / (PARTS * days));
    }
    return total;
}
static int64_t recall(const Memory *memories, int64_t first, int64_t size, int64_t part, int64_t channel,
                      double days, double weight) {
    int64_t found = 0;
    for (int64_t k = first; k < first + size; k++) {
        const Memory *entry = &memories[k];
        if (entry->event > 0 && entry->channel == channel && entry->part < part) {
            found = entry->event;
            weight -= entry->weight * exp((double)-(part - entry->part) / (PARTS * days));
            if (weight < 0.0) return found;
        }
    }
    return found;
}

/* ---- morning ------------------------------------------------------------------------------------ */

static int has_room(const World *w) {
    return w->control->resident_count + w->places_rows <= w->residents_rows &&
           w->control->staff_count + w->posts_rows <= w->staff_rows &&
           w->control->event_count + ROWS_PER_PLACE_AND_PART * w->places_rows <= w->ledger_rows;
}
static void count_present(World *w) {
    for (int64_t k = 0; k < w->sites_rows; k++) {
        w->sites[k].present = 0;
        for (int64_t u = w->sites[k].unit_first; u < w->sites[k].unit_end; u++)
            w->sites[k].present += w->units[u].present;
    }
}
static void open_day(World *w, int64_t day) {
    w->control->recording = day >= 0;
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        r->day_out = r->day_active = r->day_programme = r->day_company = r->day_support = 0.0;
        r->exposure_days += w->control->recording;
    }
}

/* ---- roster switched off, and where time goes --------------------------------------------------- */

static double shift_share(int64_t part, const Parameters *p) {
    int64_t slot = floor_mod(part, PARTS);
    double share = slot == 0   ? p->roster.share_morning
                   : slot == 1 ? p->roster.share_afternoon
                   : slot == 2 ? p->roster.share_evening
                               : p->roster.share_night;
    if (floor_mod(floor_div(part, PARTS), WEEK) >= FIRST_WEEKEND_DAY)
        share = least(1.0, share * p->roster.weekend_factor);
    return share;
}
static void assign_mean(World *w, int64_t part, const Parameters *p) {
    w->control->duty_count = 0;
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        unit->duty_first = w->control->duty_count;
        for (int64_t post = unit->post_first; post < unit->post_end; post++) {
            if (w->posts[post].staff < 0) continue;
            Duty *duty = &w->duties[w->control->duty_count++];
            duty->unit = u;
            duty->post = post;
            duty->staff = w->posts[post].staff;
            duty->time = w->posts[post].hours * shift_share(part, p);
            w->staff[duty->staff].duty_part = part;
        }
        unit->duty_count = w->control->duty_count - unit->duty_first;
        unit->cover_needed = unit->duty_count == 0;
    }
}
INLINE double routine_load(double residents, double statics, double procedural, double restrictiveness,
                           const Parameters *p) {
    return most_of(0.0, residents * p->roster.procedure_load *
                            (p->roster.procedure_base + p->roster.procedure_static * statics +
                             p->roster.procedure_rules * procedural +
                             p->roster.procedure_practice * (restrictiveness - RESTRICTIVENESS)));
}
INLINE double common_share(const StaffMember *s, const Parameters *p) {
    return logistic(p->roster.common_base + p->roster.common_orientation * (s->orientation - ORIENTATION) +
                    p->roster.common_presence * (p->security.presence - DOSE) -
                    p->roster.common_vigilance * (s->vigilance - VIGILANCE_MIDDLING) -
                    p->roster.common_exhaustion * (s->exhaustion - EXHAUSTION));
}
static void spend_time(World *w, const Parameters *p) {
    double kept = exp(-1.0 / (PARTS * p->roster.backlog_days));
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        unit->hands = unit->common = unit->procedure = 0.0;
        for (int64_t d = unit->duty_first; d < unit->duty_first + unit->duty_count; d++)
            unit->hands += w->duties[d].time;
        double routine = routine_load((double)unit->present, unit->static_, p->security.procedural,
                                      unit->restrictiveness, p);
        double able = p->roster.procedure_cap * unit->hands;
        double done = least(able, routine + unit->backlog);
        unit->backlog = most_of(0.0, unit->backlog - most_of(0.0, done - routine)) * kept;
        double busy = unit->hands > 0.0 ? done / unit->hands : 0.0;
        for (int64_t d = unit->duty_first; d < unit->duty_first + unit->duty_count; d++) {
            Duty *duty = &w->duties[d];
            StaffMember *s = &w->staff[duty->staff];
            duty->key = s->key;
            duty->procedure = busy * duty->time;
            duty->common = (duty->time - duty->procedure) * common_share(s, p);
            unit->common += duty->common;
            unit->procedure += duty->procedure;
            s->day_common += duty->common;
            s->day_procedure += duty->procedure;
        }
    }
}

/* ---- programme switched off --------------------------------------------------------------------- */

static double programmed_hours(int64_t part, const Parameters *p) {
    int weekend = floor_mod(floor_div(part, PARTS), WEEK) >= FIRST_WEEKEND_DAY;
    switch (floor_mod(part, PARTS)) {
    case 0: return weekend ? p->programme.weekend_morning_hours : p->programme.weekday_morning_hours;
    case 1: return weekend ? p->programme.weekend_afternoon_hours : p->programme.weekday_afternoon_hours;
    case 2: return weekend ? p->programme.weekend_evening_hours : p->programme.weekday_evening_hours;
    default: return weekend ? p->programme.weekend_night_hours : p->programme.weekday_night_hours;
    }
}
static double mean_hours(const Parameters *p) {
    double total = 0.0;
    for (int64_t part = 0; part < WEEK * PARTS; part++) total += programmed_hours(part, p);
    return least(PART_HOURS, total / (3.0 * WEEK));
}
static void open_doors(World *w, int64_t part, const Parameters *p) {
    uint64_t taking = stream(w->control->seed, UPTAKE, part);
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        unit->hours_programme = unit->hours_open = mean_hours(p) * (floor_mod(part, PARTS) < 3);
        unit->out = 0;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            Resident *r = &w->residents[w->places[i].resident];
            if (unit->hours_open <= 0.0 || r->confined_until > part) {
                r->hours_out = r->hours_active = r->opportunity = 0.0;
                continue;
            }
            uint64_t key = with_counterpart(of_person(taking, r->key), NOBODY, 0);
            int takes_part = uniform(key) < p->programme.uptake_base;
            double planned = p->programme.activity_share * unit->hours_programme;
            double active = planned * takes_part;
            double out = unit->hours_open - (planned - active) * (1.0 - unit->openness);
            r->hours_out = out;
            r->hours_active = active;
            r->opportunity = out > 0.0 ? pow(out / PART_HOURS, p->encounters.hours_exponent) : 0.0;
            r->day_out += out;
            r->day_active += active;
            r->day_programme +=
                active + most_of(0.0, least(out - active, unit->hours_programme - planned));
            if (out > 0.0) unit->out += 1;
        }
    }
}

/* ---- conflict: propensity ----------------------------------------------------------------------- */

INLINE double state_heat(double tension, double arousal, double anger, double grievance, double deterrence,
                         const Parameters *p) {
    double x = p->conflict.tension * (tension - TENSION) + p->conflict.arousal * arousal +
               p->conflict.anger * anger + p->conflict.grievance * grievance -
               p->conflict.deterrence * deterrence;
    return saturating(x, log(p->conflict.state_most));
}
INLINE double heat_of(const Resident *r, const Parameters *p) {
    return state_heat(r->tension, r->arousal, r->anger, r->grievance, r->deterrence, p);
}
static void be_prone(World *w, const Parameters *p) {
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        unit->near_ = 1.0 - exp(-p->conflict.near_slope * unit->common / most_of(1.0, (double)unit->out));
    }
    double most = log(p->conflict.person_most);
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        r->propensity = exp(bounded(p->conflict.reactivity * r->reactivity, -most, most) + heat_of(r, p));
    }
}

/* ---- encounters --------------------------------------------------------------------------------- */

static double company_factor(double others, const Parameters *p) {
    if (others <= 0.0) return 0.0;
    double reference = p->coupling.reference_size - 1.0;
    double floor_ = p->encounters.small_group;
    double lack = others / (others + floor_) * (reference + floor_) / reference;
    return lack * least(p->encounters.company_most, pow(others / reference, p->coupling.saturation));
}
INLINE double affinity(const Resident *a, const Resident *b, const Parameters *p) {
    double likeness = a->interest_first * b->interest_first + a->interest_second * b->interest_second;
    return bounded(p->encounters.affinity_base + p->encounters.affinity_likeness * likeness, -0.95, 0.95);
}
INLINE double company_weight(double tie, const Parameters *p) { return 1.0 + p->encounters.choice * tie; }
INLINE double enmity(const Tie *tie) { return most_of(0.0, -tie->tie) + tie->grudge; }

static int note_quarrel(World *w, int64_t place, int64_t part, double priority, int64_t actor,
                        int64_t target, int64_t post, int64_t setting, int64_t location) {
    Quarrel *q = &w->quarrels[place];
    if (q->part == part && q->priority <= priority) return 0;
    if (q->part != part) w->quarrel_list[w->control->quarrel_count++].place = place;
    q->part = part;
    q->priority = priority;
    q->actor = actor;
    q->target = target;
    q->post = post;
    q->setting = setting;
    q->location = location;
    q->enmity = q->grudge = 0.0;
    return 1;
}
INLINE double share_active(const Resident *a, const Resident *b) {
    return least(a->hours_active, b->hours_active) / most_of(0.01, least(a->hours_out, b->hours_out));
}
static void meet(World *w, int64_t row_a, int64_t row_b, Tie *tie, int64_t part, int shared, int locked,
                 const Parameters *p) {
    Resident *a = &w->residents[row_a], *b = &w->residents[row_b];
    double before = enmity(tie), grudge = tie->grudge;
    a->day_company += most_of(0.0, 0.5 + 0.5 * tie->tie);
    b->day_company += most_of(0.0, 0.5 + 0.5 * tie->tie);
    double strength = p->encounters.exchange * (0.5 + 0.5 * fabs(tie->tie));
    double moved = strength * (b->tension - a->tension);
    a->exchange_tension += moved;
    b->exchange_tension -= moved;
    moved = strength * (b->arousal - a->arousal);
    a->exchange_arousal += moved;
    b->exchange_arousal -= moved;
    tie->tie = approach(tie->tie, affinity(a, b, p), p->encounters.tie_gain);
    uint64_t seed = w->control->seed;
    double calm = 1.0;
    if (!locked) calm = 1.0 - p->encounters.activity_calm * share_active(a, b);
    double heat = 0.5 * (a->propensity + b->propensity) * (1.0 + p->encounters.enmity_weight * before);
    if (draw(seed, QUARREL, part, a->key, b->key, 0) >= p->encounters.quarrel * calm * heat) return;
    double a_starts = a->propensity / (a->propensity + b->propensity);
    int first = draw(seed, ACTOR, part, a->key, b->key, 0) < a_starts;
    double priority = draw(seed, QUARREL_PRIORITY, part, a->key, b->key, 0);
    int64_t location = CELL;
    if (!locked) {
        double u = draw(seed, WHERE, part, a->key, b->key, 0);
        location = u < share_active(a, b) ? ACTIVITY : shared ? YARD : COMMON_ROOM;
    }
    const Resident *actor = first ? a : b;
    if (note_quarrel(w, actor->place, part, priority, first ? row_a : row_b, first ? row_b : row_a, -1,
                     SETTING_RESIDENTS, location)) {
        w->quarrels[actor->place].enmity = before;
        w->quarrels[actor->place].grudge = grudge;
    }
}
static void prepare(World *w, const Parameters *p) {
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        double share = unit->edges > 0 && unit->hours_programme > 0.0 ? p->facility.shared : 0.0;
        unit->pace = p->encounters.pace * (1.0 - share) * company_factor((double)unit->out - 1.0, p);
        double security = 0.5 * (p->security.static_ + p->security.procedural);
        double checks = p->encounters.checks *
                        (p->encounters.checks_base + (1.0 - p->encounters.checks_base) * security);
        for (int64_t d = unit->duty_first; d < unit->duty_first + unit->duty_count; d++) {
            Duty *duty = &w->duties[d];
            duty->check = 1.0 - exp(-checks * duty->time / most_of(0.01, unit->hands));
            double wanted = p->encounters.chats * duty->common / most_of(1.0, (double)unit->out);
            duty->chat = 1.0 - exp(-wanted / (1.0 + wanted / p->encounters.chat_most));
        }
    }
}
static void meet_on_unit(World *w, int64_t part, int64_t today, const Parameters *p) {
    uint64_t base = stream(w->control->seed, MEET, part);
    double most = 1.0 + p->encounters.choice;
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        if (unit->out < 2) continue;
        int64_t size = unit->place_end - unit->place_first;
        double scale = 0.5 * unit->pace * ((double)unit->present - 1.0) / ((double)unit->out - 1.0);
        double fewest = INFINITY;
        for (int64_t i = unit->place_first; i < unit->place_end; i++)
            if (w->places[i].resident >= 0)
                fewest = least(fewest, w->residents[w->places[i].resident].company_weight);
        int64_t met = 0;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            int64_t row_a = w->places[i].resident;
            if (row_a < 0) continue;
            Resident *a = &w->residents[row_a];
            if (a->opportunity <= 0.0) continue;
            uint64_t own = of_person(base, a->key);
            Tie *line = &w->ties[unit->tie_first + (i - unit->place_first) * size - unit->place_first];
            double bound = scale * a->opportunity * most * (1.0 / a->company_weight + 1.0 / fewest);
            for (int64_t j = i + 1; j < unit->place_end; j++) {
                int64_t row_b = w->places[j].resident;
                if (row_b < 0) continue;
                Resident *b = &w->residents[row_b];
                double u01 = uniform(with_counterpart(own, b->key, 0));
                if (u01 >= bound || b->opportunity <= 0.0) continue;
                Tie *tie = &line[j];
                double chance = scale * least(a->opportunity, b->opportunity) * company_weight(tie->tie, p) *
                                (1.0 / a->company_weight + 1.0 / b->company_weight);
                if (u01 < chance) {
                    meet(w, row_a, row_b, tie, part, 0, 0, p);
                    met += 1;
                }
            }
        }
        w->daily[today + u].meetings += met;
    }
}
static void meet_across_units(World *w, int64_t part, int64_t today, const Parameters *p) {
    uint64_t seed = w->control->seed;
    if (p->facility.shared <= 0.0) return;
    for (int64_t e = 0; e < w->edges_rows; e++) {
        Edge *edge = &w->edges[e];
        Unit *a_unit = &w->units[edge->unit_a], *b_unit = &w->units[edge->unit_b];
        if (a_unit->hours_programme <= 0.0 || b_unit->hours_programme <= 0.0) continue;
        double active = 2.0 / (double)(a_unit->edges + b_unit->edges);
        if (draw(seed, TIMETABLE, part, edge->key, NOBODY, 0) >= active) continue;
        int64_t width = b_unit->place_end - b_unit->place_first;
        int64_t offset = (int64_t)((double)width * draw(seed, PARTNER, part, edge->key, NOBODY, 0));
        double others = 0.5 * (double)(a_unit->out + b_unit->out) - 1.0;
        double pace = p->facility.shared * p->encounters.pace * company_factor(others, p);
        for (int64_t i = a_unit->place_first; i < a_unit->place_end; i++) {
            int64_t line = i - a_unit->place_first, column = (line + offset) % width;
            int64_t row_a = w->places[i].resident;
            int64_t row_b = w->places[b_unit->place_first + column].resident;
            if (row_a < 0 || row_b < 0) continue;
            Resident *a = &w->residents[row_a], *b = &w->residents[row_b];
            double chance = pace * least(a->opportunity, b->opportunity);
            if (draw(seed, MEET, part, a->key, b->key, 0) < chance) {
                Tie *tie = &w->ties[edge->tie_first + line * width + column];
                fade_tie(tie, part, p);
                meet(w, row_a, row_b, tie, part, 1, 0, p);
                w->daily[today + edge->unit_a].meetings += 1;
            }
        }
    }
}
static void meet_in_cells(World *w, int64_t part, int64_t today, const Parameters *p) {
    for (int64_t i = 0; i < w->places_rows; i++) {
        const Place *place = &w->places[i];
        if (place->cellmate <= i || place->resident < 0 || w->places[place->cellmate].resident < 0) continue;
        int64_t row_a = place->resident, row_b = w->places[place->cellmate].resident;
        Resident *a = &w->residents[row_a], *b = &w->residents[row_b];
        if (draw(w->control->seed, MEET, part, a->key, b->key, 0) < p->encounters.cell_contact) {
            const Unit *unit = &w->units[place->unit];
            int64_t size = unit->place_end - unit->place_first;
            int64_t line = unit->tie_first + (i - unit->place_first) * size;
            meet(w, row_a, row_b, &w->ties[line + place->cellmate - unit->place_first], part, 0, 1, p);
            w->daily[today + place->unit].meetings += 1;
        }
    }
}
INLINE double friction_heat(double alliance, double restrictiveness, const StaffMember *s,
                            const Parameters *p) {
    return exp(-p->encounters.friction_alliance * alliance +
               p->encounters.friction_restriction * (restrictiveness - RESTRICTIVENESS) +
               p->encounters.friction_vigilance * (s->vigilance - VIGILANCE_MIDDLING) -
               p->encounters.friction_orientation * (s->orientation - ORIENTATION));
}
static void contact_with_staff(World *w, int64_t row, const Unit *unit, const Duty *duty, int64_t bond,
                               int64_t chat, int64_t part, const Parameters *p) {
    const Resident *r = &w->residents[row];
    Contact *entry = &w->contacts[w->control->contact_count++];
    entry->resident = row;
    entry->staff = duty->staff;
    entry->post = duty->post;
    entry->bond = bond;
    entry->chat = chat;
    double base = p->encounters.friction * r->propensity;
    if (chat == 1) base *= p->encounters.friction_chat;
    double u = draw(w->control->seed, FRICTION, part, r->key, duty->key, chat);
    if (u >= HEAT_MOST * base) return;
    double heat = friction_heat(alliance_now(&w->bonds[bond], part, p), unit->restrictiveness,
                                &w->staff[duty->staff], p);
    if (u < base * least(HEAT_MOST, heat)) {
        double priority = draw(w->control->seed, QUARREL_PRIORITY, part, r->key, duty->key, chat);
        int64_t location = r->hours_out > 0.0 ? COMMON_ROOM : CELL;
        if (chat == 0 &&
            draw(w->control->seed, WHERE, part, r->key, duty->key, 0) < p->encounters.office_share)
            location = OFFICE;
        note_quarrel(w, r->place, part, priority, row, duty->staff, duty->post,
                     chat == 1 ? SETTING_CHAT : SETTING_CHECK, location);
    }
}
static void meet_staff(World *w, int64_t part, int64_t today, const Parameters *p) {
    uint64_t checking = stream(w->control->seed, PROCEDURE, part);
    uint64_t chatting = stream(w->control->seed, CHAT, part);
    w->control->contact_count = 0;
    double locked = p->encounters.checks_locked;
    for (int64_t u = 0; u < w->units_rows; u++) {
        const Unit *unit = &w->units[u];
        if (unit->duty_count == 0 || floor_mod(part, PARTS) == 3) continue;
        double minutes = 0.0;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            int64_t row = w->places[i].resident;
            if (row < 0) continue;
            const Resident *r = &w->residents[row];
            double out = r->hours_out / PART_HOURS;
            double reach = locked + (1.0 - locked) * out;
            uint64_t check_key = of_person(checking, r->key), chat_key = of_person(chatting, r->key);
            int64_t line = unit->bond_first + (i - unit->place_first) * unit->bond_width - unit->bond_post;
            for (int64_t d = unit->duty_first; d < unit->duty_first + unit->duty_count; d++) {
                const Duty *duty = &w->duties[d];
                int64_t bond = line + duty->post;
                if (uniform(with_counterpart(check_key, duty->key, 0)) < reach * duty->check) {
                    contact_with_staff(w, row, unit, duty, bond, 0, part, p);
                    minutes += p->encounters.check_minutes;
                }
                if (out <= 0.0) continue;
                double v = uniform(with_counterpart(chat_key, duty->key, 0));
                double most =
                    duty->chat * r->opportunity * (1.0 + (1.0 - FAMILIARITY) * p->encounters.seek_known);
                if (v < most &&
                    v < duty->chat * r->opportunity *
                            (1.0 + p->encounters.seek_known * (w->bonds[bond].familiarity - FAMILIARITY))) {
                    contact_with_staff(w, row, unit, duty, bond, 1, part, p);
                    minutes += p->encounters.chat_minutes;
                }
            }
        }
        w->daily[today + u].contact_minutes += minutes;
    }
}

/* ---- conflict: incidents ------------------------------------------------------------------------ */

INLINE double settle_chance(const StaffMember *s, double familiarity, double alliance, const Parameters *p) {
    double knows = p->conflict.defuse_stranger + (1.0 - p->conflict.defuse_stranger) * familiarity;
    return bounded(p->conflict.defuse * knows * (1.0 + p->conflict.defuse_skill * (s->skill - SKILL)) *
                       (1.0 - p->conflict.defuse_exhaustion * s->exhaustion) *
                       (1.0 - p->conflict.defuse_vigilance * s->vigilance) *
                       (1.0 + p->conflict.defuse_alliance * alliance),
                   0.0, 0.95);
}
static double without(int64_t channel, const Resident *r, const Parameters *p) {
    double tension = r->tension, arousal = r->arousal, anger = r->anger, grievance = r->grievance;
    if (channel == RETALIATION) { /* what is left is anger from injustice */
        double lasting = r->anger_from_injustice + r->anger_from_decisions;
        anger = lasting < anger ? lasting : anger;
    }
    else if (channel == CONTAGION) arousal = 0.0;
    else if (channel == BACKLASH) {
        grievance = 0.0;
        tension -= r->tension_from_coercion;
    } else if (channel == VIGILANCE) tension -= r->tension_from_restriction;
    return state_heat(tension, arousal, anger, grievance, r->deterrence, p);
}
static double setting_factor(const World *w, int64_t channel, const Quarrel *q, const Resident *r,
                             const Unit *unit, int64_t part, const Parameters *p) {
    if (q->setting == SETTING_RESIDENTS) {
        if (channel != RETALIATION) return 0.0;
        double full = 1.0 + p->encounters.enmity_weight * q->enmity;
        return log(full / (1.0 + p->encounters.enmity_weight * (q->enmity - q->grudge)));
    }
    if (q->post < 0) return 0.0;
    if (channel == BACKLASH) {
        const Bond *bond = &w->bonds[bond_of(r, unit, q->post)];
        return p->encounters.friction_alliance *
               least(breach_now(bond, part, p), lasting_alliance(bond, part, p));
    }
    if (channel == VIGILANCE)
        return p->encounters.friction_restriction * unit->restrictiveness_event +
               p->encounters.friction_vigilance * w->staff[q->target].vigilance_event;
    return 0.0;
}
static double excess(const World *w, int64_t channel, const Quarrel *q, const Resident *r, const Unit *unit,
                     int64_t part, const Parameters *p) {
    double gone = heat_of(r, p) - without(channel, r, p) + setting_factor(w, channel, q, r, unit, part, p);
    return gone > 0.0 ? 1.0 - exp(-gone) : 0.0;
}
static double channel_days(int64_t channel, const Parameters *p) {
    if (channel == RETALIATION) return p->tension.anger_days;
    if (channel == CONTAGION) return p->tension.arousal_days;
    if (channel == BACKLASH) return p->coercion.grievance_days;
    return p->coercion.vigilance_days;
}
static int64_t past_event(const World *w, int64_t channel, const Resident *r, int64_t part, double u,
                          const Parameters *p) {
    double days = channel_days(channel, p);
    int64_t place_blocks = w->places_rows * PLACE_MEMORY, unit_blocks = w->units_rows * UNIT_MEMORY;
    int64_t firsts[3] = {r->place * PLACE_MEMORY, place_blocks + r->unit * UNIT_MEMORY,
                         place_blocks + unit_blocks + w->units[r->unit].site * SITE_MEMORY};
    int64_t sizes[3] = {PLACE_MEMORY, UNIT_MEMORY, SITE_MEMORY};
    for (int k = 0; k < 3; k++) {
        double total = remembered(w->memories, firsts[k], sizes[k], part, channel, days);
        if (total > 0.0) return recall(w->memories, firsts[k], sizes[k], part, channel, days, u * total);
    }
    return 0;
}
static void attribute(World *w, int64_t row, const Quarrel *q, const Resident *r, int64_t part,
                      const Parameters *p) {
    const Unit *unit = &w->units[r->unit];
    Event *event = &w->ledger[row];
    uint64_t seed = w->control->seed;
    event->channel = BACKGROUND;
    event->cause = 0;
    double total = 0.0;
    for (int64_t channel = RETALIATION; channel <= VIGILANCE; channel++)
        total += excess(w, channel, q, r, unit, part, p);
    if (total <= 0.0) return;
    double left = draw(seed, CAUSE, part, r->key, NOBODY, q->setting) * most_of(1.0, total);
    for (int64_t channel = RETALIATION; channel <= VIGILANCE; channel++) {
        left -= excess(w, channel, q, r, unit, part, p);
        if (left < 0.0) {
            double u = draw(seed, CAUSE_EVENT, part, r->key, NOBODY, q->setting);
            event->cause = past_event(w, channel, r, part, u, p);
            event->channel = event->cause > 0 ? channel : BACKGROUND;
            return;
        }
    }
}
static int64_t kind_between_residents(double heat, double u, const Parameters *p) {
    double physical = logistic(p->conflict.violent + p->conflict.violent_state * heat);
    if (u < physical) return u < physical * p->conflict.serious ? SERIOUS : PHYSICAL;
    return (u - physical) / (1.0 - physical) < p->conflict.threat ? THREAT : VERBAL;
}
static int64_t kind_with_staff(double heat, int check, double u, const Parameters *p) {
    double physical = logistic(p->conflict.violent_staff + p->conflict.violent_state * heat);
    if (u < physical) return u < physical * p->conflict.serious ? SERIOUS : PHYSICAL;
    double rest = (u - physical) / (1.0 - physical);
    if (rest < p->conflict.threat_staff) return THREAT;
    rest = (rest - p->conflict.threat_staff) / most_of(1e-9, 1.0 - p->conflict.threat_staff);
    return check && rest < p->conflict.refusal_check ? REFUSAL : VERBAL;
}
static int64_t severity_of(int64_t kind) {
    return kind == SERIOUS || kind == ESCAPE ? 4 : kind == PHYSICAL ? 3 : kind == THREAT ? 2 : 1;
}
static void resolve(World *w, int64_t part, const Parameters *p) {
    uint64_t seed = w->control->seed;
    for (int64_t n = 0; n < w->control->quarrel_count; n++) {
        const Quarrel *q = &w->quarrels[w->quarrel_list[n].place];
        Resident *r = &w->residents[q->actor];
        const Unit *unit = &w->units[r->unit];
        int between = q->setting == SETTING_RESIDENTS;
        double who = draw(seed, OFFICER, part, r->key, NOBODY, between);
        int64_t duty = officer_near(unit, w->duties, who);
        int64_t officer = duty >= 0 ? w->duties[duty].staff : -1;
        int64_t post = duty >= 0 ? w->duties[duty].post : -1;
        double near_ = 1.0;
        if (between) {
            near_ = q->location != CELL ? unit->near_ : 0.0;
            if (q->location == ACTIVITY) near_ = near_ + (1.0 - near_) * p->conflict.activity_watch;
        } else {
            officer = q->target;
            post = q->post;
        }
        int settled = 0;
        if (officer >= 0) {
            const Bond *bond = &w->bonds[bond_of(r, unit, post)];
            double familiar = familiarity_now(bond, part, p), allied = alliance_now(bond, part, p);
            double chance = near_ * settle_chance(&w->staff[officer], familiar, allied, p);
            settled = draw(seed, DEFUSE, part, r->key, NOBODY, between) < chance;
        }
        double u = draw(seed, KIND, part, r->key, NOBODY, between);
        int64_t kind = settled   ? DEFUSED
                       : between ? kind_between_residents(heat_of(r, p), u, p)
                                 : kind_with_staff(heat_of(r, p), q->setting == SETTING_CHECK, u, p);
        int64_t row = append(w, part, kind, r->unit, q->location);
        Event *event = &w->ledger[row];
        event->actor = q->actor;
        event->officer = officer;
        event->against_staff = 1 - between;
        if (between) event->target = q->target;
        else event->staff = q->target;
        attribute(w, row, q, r, part, p);
        if (settled) {
            event->seen = 1;
            event->answer = TALK;
            w->staff[officer].day_solved += 1;
        } else {
            event->severity = severity_of(kind);
            r->incidents += w->control->recording;
        }
    }
}
INLINE double opportunity_alone(double hours_out, int64_t part, const Parameters *p) {
    double opportunity = p->conflict.alone_locked + (1.0 - p->conflict.alone_locked) * hours_out / PART_HOURS;
    return floor_mod(part, PARTS) == NIGHT ? opportunity * p->conflict.asleep : opportunity;
}
static int64_t kind_alone(double u, double damage, double smuggling, double refusal) {
    if (u < damage) return DAMAGE;
    if (u < damage + smuggling) return CONTRABAND;
    return u < damage + smuggling + refusal ? REFUSAL : ESCAPE;
}
static void act_alone(World *w, int64_t part, const Parameters *p) {
    uint64_t seed = w->control->seed;
    uint64_t base = stream(seed, SOLITARY, part);
    double share = 1.0 / (DAYS_PER_YEAR * PARTS);
    double damage = p->conflict.damage_rate * share;
    double smuggling =
        p->conflict.contraband_rate * share * exp(-p->conflict.rules_stop * p->security.procedural);
    double refusal = p->conflict.refusal_rate * share;
    double escape = p->conflict.escape_rate * share;
    for (int64_t k = 0; k < w->units_rows; k++) {
        const Unit *unit = &w->units[k];
        double total = damage + smuggling + refusal + escape * exp(-p->conflict.static_stops * unit->static_);
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            int64_t row_r = w->places[i].resident;
            if (row_r < 0) continue;
            Resident *r = &w->residents[row_r];
            double u = uniform(with_counterpart(of_person(base, r->key), NOBODY, 0));
            double heat = r->propensity * opportunity_alone(r->hours_out, part, p);
            if (u >= total * heat) continue;
            int64_t kind = kind_alone(u / heat, damage, smuggling, refusal);
            int64_t row = append(w, part, kind, k, r->hours_out > 0.0 ? COMMON_ROOM : CELL);
            Event *event = &w->ledger[row];
            event->actor = row_r;
            event->severity = severity_of(kind);
            double who = draw(seed, OFFICER, part, r->key, NOBODY, 2);
            int64_t duty = officer_near(unit, w->duties, who);
            event->officer = duty >= 0 ? w->duties[duty].staff : -1;
            r->incidents += w->control->recording;
            Quarrel *alone = &w->quarrels[w->quarrels_rows - 1];
            alone->setting = SETTING_ALONE;
            alone->post = -1;
            alone->enmity = alone->grudge = 0.0;
            attribute(w, row, alone, r, part, p);
        }
    }
}

/* ---- alliance switched off ---------------------------------------------------------------------- */

static void support_neutral(World *w) {
    for (int64_t c = 0; c < w->control->contact_count; c++)
        if (w->contacts[c].chat == 1) w->residents[w->contacts[c].resident].day_support += 0.5;
}

/* ---- tension ------------------------------------------------------------------------------------ */

static double weight_of(int64_t severity, const Parameters *p) {
    if (severity >= 4) return p->tension.weight_serious;
    if (severity == 3) return 1.0;
    return severity == 2 ? p->tension.weight_threat : p->tension.weight_minor;
}
static void hurt(World *w, int64_t row, int64_t part, const Parameters *p) {
    const Event *event = &w->ledger[row];
    Resident *victim = &w->residents[event->target];
    const Resident *actor = &w->residents[event->actor];
    double weight = weight_of(event->severity, p);
    double anger = bounded(p->tension.victim_anger * weight, 0.0, 1.0);
    victim->touched = 1;
    victim->keep_anger *= remaining(anger);
    victim->keep_fear *= remaining(p->tension.victim_fear * weight);
    double grudge = bounded(p->tension.victim_grudge * weight, 0.0, 1.0);
    if (anger + grudge > 0.0) {
        for (int who = 0; who < 2; who++) {
            int64_t place = who == 0 ? victim->place : actor->place;
            w->places[place].memory =
                remember(w->memories, place * PLACE_MEMORY, PLACE_MEMORY, w->places[place].memory, event->event,
                         part, RETALIATION, who == 0 ? most_of(anger, grudge) : grudge);
        }
    }
    int64_t index = tie_index(w, actor, victim);
    if (index >= 0) {
        Tie *tie = &w->ties[index];
        fade_tie(tie, part, p);
        tie->grudge = approach(tie->grudge, 1.0, grudge);
        tie->tie = approach(tie->tie, -1.0, bounded(p->tension.tie_loss * weight, 0.0, 1.0));
    }
}
static void stir(World *w, int64_t row, int64_t part, const Parameters *p) {
    const Event *event = &w->ledger[row];
    const Resident *actor = &w->residents[event->actor];
    Unit *unit = &w->units[event->unit];
    double weight = weight_of(event->severity, p);
    double arousal = bounded(p->tension.witness_arousal * weight, 0.0, 1.0);
    double seen_by = p->tension.witness_chance;
    seen_by *= per_head_or_count((double)unit->out, p->coupling.reference_size, p->coupling.witnesses);
    if (arousal > 0.0) {
        int64_t block = w->places_rows * PLACE_MEMORY + event->unit * UNIT_MEMORY;
        unit->memory = remember(w->memories, block, UNIT_MEMORY, unit->memory, event->event, part, CONTAGION,
                                arousal);
    }
    uint64_t base = of_person(stream(w->control->seed, WITNESS, part), actor->key);
    for (int64_t i = unit->place_first; i < unit->place_end; i++) {
        int64_t row_w = w->places[i].resident;
        if (row_w < 0 || row_w == event->actor || row_w == event->target) continue;
        Resident *witness = &w->residents[row_w];
        if (witness->hours_out <= 0.0) continue;
        if (uniform(with_counterpart(base, witness->key, 0)) >= seen_by) continue;
        witness->touched = 1;
        witness->keep_arousal *= remaining(arousal);
        witness->keep_fear *= remaining(p->tension.witness_fear * weight);
        if (arousal > 0.0)
            w->places[i].memory = remember(w->memories, i * PLACE_MEMORY, PLACE_MEMORY, w->places[i].memory,
                                           event->event, part, CONTAGION, arousal);
    }
}
static void spread(World *w, int64_t first, int64_t part, const Parameters *p) {
    for (int64_t row = first; row < w->control->event_count; row++) {
        const Event *event = &w->ledger[row];
        if (event->kind > LAST_INCIDENT || event->severity == 0) continue;
        if (event->target >= 0) hurt(w, row, part, p);
        if (event->place != 0 && event->kind <= 5) stir(w, row, part, p);
    }
}
INLINE double kept_within(double value, double shift) {
    return value + bounded(shift, -0.5 * value, 0.5 * (1.0 - value));
}
static void settle(World *w, const Parameters *p) {
    double tension_rate = 1.0 - exp(-1.0 / (PARTS * p->tension.tension_days));
    double arousal_kept = exp(-1.0 / (PARTS * p->tension.arousal_days));
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        r->tension = kept_within(approach(r->tension, r->tension_target, tension_rate), r->exchange_tension);
        r->arousal = kept_within(r->arousal * arousal_kept, r->exchange_arousal);
        r->exchange_tension = 0.0;
        r->exchange_arousal = 0.0;
        if (r->touched == 0) continue;
        r->arousal = 1.0 - (1.0 - r->arousal) * r->keep_arousal;
        r->anger = 1.0 - (1.0 - r->anger) * r->keep_anger;
        r->fear = 1.0 - (1.0 - r->fear) * r->keep_fear;
        r->grievance = 1.0 - (1.0 - r->grievance) * r->keep_grievance;
        r->deterrence = 1.0 - (1.0 - r->deterrence) * r->keep_deterrence;
        double lost = r->autonomy * (1.0 - r->keep_autonomy);
        r->autonomy -= lost;
        r->thwarted_by_coercion = least(1.0, r->thwarted_by_coercion + lost);
        r->keep_anger = r->keep_arousal = r->keep_fear = 1.0;
        r->keep_grievance = r->keep_deterrence = r->keep_autonomy = 1.0;
        r->touched = 0;
    }
}
INLINE double frustration(const Resident *r, const Parameters *p) {
    return p->tension.autonomy * (1.0 - r->autonomy) + p->tension.competence * (1.0 - r->competence) +
           p->tension.relatedness * (1.0 - r->relatedness);
}
static void tension_day(World *w, const Parameters *p) {
    double tension_rate = rate_of(p->tension.tension_days);
    double anger_kept = exp(-1.0 / p->tension.anger_days);
    double grievance_kept = exp(-1.0 / p->coercion.grievance_days);
    double deterrence_kept = exp(-1.0 / p->coercion.deterrence_days);
    double fear_rate = rate_of(p->tension.fear_days);
    for (int64_t i = 0; i < w->places_rows; i++) {
        const Place *place = &w->places[i];
        if (place->resident < 0) continue;
        Resident *r = &w->residents[place->resident];
        int crowded = place->cellmate >= 0 && w->places[place->cellmate].resident >= 0;
        r->tension_target =
            bounded(p->tension.floor + r->sensitivity * frustration(r, p) + p->tension.boredom * r->boredom +
                        p->tension.crowding * crowded + p->tension.distress_nearby * w->units[r->unit].distress +
                        p->tension.unsettled * (1.0 - r->adjustment) + p->tension.remand * (double)r->remand,
                    0.01, 0.99);
        r->anger *= anger_kept;
        r->grievance *= grievance_kept;
        r->deterrence *= deterrence_kept;
        double level = bounded(p->tension.fear_resting - p->tension.fear_familiar * r->best_familiarity -
                                   p->tension.fear_barriers * (w->units[r->unit].static_ - SECURITY),
                               0.01, 0.95);
        r->fear = approach(r->fear, level, fear_rate);
        double help = r->support / (r->support + p->needs.support_half) +
                      r->company / (r->company + p->needs.company_half);
        double days = p->tension.adjustment_days / (1.0 + p->tension.adjustment_help * help);
        r->adjustment = approach(r->adjustment, 1.0, rate_of(days));
        double felt = r->sensitivity * p->tension.autonomy;
        r->tension_from_restriction =
            approach(r->tension_from_restriction, bounded(felt * r->thwarted_by_restriction, 0.0, 1.0),
                     tension_rate);
        r->tension_from_coercion = approach(
            r->tension_from_coercion, bounded(felt * r->thwarted_by_coercion, 0.0, 1.0), tension_rate);
    }
}

/* ---- night -------------------------------------------------------------------------------------- */

static void encounters_day(World *w, int64_t part, const Parameters *p) {
    double tie_kept = exp(-1.0 / p->encounters.tie_days);
    double grudge_kept = exp(-1.0 / p->encounters.grudge_days);
    double recent = rate_of(p->encounters.recent_days);
    for (int64_t u = 0; u < w->units_rows; u++) {
        const Unit *unit = &w->units[u];
        int64_t size = unit->place_end - unit->place_first;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            Resident *r = &w->residents[w->places[i].resident];
            r->company = approach(r->company, r->day_company, recent);
            r->company_weight = unit->present > 1 ? 0.0 : 1.0;
        }
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            Resident *a = &w->residents[w->places[i].resident];
            Tie *line = &w->ties[unit->tie_first + (i - unit->place_first) * size - unit->place_first];
            for (int64_t j = i + 1; j < unit->place_end; j++) {
                if (w->places[j].resident < 0) continue;
                Tie *tie = &line[j];
                if (part - tie->part == PARTS) {
                    tie->tie *= tie_kept;
                    tie->grudge *= grudge_kept;
                    tie->part = part;
                } else {
                    fade_tie(tie, part, p);
                }
                double weight = company_weight(tie->tie, p);
                a->company_weight += weight;
                w->residents[w->places[j].resident].company_weight += weight;
            }
        }
    }
}
static void alliance_day(World *w, int64_t part, const Parameters *p) {
    double recent = rate_of(p->encounters.recent_days);
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        r->support = approach(r->support, r->day_support, recent);
        if (r->best_post < 0) continue;
        const Unit *unit = &w->units[r->unit];
        if (w->posts[r->best_post].staff != r->best_holder) {
            r->best_familiarity = 0.0;
            r->best_part = part;
            for (int64_t post = unit->bond_post; post < unit->bond_post + unit->bond_width; post++) {
                if (w->posts[post].staff < 0) continue;
                double now = familiarity_now(&w->bonds[bond_of(r, unit, post)], part, p);
                if (now > r->best_familiarity) {
                    r->best_familiarity = now;
                    r->best_post = post;
                    r->best_holder = w->posts[post].staff;
                }
            }
        } else {
            r->best_familiarity *=
                exp((double)-(part - r->best_part) / (PARTS * p->alliance.familiarity_days));
            r->best_part = part;
        }
    }
}
static void programme_day(World *w, int64_t today, const Parameters *p) {
    double bored = rate_of(p->programme.boredom_days);
    double recent = rate_of(p->encounters.recent_days);
    double promised = 3.0 * mean_hours(p);
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        UnitDay *day = &w->daily[today + w->places[i].unit];
        day->hours_delivered += r->day_programme;
        day->hours_promised += promised;
        double occupied =
            r->day_active + p->programme.recreation_worth * most_of(0.0, r->day_out - r->day_active);
        double idle = 1.0 - least(1.0, occupied / p->programme.active_hours_needed);
        r->boredom = approach(r->boredom, idle, bored);
        r->activity = approach(r->activity, r->day_active, recent);
    }
}
static void needs_day(World *w, const Parameters *p) {
    double rate = rate_of(p->needs.needs_days);
    for (int64_t u = 0; u < w->units_rows; u++) {
        const Unit *unit = &w->units[u];
        double outside =
            p->programme.visits * (1.0 - p->needs.outside_restriction * unit->restrictiveness);
        double lost = p->needs.autonomy_restriction * unit->restrictiveness_event;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            Resident *r = &w->residents[w->places[i].resident];
            double autonomy = bounded(
                p->needs.autonomy_base + p->needs.autonomy_hours * least(1.0, r->day_out / 14.0) +
                    p->needs.autonomy_restriction * (1.0 - unit->restrictiveness) +
                    p->needs.autonomy_fairness * (r->felt_fairness - NEED) +
                    p->needs.autonomy_alliance * (p->security.alliance - DOSE) + r->offset_autonomy,
                0.02, 0.98);
            r->autonomy = approach(r->autonomy, autonomy, rate);
            double competence =
                bounded(p->needs.competence_base +
                            p->needs.competence_activity * r->activity / (r->activity + p->needs.competence_half) +
                            p->needs.competence_alliance * (p->security.alliance - DOSE) + r->offset_competence,
                        0.02, 0.98);
            r->competence = approach(r->competence, competence, rate);
            double relatedness = bounded(
                p->needs.relatedness_base +
                    p->needs.relatedness_company * r->company / (r->company + p->needs.company_half) +
                    p->needs.relatedness_support * r->support / (r->support + p->needs.support_half) +
                    p->needs.relatedness_outside * outside + r->offset_relatedness,
                0.02, 0.98);
            r->relatedness = approach(r->relatedness, relatedness, rate);
            r->thwarted_by_restriction = approach(r->thwarted_by_restriction, bounded(lost, 0.0, 1.0), rate);
            r->thwarted_by_coercion = approach(r->thwarted_by_coercion, 0.0, rate);
        }
    }
}
static void wellbeing_neutral(World *w, const Parameters *p) {
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        double total = 0.0;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            Resident *r = &w->residents[w->places[i].resident];
            r->wellbeing = p->wellbeing.baseline;
            r->distress = p->wellbeing.distress_baseline * r->vulnerability;
            total += r->distress;
        }
        unit->distress = unit->present > 0 ? total / (double)unit->present : 0.0;
    }
}
static void response_day(World *w, const Parameters *p) {
    for (int64_t k = 0; k < w->sites_rows; k++) {
        Site *site = &w->sites[k];
        site->reports = site->reports * exp(-1.0 / p->encounters.recent_days) + (double)site->day_reports;
        site->readiness *= exp(-1.0 / p->response.readiness_days);
        site->readiness = 1.0 - (1.0 - site->readiness) * site->keep_readiness;
        site->day_reports = 0;
        site->keep_readiness = 1.0;
    }
}
static void staff_neutral(World *w, const Parameters *p) {
    for (int64_t i = 0; i < w->posts_rows; i++) {
        if (w->posts[i].staff < 0) continue;
        StaffMember *s = &w->staff[w->posts[i].staff];
        s->exhaustion = p->strain.exhaustion_resting;
        s->autonomy = s->competence = s->relatedness = p->strain.needs_start;
        s->absent_until = NEVER;
    }
}
static double resting_vigilance(const Parameters *p) {
    double reliance = 0.5 * (p->security.static_ + p->security.procedural) - SECURITY;
    return bounded(p->coercion.vigilance_resting + p->coercion.vigilance_reliance * reliance, 0.01, 0.9);
}
static double resting_restriction(double orientation, double culture, const Parameters *p) {
    return bounded(p->coercion.restriction_base + p->coercion.restriction_static * p->security.static_ +
                       p->coercion.restriction_rules * p->security.procedural -
                       p->coercion.restriction_orientation * (orientation - ORIENTATION) + culture +
                       p->coercion.restriction_vigilance *
                           (resting_vigilance(p) - p->coercion.vigilance_resting),
                   0.02, 0.9);
}
static void coercion_neutral(World *w, const Parameters *p) {
    double resting = resting_vigilance(p);
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        for (int64_t i = unit->post_first; i < unit->post_end; i++) {
            if (w->posts[i].staff < 0) continue;
            StaffMember *s = &w->staff[w->posts[i].staff];
            s->vigilance_event = 0.0;
            s->vigilance = 1.0 - (1.0 - resting) * (1.0 - s->vigilance_event);
        }
        unit->vigilance_event = 0.0;
    }
    for (int64_t first = 0; p->staffing.rotation_cluster > 1.0 && first < w->units_rows;
         first = w->units[first].pool_end) {
        int64_t end = w->units[first].pool_end;
        double mean = 0.0;
        for (int64_t u = first; u < end; u++) mean += w->units[u].vigilance_event;
        mean /= (double)(end - first);
        for (int64_t u = first; u < end; u++)
            w->units[u].vigilance_event =
                approach(w->units[u].vigilance_event, mean, p->staffing.rotation_share);
    }
    for (int64_t u = 0; u < w->units_rows; u++)
        w->units[u].vigilance = 1.0 - (1.0 - resting) * (1.0 - w->units[u].vigilance_event);
    double rise = rate_of(p->coercion.restriction_rise_days);
    double fall = rate_of(p->coercion.restriction_fall_days);
    for (int64_t u = 0; u < w->units_rows; u++) {
        Unit *unit = &w->units[u];
        double total = 0.0;
        int64_t number = 0;
        for (int64_t i = unit->post_first; i < unit->post_end; i++) {
            if (w->posts[i].staff < 0) continue;
            total += w->staff[w->posts[i].staff].orientation;
            number += 1;
        }
        double orientation = number > 0 ? total / (double)number : ORIENTATION;
        double base = resting_restriction(orientation, unit->culture, p);
        double speed = base + 0.0 > unit->restrictiveness ? rise : fall;
        unit->restrictiveness = approach(unit->restrictiveness, base + 0.0, speed);
        unit->restrictiveness_event = approach(unit->restrictiveness_event, 0.0, speed);
    }
    for (int64_t u = 0; u < w->units_rows; u++)
        w->units[u].static_ = least(1.0, p->security.static_ + w->sites[w->units[u].site].ratchet);
    for (int64_t k = 0; k < w->sites_rows; k++) {
        w->sites[k].ratchet *= exp(-1.0 / p->coercion.ratchet_days);
        w->sites[k].keep_news = 1.0;
    }
}

/* ---- recorder ----------------------------------------------------------------------------------- */

static void record_part(World *w, int64_t today, int64_t part) {
    for (int64_t u = 0; u < w->units_rows; u++) {
        const Unit *unit = &w->units[u];
        UnitDay *day = &w->daily[today + u];
        day->duty_time += unit->hands;
        day->common_time += unit->common;
        day->procedure_time += unit->procedure;
        if (floor_mod(part, PARTS) < 3 && unit->present > 0) {
            day->parts_out += 1;
            day->parts_unstaffed += unit->cover_needed;
        }
    }
}
static void justice_neutral(World *w) {
    for (int64_t i = 0; i < w->places_rows; i++) {
        if (w->places[i].resident < 0) continue;
        Resident *r = &w->residents[w->places[i].resident];
        r->justice = r->felt_fairness;
    }
    w->control->weighed = w->control->event_count;
}
static void record_justice(UnitDay *day, const Resident *r, int64_t day_number) {
    int64_t weeks = floor_div(day_number - r->arrival, 7);
    day->justice += r->justice;
    if (weeks < 1) {
        day->justice_week_1 += r->justice;
        day->residents_week_1 += 1;
    } else if (weeks < 4) {
        day->justice_weeks_2_to_4 += r->justice;
        day->residents_weeks_2_to_4 += 1;
    } else if (weeks < 12) {
        day->justice_weeks_5_to_12 += r->justice;
        day->residents_weeks_5_to_12 += 1;
    } else {
        day->justice_weeks_13_on += r->justice;
        day->residents_weeks_13_on += 1;
    }
}
static void record_residents(World *w, int64_t today, int64_t day_number) {
    for (int64_t u = 0; u < w->units_rows; u++) {
        const Unit *unit = &w->units[u];
        UnitDay *day = &w->daily[today + u];
        day->residents = unit->present;
        day->restrictiveness = unit->restrictiveness;
        day->backlog = unit->backlog;
        for (int64_t i = unit->place_first; i < unit->place_end; i++) {
            if (w->places[i].resident < 0) continue;
            const Resident *r = &w->residents[w->places[i].resident];
            day->autonomy += r->autonomy;
            day->competence += r->competence;
            day->relatedness += r->relatedness;
            day->adjustment += r->adjustment;
            day->tension += r->tension + r->arousal;
            day->fear += r->fear;
            day->anger += r->anger;
            day->grievance += r->grievance;
            day->boredom += r->boredom;
            day->felt_fairness += r->felt_fairness;
            record_justice(day, r, day_number);
            day->wellbeing += r->wellbeing;
            day->distress += r->distress;
            day->company += r->company;
            day->support += r->support;
            day->hours_out += r->day_out;
            day->hours_active += r->day_active;
            day->best_familiarity += r->best_familiarity;
            day->motivation_autonomous += r->motivation_autonomous;
            day->motivation_controlled += r->motivation_controlled;
            day->hope += r->hope;
            day->remand += r->remand;
            day->lvb += r->lvb;
        }
    }
}
static void record_staff(World *w, int64_t today, int64_t day_number) {
    for (int64_t i = 0; i < w->posts_rows; i++) {
        UnitDay *day = &w->daily[today + w->posts[i].unit];
        day->posts += 1;
        if (w->posts[i].staff < 0) continue;
        const StaffMember *s = &w->staff[w->posts[i].staff];
        day->staff += 1;
        if (s->absent_until > day_number) day->staff_absent += 1;
        day->staff_exhaustion += s->exhaustion;
        day->staff_vigilance += s->vigilance;
        day->staff_autonomy += s->autonomy;
        day->staff_competence += s->competence;
        day->staff_relatedness += s->relatedness;
    }
}
static void record_sample(World *w, int64_t row) {
    for (int64_t k = 0; k < w->control->sample; k++) {
        SampleDay *entry = &w->sample[row * w->control->sample + k];
        entry->resident = w->places[k].resident;
        if (w->places[k].resident < 0) continue;
        const Resident *r = &w->residents[w->places[k].resident];
        entry->autonomy = r->autonomy;
        entry->competence = r->competence;
        entry->relatedness = r->relatedness;
        entry->tension = r->tension + r->arousal;
        entry->wellbeing = r->wellbeing;
        entry->fear = r->fear;
    }
}
static void close_staff_day(World *w) {
    for (int64_t i = 0; i < w->posts_rows; i++) {
        if (w->posts[i].staff < 0) continue;
        StaffMember *s = &w->staff[w->posts[i].staff];
        s->keep_exhaustion = s->keep_vigilance = 1.0;
        s->day_common = s->day_procedure = 0.0;
        s->day_solved = s->day_coercive = 0;
    }
}

/* ---- the schedule ------------------------------------------------------------------------------- */

int64_t run_core(int64_t start, int64_t stop, World *w) {
    const Parameters *p = w->parameters;
    const Switch *on = w->switches;
    if (on->flow || on->strain || on->roster || on->programme || on->alliance || on->response ||
        on->coercion || on->justice || on->wellbeing || !on->encounters || !on->conflict || !on->tension || !on->needs)
        return INT64_MIN; /* not the frozen core */
    for (int64_t part = start; part < stop; part++) {
        if (!has_room(w)) return part;
        int64_t day = floor_div(part, PARTS);
        int64_t elapsed = floor_div(part - w->control->daily_part, PARTS);
        int64_t today = elapsed * w->units_rows;
        int64_t first = w->control->event_count;
        int night = floor_mod(part, PARTS) == NIGHT;
        w->control->quarrel_count = 0;
        w->control->contact_count = 0;
        if (floor_mod(part, PARTS) == 0) {
            count_present(w);
            open_day(w, day);
        }
        assign_mean(w, part, p);
        spend_time(w, p);
        open_doors(w, part, p);
        be_prone(w, p);
        prepare(w, p);
        if (night) {
            meet_in_cells(w, part, today, p);
        } else {
            meet_on_unit(w, part, today, p);
            meet_across_units(w, part, today, p);
            meet_staff(w, part, today, p);
        }
        resolve(w, part, p);
        act_alone(w, part, p);
        support_neutral(w);
        spread(w, first, part, p);
        justice_neutral(w);
        settle(w, p);
        record_part(w, today, part);
        if (night) {
            encounters_day(w, part, p);
            alliance_day(w, part, p);
            programme_day(w, today, p);
            needs_day(w, p);
            wellbeing_neutral(w, p);
            tension_day(w, p);
            response_day(w, p);
            staff_neutral(w, p);
            coercion_neutral(w, p);
            record_residents(w, today, day);
            record_staff(w, today, day);
            record_sample(w, elapsed);
            close_staff_day(w);
        }
    }
    return stop;
}
