"""Writing a specification out in full and loading it gives the same specification."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import dump, load
from scenarios.problems import is_printable
from sim import inputs, mechanisms
from sim.parameters import registry
from sim.specification import (
    GraphSpecification,
    ProgrammeSpecification,
    Specification,
    UnitSpecification,
)

TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=50).filter(
    lambda text: text.strip() and all(map(is_printable, text))
)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,20}", fullmatch=True)
SHARES = st.floats(0, 1, allow_subnormal=True)


def number_of(parameter):
    if parameter.integer:
        return st.integers(math.ceil(parameter.low), math.floor(parameter.high)).map(float)
    return st.floats(parameter.low, parameter.high)


UNITS = st.lists(
    st.builds(
        UnitSpecification,
        name=TEXT,
        places=st.integers(1, 500),
        site=st.sampled_from(["main", "west"]) | TEXT.filter(lambda text: text != "each"),
        regime=st.sampled_from(inputs.REGIMES),
        double_cells=SHARES,
        openness=SHARES,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda unit: unit.name,
)


@st.composite
def weeks(draw):
    """Return a week with a few busy day-parts."""
    busy = draw(st.dictionaries(st.integers(0, 27), st.integers(0, 7), min_size=1, max_size=6))
    hours = st.floats(0.0, 6.0).filter(bool)
    return tuple(
        tuple(draw(hours) if busy.get(slot) == activity else 0.0 for activity in range(8))
        for slot in range(28)
    )


def programme(name, **fixed):
    return st.builds(
        ProgrammeSpecification,
        **{
            "name": name if isinstance(name, st.SearchStrategy) else st.just(name),
            "week": weeks(),
            "regimes": st.sampled_from([("prison",), ("remand",), ("prison", "remand")]),
            "out_of_cell": SHARES,
            "choice": SHARES,
            "visits": st.none() | SHARES,
            "leave_days_per_month": st.floats(0, 15),
            **fixed,
        },
    )


PROGRAMMES = st.tuples(
    programme("basic", regimes=st.just(inputs.REGIMES)),
    programme("plus"),
    programme(st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True).filter(lambda n: n[0] not in "_-")),
).filter(lambda found: len({p.name for p in found}) == len(found))


@st.composite
def graphs(draw, units):
    pairs = [
        (one.name, other.name)
        for index, one in enumerate(units)
        for other in units[index + 1 :]
        if one.site == other.site
    ]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    if chosen:
        return GraphSpecification("none", 0, tuple(chosen))
    return draw(
        st.builds(
            GraphSpecification,
            generator=st.sampled_from(inputs.GRAPH_GENERATORS),
            degree=st.integers(0, 1000),
        )
    )


@st.composite
def specifications(draw):
    programmes = draw(PROGRAMMES)
    units = tuple(
        replace(
            unit, programme=draw(st.sampled_from([p.name for p in programmes if unit.regime in p.regimes]))
        )
        for unit in draw(UNITS)
    )
    paths = draw(st.lists(st.sampled_from(sorted(registry())), max_size=12, unique=True))
    values = {path: parameter.default for path, parameter in registry().items()}
    values |= {path: draw(number_of(registry()[path])) for path in paths}
    if values["residents.stay_median_days"] >= values["residents.stay_mean_days"]:
        values |= {"residents.stay_median_days": 1.0, "residents.stay_mean_days": 2.0}
    return Specification(
        name=draw(NAMES),
        title=draw(TEXT),
        units=units,
        graph=draw(graphs(units)),
        values=values,
        choices={path: draw(st.sampled_from(names)) for path, names in inputs.CHOICES.items()},
        mechanisms={name: draw(st.booleans()) for name in mechanisms.NAMES},
        practices={},
        programmes=programmes,
    )


@settings(deadline=None)
@given(specification=specifications())
def test_a_specification_written_out_loads_back_equal(tmp_path_factory, specification):
    path = tmp_path_factory.mktemp("round") / "a.yaml"
    path.write_text(dump(specification), encoding="utf-8", newline="")
    assert load(str(path)) == specification
