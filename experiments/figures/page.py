"""A page: title, panels placed in inches, caption; written as SVG and PNG."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures import text

WIDTH = 12.8
"""Inches; with a height of 7.2 the PNG has 1920 x 1080 points."""
DOTS_PER_INCH = 150
MARGIN = 0.45

INK, SOFT, FAINT = "#1a1a1a", "#595959", "#d9d9d9"
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK = "#E69F00", "#56B4E9", "#000000"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
"""Okabe & Ito; their yellow is left out, it is too pale on white."""
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "p")
LINES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (6, 2, 1, 2)),
    (0, (1, 1.4)),
    (0, (8, 2, 1, 1.5, 1, 2)),
    (0, (3, 1)),
)

TITLE, SUBTITLE, HEADING, LABEL, SMALL = 17.0, 12.5, 13.0, 12.0, 11.0

_STYLE: Any = {
    "svg.hashsalt": "detention-climate",
    "svg.fonttype": "path",
    "font.family": [text.FONT],
    "font.size": LABEL,
    "axes.labelsize": LABEL,
    "axes.titlesize": HEADING,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.linewidth": 0.6,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "text.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
_PNG = {"compress_level": 4}
_LOCK = threading.RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in house style, whatever the user's matplotlibrc says; one thread at a time."""
    with _LOCK, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


class Page:
    """A figure of fixed width with a title, a body whose height is given, and a caption."""

    def __init__(
        self, body: float, title: str, *, subtitle: str = "", caption: str = "", legend: float = 0.0
    ) -> None:
        """``body`` is the height in inches between title and caption; ``legend`` goes on top of it."""
        room = WIDTH - 2 * MARGIN
        title, caption = (words.replace(" %", "\N{NO-BREAK SPACE}%") for words in (title, caption))
        titles = text.wrap(title, room, TITLE, "bold", lines=2, even=True)
        subtitles = text.wrap(subtitle, room, SUBTITLE, lines=2) if subtitle else []
        captions = text.wrap(caption, room, SMALL, even=True)
        self._y = 0.33
        heights = 0.33 + 0.33 * len(titles) + 0.25 * len(subtitles) + 0.18
        bottom = 0.24 * len(captions) + 0.3
        self.height = heights + legend + body + bottom
        self.figure = Figure(figsize=(WIDTH, self.height), dpi=100)
        for line in titles:
            self.write_text(MARGIN, self._y, line, size=TITLE, weight="bold")
            self._y += 0.33
        for line in subtitles:
            self.write_text(MARGIN, self._y - 0.02, line, size=SUBTITLE, color=SOFT)
            self._y += 0.25
        for k, line in enumerate(captions):
            self.write_text(MARGIN, self.height - bottom + 0.2 + 0.24 * k, line, size=SMALL, color=SOFT)
        self.top = heights + legend
        self._legend = heights
        self._about = (title, caption)

    def write_text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Write text; ``x`` and ``y`` are inches from the top left corner."""
        style = {"va": "center", "ha": "left", **style}
        self.figure.text(x / WIDTH, 1 - y / self.height, text.plain(words), **style)

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add a panel; ``top`` counts from the top of the body, all in inches."""
        lower = self.height - self.top - top - height
        box = (left / WIDTH, lower / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(box)

    def legend(self, handles: list[Line2D], labels: list[str]) -> None:
        """Put a legend in rows between title and body (see :func:`legend_height`)."""
        if not labels:
            return
        for row, entries in enumerate(_rows(labels)):
            self.figure.legend(
                [handles[k] for k in entries],
                [text.plain(labels[k]) for k in entries],
                loc="center left",
                bbox_to_anchor=(MARGIN / WIDTH, 1 - (self._legend + 0.13 + 0.27 * row) / self.height),
                ncols=len(entries),
                borderaxespad=0.0,
                borderpad=0.0,
                handlelength=2.8,
                columnspacing=1.8,
                fontsize=LABEL,
            )

    def write(self, path: Path) -> list[Path]:
        """Write ``path``.svg and ``path``.png and return both."""
        title, caption = self._about
        vector, raster = path.with_name(path.name + ".svg"), path.with_name(path.name + ".png")
        about = {"Date": None, "Creator": "detention-climate", "Title": title, "Description": caption}
        self.figure.savefig(vector, format="svg", metadata=about)
        about = {"Software": None, "Title": _latin(title), "Description": _latin(caption)}
        self.figure.savefig(raster, format="png", dpi=DOTS_PER_INCH, metadata=about, pil_kwargs=_PNG)
        return [vector, raster]


def _latin(words: str) -> str:
    return words.encode("latin-1", "replace").decode("latin-1")


def _rows(labels: list[str]) -> list[list[int]]:
    """Return which entries of a legend share a row."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for k, label in enumerate(labels):
        need = text.width(label, LABEL) + 0.9
        if rows[-1] and used + need > WIDTH - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append(k)
        used += need
    return rows


def legend_height(labels: list[str]) -> float:
    """Return the inches that a legend needs."""
    return 0.27 * len(_rows(labels)) + 0.12


def heading(axes: Axes, title: str, note: str = "", *, size: float = HEADING) -> None:
    """Write the title of a panel above it, with a note in plain type on the line below."""
    lift = 19.0 if note else 5.0
    axes.annotate(
        text.plain(title),
        (0, 1),
        (0, lift),
        xycoords="axes fraction",
        textcoords="offset points",
        size=size,
        weight="bold",
        va="bottom",
    )
    if note:
        axes.annotate(
            text.plain(note),
            (0, 1),
            (0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            size=SMALL,
            color=SOFT,
            va="bottom",
        )


def bare(axes: Axes, *keep: str) -> None:
    """Take away every spine but those named, and the ticks of the others."""
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(side in keep)
    if "left" not in keep:
        axes.tick_params(axis="y", length=0)
    if "bottom" not in keep:
        axes.tick_params(axis="x", length=0)
