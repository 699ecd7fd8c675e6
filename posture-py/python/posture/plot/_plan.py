"""A plan as a curve: the score after each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from posture.plot import _canvas, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from posture import Plan, Step

ROW = 0.3
"""Inches of a row."""

NAME = 42
"""Letters of a name, at most."""


def plan(plan: Plan, ax: Axes | None = None, *, top: int = 20) -> Axes:
    """Draw the score after each step, from the top down.

    What a scan finds is not known before: dark is what a step gains when scans find the worst,
    light reaches to the score when they find nothing. Beyond the first `top` steps a line says how
    many more there are, and where they lead.
    """
    first, rest = _words.parted(plan.steps[:], top)
    rows = 1 + len(first) + bool(rest)
    ax, scale = _canvas.place(ax, 7.6, ROW * rows + 0.9)
    scale = _canvas.fitting(ax, scale, rows + 1)
    ax.set(xticks=[], yticks=[], ylim=(rows - 0.4, -0.6))
    _canvas.title(ax, "Score after each step", scale)
    if plan.score is None:
        style = {"ha": "center", "va": "center", **_canvas.letters(9, scale)}
        ax.text(0.5, 0.5, "no score, so no plan", transform=ax.transAxes, **style)
        return ax
    _names(ax, first, rest, scale)
    ends = [*first, *rest[-1:]]
    sure = [plan.score, *(step.score for step in ends)]
    best = [plan.score, *(step.score_max for step in ends)]
    width = max(best[-1] - sure[0], 1)
    ax.set_xlim(sure[0] - 0.04 * width, best[-1] + 0.3 * width)
    _curve(ax, sure, best)
    for row, (least, most) in enumerate(zip(sure, best, strict=True)):
        style = {"va": "center", **_canvas.letters(9, scale)}
        shift: _canvas.Style = {"xytext": (7 * scale, 0), "textcoords": "offset points"}
        ax.annotate(_words.span(least, most), (most, row), **shift, **style)
    return ax


def _names(ax: Axes, first: Sequence[Step], rest: Sequence[Step], scale: float) -> None:
    names = ["now", *(_words.action(step.action, NAME) for step in first)]
    if rest:
        names.append(f"{len(rest):,} more steps")
    ax.set_yticks(range(len(names)), names, **_canvas.letters(9, scale))


def _curve(ax: Axes, sure: list[float], best: list[float]) -> None:
    color = _canvas.GAIN
    ax.plot(sure[:1], [0], "o", color=color, markersize=6)
    for row in range(1, len(sure)):
        before, least, most = sure[row - 1], sure[row], best[row]
        ax.vlines(before, row - 1, row, color=color, linewidth=0.8)
        ax.barh(row, most - least, left=least, height=0.6, color=color, alpha=0.25)
        ax.barh(row, least - before, left=before, height=0.6, color=color, edgecolor=color)
