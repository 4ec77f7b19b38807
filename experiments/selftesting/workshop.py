"""The place where a self-test works: a temporary folder, design files, and the real command in it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from experiments.selftesting import family

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "experiments")
LONGEST_COMMAND_SECONDS = 120.0
"""A command that takes longer has hung: everything here takes seconds."""

LEVELS = (1.2, 2.4, 1.7)
_DESIGN = """\
scenarios: [detention-house]
days: 2
burn_in_days: 2
design: grid
factors: {{staffing.residents_per_employee: {levels}}}
replicates: {replicates}
outputs: [true_incidents, tension, recorded_share]
keep: {{daily: 2, ledger: [1]}}
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: exit code (negative: the signal), streams, and seconds; ``hung`` if never."""

    code: int
    out: str
    err: str
    seconds: float
    hung: bool = False

    @property
    def has_traceback(self) -> bool:
        """Whether the command showed its inside instead of a clear line."""
        return "Traceback (most recent call last)" in self.err or "internal error" in self.err

    @property
    def last_words(self) -> str:
        """The end of what it said on stderr, for a finding."""
        return " ".join(self.err.split())[-200:] or "nothing on stderr"


class Running:
    """A command at work; its streams go to files, so that no reader is waited for."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err
        self._started = time.monotonic()

    @property
    def is_alive(self) -> bool:
        """Whether it is still at work."""
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self.process.send_signal(number)

    def wait(self) -> Ended:
        """Return how it ended; what has not ended in time is killed and called hung."""
        hung = False
        try:
            self.process.wait(LONGEST_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            self.process.kill()
            self.process.wait()
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in (self._out, self._err))
        return Ended(self.process.returncode, out, err, time.monotonic() - self._started, hung)


class Workshop:
    """A temporary folder in which commands are started.

    ``command`` is what is tested: the words before the arguments.
    """

    def __init__(self, folder: Path, command: Sequence[str] = COMMAND) -> None:
        self.folder = folder
        self.command = tuple(command)
        self.mark = secrets.token_hex(8)
        self._count = 0

    def design(self, name: str, levels: int, replicates: int) -> Path:
        """Write a design over the first ``levels`` staff ratios and return its path."""
        path = self.folder / f"{name}.yaml"
        text = _DESIGN.format(levels=list(LEVELS[:levels]), replicates=replicates)
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, *arguments: object) -> Running:
        """Start the command with these arguments, out of reach of the terminal's Ctrl-C."""
        self._count += 1
        streams = [self.folder / f"{name}-{self._count}.txt" for name in ("out", "err")]
        known = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with streams[0].open("wb") as out, streams[1].open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*self.command, *map(str, arguments)],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(known), family.MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        return Running(process, *streams)

    def finish(self, *arguments: object) -> Ended:
        """Run the command with these arguments to its end."""
        return self.start(*arguments).wait()

    def left_over(self, seconds: float = 5.0) -> int | None:
        """Return how many processes that were started here are still there after ``seconds`` at most.

        They are ended; ``None`` where the system does not show them.
        """
        left = family.left_after(self.mark, seconds)
        if left:
            family.end(self.mark)
        return left

    def close(self) -> None:
        """End everything that was started here."""
        family.end(self.mark)


@contextmanager
def workshop(command: Sequence[str] = COMMAND) -> Iterator[Workshop]:
    """Open a workshop; however the block ends, its processes end and its folder goes."""
    with tempfile.TemporaryDirectory(prefix="detention-selftest-", ignore_cleanup_errors=True) as folder:
        # Messages name files by their real place (on macOS the temporary folder is a link).
        found = Workshop(Path(folder).resolve(), command)
        try:
            yield found
        finally:
            found.close()
