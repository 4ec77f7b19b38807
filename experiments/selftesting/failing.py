"""Runs that raise and runs that hang: each is a row with its reason, and the rest completes."""

from __future__ import annotations

import json
from pathlib import Path

from experiments import exits
from experiments.selftesting import runners
from experiments.selftesting.extent import Extent
from experiments.selftesting.patience import in_time
from experiments.selftesting.tally import Tally, Tell
from experiments.selftesting.workshop import Ended, Workshop
from experiments.sweeping.engine import EXECUTORS
from experiments.sweeping.running import FAILED, MEMORY, OK, TIMEOUT, Runner
from experiments.sweeping.sweep import Sweep, sweep

LEVELS, REPLICATES = 2, 8
TIMEOUT_SECONDS = 2.0
"""Far more than a sound run takes, also on a busy machine."""
DEADLINE_SECONDS = 5.0
"""A hung run is given up at the latest this much after its time."""

LONGEST_SWEEP_SECONDS = 60.0
"""A sweep that is not finished by then never will be: it takes seconds."""

_WORKERS = 2


def raising(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Let runs raise: errors with ugly texts, an end of the program, no memory."""
    design = shop.design("raising", LEVELS, REPLICATES)
    clean = _clean(shop, design, tally)
    for number in range(extent.raising):
        executor = EXECUTORS[number % len(EXECUTORS)]
        folder = shop.folder / f"raising-{number}"
        done = _swept(design, folder, executor, runners.raising)
        _check_rows(done, {FAILED, MEMORY}, tally)
        _check_command(shop, design, folder, clean, tally)
        tally.tried += 1
        tell(1)


def hung(shop: Workshop, extent: Extent, tally: Tally, tell: Tell) -> None:
    """Let runs hang: in processes for good, in threads as long as nobody tells them to stop."""
    design = shop.design("hung", LEVELS, REPLICATES)
    clean = _clean(shop, design, tally)
    kinds: list[tuple[str, Runner]] = [("processes", runners.hung), ("threads", runners.endless)]
    for number in range(extent.hung):
        executor, runner = kinds[number % len(kinds)]
        folder = shop.folder / f"hung-{number}"
        done = _swept(design, folder, executor, runner, TIMEOUT_SECONDS)
        _check_rows(done, {TIMEOUT}, tally)
        longest = float(done.frame()["seconds"].max())
        tally.took(longest)
        if longest > TIMEOUT_SECONDS + DEADLINE_SECONDS:
            tally.wrong(f"{folder.name}: a hung run was given up only after {longest:.1f} s")
        _check_command(shop, design, folder, clean, tally)
        tally.tried += 1
        tell(1)


def _swept(design: Path, folder: Path, executor: str, runner: Runner, timeout: float | None = None) -> Sweep:
    """Return a finished sweep; raises ``HungError`` when wrong runs keep it from finishing."""
    return in_time(
        lambda: sweep(
            design,
            folder,
            workers=_WORKERS,
            executor=executor,
            timeout=timeout,
            progress=False,
            runner=runner,
        ),
        LONGEST_SWEEP_SECONDS,
    )


def _clean(shop: Workshop, design: Path, tally: Tally) -> str:
    """Return the digest of the design when nothing goes wrong."""
    done = shop.finish("sweep", design, "--json")
    if done.code != exits.DONE:
        tally.wrong(f"the undisturbed sweep ended with {done.code}: {done.last_words}")
        return ""
    return str(json.loads(done.out)["digest"])


def _check_rows(done: Sweep, statuses: set[str], tally: Tally) -> None:
    """See that each run has one row, that those that went wrong say why, and that no other did."""
    name = done.folder.name
    frame = done.frame()
    lost = LEVELS * REPLICATES - len(frame)
    if lost > 0:
        tally.wrong(f"{name}: {lost} runs have no row", lost=lost)
    if lost < 0:
        tally.wrong(f"{name}: {-lost} rows too many", duplicated=-lost)
    wrong = frame["replicate"].isin(runners.WRONG_REPLICATES)
    others = set(frame.loc[~wrong, "status"])
    if others != {OK}:
        tally.wrong(f"{name}: runs that were fine ended as {', '.join(sorted(others))}")
    found = set(frame.loc[wrong, "status"])
    if found - statuses:
        tally.wrong(f"{name}: runs that went wrong ended as {', '.join(sorted(found))}", silent=1)
    reasons = frame.loc[wrong, "reason"]
    if not all(isinstance(reason, str) and reason and reason.isprintable() for reason in reasons):
        tally.wrong(f"{name}: a run that went wrong gives no readable reason", silent=1)


def _check_command(shop: Workshop, design: Path, folder: Path, clean: str, tally: Tally) -> None:
    """See that the command says that runs failed, and that it can do them again."""
    said = shop.finish("sweep", design, "--out", folder, "--json")
    _check_ending(said, exits.INCOMPLETE, folder, tally)
    again = shop.finish("sweep", design, "--out", folder, "--retry", "--json")
    _check_ending(again, exits.DONE, folder, tally)
    if again.code == exits.DONE and json.loads(again.out)["digest"] != clean:
        tally.wrong(f"{folder.name}: other rows than without failures after --retry", silent=1)
    orphans = shop.left_over()
    tally.orphans = None if orphans is None else tally.orphans
    if orphans:
        tally.wrong(f"{folder.name}: {orphans} processes are left", orphans=orphans)
    tally.took(max(said.seconds, again.seconds))


def _check_ending(done: Ended, code: int, folder: Path, tally: Tally) -> None:
    if done.code != code or done.has_traceback:
        tally.wrong(
            f"{folder.name}: the command ended with {done.code} instead of {code}: {done.last_words}",
            traceback=int(done.has_traceback),
        )
