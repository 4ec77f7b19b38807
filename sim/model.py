"""The model for people who know Mesa: ``DetentionModel``, with agents and data frames.

The state stays in the tables of :mod:`sim.state` and moves by :mod:`sim.schedule`; Mesa sees it through
views.  Mesa's own random numbers (``model.random``, ``model.rng``) serve whatever a user adds: the model
draws by keys, so that shuffling agents, or adding a collector, changes nothing.
"""

from __future__ import annotations

from typing import Any, Self

import mesa
import numpy as np

from sim import frames
from sim.agents import Person, Resident, Staff
from sim.clock import MORNING, PART_NAMES, PARTS
from sim.parameters import registry
from sim.simulation import Simulation, Snapshot
from sim.specification import Specification


class DetentionModel(mesa.Model):  # type: ignore[misc]  # Mesa publishes no types
    """A facility as a Mesa model: one ``step()`` is one day-part (morning, afternoon, evening, night).

    Making the model runs the burn-in of the specification, so the first step is the morning of recorded
    day 0.  ``rng`` is the seed, a whole number from 0; without one the model takes a fresh seed
    (``model.simulation.seed`` tells which).  ``replicate`` chooses one of the runs that belong to the
    seed; the same pair gives the same bits as ``detention run``.
    """

    def __init__(self, specification: Specification, rng: int | None = None, *, replicate: int = 0) -> None:
        if not isinstance(specification, Specification):
            raise TypeError(f"specification: got {specification!r}; allowed what scenarios.load(...) returns")
        if rng is None:
            rng = int(np.random.default_rng().integers(2**63))
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer):
            raise TypeError(f"rng: got {rng!r}; allowed a whole number or None")
        if rng < 0:
            raise ValueError(f"rng: got {rng}; allowed whole numbers from 0")
        self._show(Simulation(specification, int(rng), replicate).run(0))

    @classmethod
    def of(cls, simulation: Simulation) -> DetentionModel:
        """Return a model that shows ``simulation`` and goes on from where it is."""
        model = DetentionModel.__new__(DetentionModel)
        model._show(simulation)  # noqa: SLF001 - our own class
        return model

    def _show(self, simulation: Simulation) -> None:
        super().__init__(rng=simulation.seed)
        # One table for all days to come instead of a larger one every day.
        simulation._reserve_days(int(simulation.specification.values["run.days"]))  # noqa: SLF001
        self._simulation = simulation
        self._joined: dict[type[Person], dict[int, Person]] = {Resident: {}, Staff: {}}
        self._follow()

    @property
    def simulation(self) -> Simulation:
        """The run behind the model; move it by ``step`` and ``run`` only, or the agents fall behind."""
        return self._simulation

    @property
    def specification(self) -> Specification:
        """What the run is made from."""
        return self._simulation.specification

    @property
    def day(self) -> int:
        """Number of the day that the next step belongs to; recorded days start at 0."""
        return self._simulation.day

    @property
    def part_of_day(self) -> str:
        """Name of the day-part that the next step runs."""
        return PART_NAMES[self._simulation.part % PARTS]

    def step(self) -> None:
        """Run one day-part; ``running`` turns false when the specification's days are over."""
        morning = self._simulation.part % PARTS == MORNING
        self._simulation.run_parts(1)
        if morning:
            self._follow()
        self.running = self.day < self.specification.values["run.days"]

    def run(self, days: int | None = None) -> Self:
        """Step up to the end of recorded day ``days`` (default: the specification's); return ``self``.

        Like :meth:`sim.simulation.Simulation.run`, ``days`` counts from the first recorded day, not from
        now: a model that is past it stays where it is.
        """
        last = int(self.specification.values["run.days"] if days is None else days)
        while self.day < last:
            self.step()
        return self

    def expects(self, kind: type[Person], row: int) -> bool:
        """Say whether the person in a row lives or works here and has no agent yet."""
        rows = self._simulation.used(kind.table)
        return 0 <= row < len(rows) and row not in self._joined[kind] and bool(rows["present"][row])

    def _follow(self) -> None:
        """Let agents join and leave as people arrived and left."""
        for kind, joined in self._joined.items():
            here = set(np.flatnonzero(self._simulation.used(kind.table)["present"]).tolist())
            for row in sorted(joined.keys() - here):
                mesa.Agent.remove(joined.pop(row))
            for row in sorted(here - joined.keys()):
                joined[row] = kind(self, row)

    def digest(self) -> str:
        """Return the SHA-256 of the state, the same as for a run without Mesa."""
        return self._simulation.digest()

    def snapshot(self) -> Snapshot:
        """Return a complete copy of this moment; :func:`sim.simulation.resume` goes on from it."""
        return self._simulation.snapshot()

    def fork(self, **changes: float | bool) -> DetentionModel:
        """Return an independent model that goes on from here under changed numbers and switches.

        Numbers are named by their path with dots as double underscores, mechanisms by their name:
        ``model.fork(conflict__tension=3, strain=False)``.  With no changes the fork stays equal, bit for
        bit.  Raises ``KeyError`` for unknown names, ``ValueError`` for values that the registry does not
        allow or that would need other units, posts or pools.
        """
        numbers: dict[str, float] = {}
        switches: dict[str, bool] = {}
        for name, value in changes.items():
            if "__" in name:
                numbers[name.replace("__", ".")] = value
            elif isinstance(value, bool):
                switches[name] = value
            else:
                raise ValueError(f"{name}: got {value!r}; a mechanism is switched by True or False")
        specification = self.specification.with_numbers(numbers).with_mechanisms(**switches)
        for path, number in numbers.items():
            known = registry()[path]
            if not known.low <= number <= known.high or (known.integer and number != int(number)):
                whole = "whole numbers from " if known.integer else ""
                raise ValueError(f"{path}: got {number!r}; allowed {whole}{known.low:g} to {known.high:g}")
        return DetentionModel.of(self._simulation.fork(specification))

    def daily_frame(self, *, by_unit: bool = False) -> Any:
        """Return a pandas data frame with a row per recorded day, or per day and unit."""
        return frames.daily_frame(self._simulation, by_unit=by_unit)

    def people_frame(self) -> Any:
        """Return a pandas data frame with a row per resident who was ever here."""
        return frames.people_frame(self._simulation)

    def staff_frame(self) -> Any:
        """Return a pandas data frame with a row per member of unit staff who ever worked here."""
        return frames.staff_frame(self._simulation)

    def ledger_frame(self) -> Any:
        """Return a pandas data frame with a row per recorded event, with names for codes."""
        return frames.ledger_frame(self._simulation)
