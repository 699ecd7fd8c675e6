"""From 100 down to the score: what is lost, type by type and namespace by namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from posture.plot import _canvas, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from posture import Result, RiskType

ROW = 0.27
"""Inches of a row."""

NAME = 30
"""Letters of a name, at most."""


class Fall(NamedTuple):
    """A row of the waterfall: what is lost by somebody, from so many points on."""

    label: str
    start: float
    points: float
    text: str
    look: _canvas.Style

    @property
    def end(self) -> float:
        """The points that are left below it."""
        return self.start - self.points


def waterfall(result: Result, ax: Axes | None = None, *, top: int = 4) -> Axes:
    """Draw the lost points from 100 down to the score: by type, and by namespace in each.

    Of each type the `top` namespaces that lose the most have rows of their own. Types that are not
    assessed are named, and lose nothing.
    """
    rows = list(falls(result, top))
    ax, scale = _canvas.place(ax, 7.6, ROW * (len(rows) + 2) + 0.9)
    scale = _canvas.fitting(ax, scale, len(rows) + 2)
    lowest = min(row.end for row in rows)
    pad = max(100 - lowest, 1) * 0.16
    ax.set(ylim=(len(rows) + 0.4, -1.2), xlim=(lowest - pad, 100 + pad / 2), xticks=[])
    _canvas.title(ax, "Lost points by type and namespace", scale)
    _names(ax, rows, scale)
    for place, row in enumerate(rows):
        _draw(ax, place, row, scale)
    _ends(ax, len(rows), lowest, result.score, scale)
    return ax


def falls(result: Result, top: int) -> Iterator[Fall]:
    """Yield the rows, from the top down."""
    start = 100.0
    for of in result.types:
        name = _words.NAMES[of.type]
        if of.status == "not_assessed":
            yield Fall(f"{name}: not assessed", start, 0.0, "", {})
            continue
        look = {"color": _canvas.TYPES[of.type], "alpha": 0.3, "linewidth": 0}
        yield Fall(name, start, of.contribution, _words.loss(of), look)
        yield from _by_namespace(result, of, start, top)
        start -= of.contribution


def _by_namespace(result: Result, of: RiskType, start: float, top: int) -> Iterator[Fall]:
    losses = [(each.types[of.type].contribution, each.namespace) for each in result.namespaces]
    losses = sorted((loss for loss in losses if loss[0] > 0), key=lambda loss: -loss[0])
    first, rest = _words.parted(losses, top)
    named = [(points, _words.cut(namespace, NAME)) for points, namespace in first]
    if rest:
        named.append((sum(points for points, _ in rest), f"{len(rest):,} more namespaces"))
    color = _canvas.TYPES[of.type]
    for points, name in named:
        look = {"color": color, "linewidth": 0.8, "edgecolor": color}
        yield Fall(name, start, points, _words.lost(points), look)
        start -= points


def _is_type(row: Fall) -> bool:
    return "alpha" in row.look


def _names(ax: Axes, rows: list[Fall], scale: float) -> None:
    style = _canvas.letters(9, scale, _canvas.FAINT)
    ax.set_yticks(range(len(rows)), [row.label for row in rows], **style)
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        if _is_type(row):
            label.set(color=_canvas.INK, fontweight="bold")


def _draw(ax: Axes, place: int, row: Fall, scale: float) -> None:
    if row.points:
        ax.barh(place, -row.points, left=row.start, height=0.76, **row.look)
    ax.annotate(
        row.text,
        (row.end, place),
        xytext=(-4 * scale, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontweight="bold" if _is_type(row) else "normal",
        bbox={"facecolor": _canvas.PAPER, "linewidth": 0, "pad": 1},
        **_canvas.letters(9, scale),
    )


def _ends(ax: Axes, rows: int, lowest: float, score: float | None, scale: float) -> None:
    style = {"fontweight": "bold", "ha": "center", **_canvas.letters(10, scale)}
    ax.vlines([100], -0.5, rows - 0.5, color=_canvas.LINE, linewidth=1, zorder=0)
    ax.text(100, -0.65, "100", va="bottom", **style)
    if score is None:
        ax.text(lowest, rows - 0.35, "no score", va="top", **style)
    else:
        ax.vlines([lowest], -0.5, rows - 0.5, color=_canvas.LINE, linewidth=1, zorder=0)
        ax.text(lowest, rows - 0.35, _words.decimal(score), va="top", **style)
