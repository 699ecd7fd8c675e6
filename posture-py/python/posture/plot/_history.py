"""The score over time, and what was lost to each type."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby
from math import floor
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num, num2date
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from posture.plot import _canvas, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from posture import Point

MANY = 60
"""From so many points on the line has no marks."""

CROSS: _canvas.Style = {"color": _canvas.FAINT, "marker": "x", "linestyle": "none"}


class Dot(NamedTuple):
    """A point that has a time and a score."""

    at: datetime
    score: float
    lost: tuple[float, ...]
    unknown: float

    @property
    def day(self) -> float:
        """Its place on the axis, in days."""
        return float(date2num(self.at))


def history(points: Collection[Point], ax: Axes | None = None) -> Axes:
    """Draw the score over time; above it, down from 100, what was lost to each type.

    Weight of types that were not assessed is hatched from 0 up. Where there was no score the line
    has a gap, and a cross below it. Points of no known time have no place and are left out.
    """
    ax, scale = _canvas.place(ax, 8.2, 4.2)
    drawn, without = list(runs(points)), gaps(points)
    dots = [dot for run in drawn for dot in run]
    bottom = _bottom(dots)
    ax.set_ylim(bottom, 100)
    width = _times(ax, sorted([*(dot.day for dot in dots), *without]), scale)
    for run in drawn:
        _draw(ax, run, width, "o" if len(dots) < MANY or len(run) == 1 else None)
    if without:
        ax.plot(without, [bottom] * len(without), clip_on=False, **CROSS)
    _legend(ax, any(dot.unknown for dot in dots), bool(without), scale)
    if dots:
        _canvas.title(ax, said(dots[0], dots[-1]), scale)
        _last(ax, dots[-1], scale)
    return ax


def runs(points: Collection[Point]) -> Iterator[list[Dot]]:
    """Yield points in order of time, in runs that all have scores."""
    timed = sorted(((of.at, of) for of in points if of.at is not None), key=lambda pair: pair[0])
    for is_scored, run in groupby(timed, key=lambda pair: pair[1].score is not None):
        if is_scored:
            yield [
                Dot(at, of.score, tuple(t.contribution for t in of.types), _words.unknown(of.types))
                for at, of in run
                if of.score is not None
            ]


def gaps(points: Collection[Point]) -> list[float]:
    """Return the days without a score."""
    return [date2num(of.at) for of in points if of.at is not None and of.score is None]


def said(first: Dot, last: Dot) -> str:
    """Say where the score is, and how far it went."""
    now = f"Cluster Security Score {_words.whole(last.score)}"
    if first.at == last.at:
        return now
    return f"{now}, {_words.signed(last.score - first.score)} since {first.at:%Y-%m-%d}"


def _bottom(dots: list[Dot]) -> float:
    """Where the axis begins: at 0, or near the lowest score where all types are assessed."""
    if not dots or any(dot.unknown for dot in dots):
        return 0.0
    lowest = min(dot.score for dot in dots)
    return max(0.0, 10.0 * floor((lowest - 0.5 * (100 - lowest)) / 10))


def _times(ax: Axes, days: list[float], scale: float) -> float:
    """Set the axes up and return how wide the bar of a lonely point is."""
    ax.tick_params(labelsize=9 * scale, labelcolor=_canvas.FAINT)
    ax.grid(axis="y", color=_canvas.LINE, linewidth=0.8)
    ax.set_axisbelow(True)
    if not days:
        ax.set_xticks([])
        style = _canvas.letters(9, scale, _canvas.FAINT)
        ax.text(0.5, 0.5, "no points", transform=ax.transAxes, ha="center", **style)
        return 0.0
    span = days[-1] - days[0]
    if not span:
        span = 1.0
        ax.set_xlim(days[0] - span / 2, days[0] + span / 2)
        ax.set_xticks(days[:1], [f"{num2date(days[0]):%Y-%m-%d %H:%M}"])
    else:
        locator = AutoDateLocator(minticks=3, maxticks=8)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        ax.xaxis.get_offset_text().set(fontsize=9 * scale, color=_canvas.FAINT)
        ax.set_xlim(days[0] - 0.04 * span, days[-1] + 0.09 * span)
    return 0.02 * span


def _draw(ax: Axes, run: list[Dot], width: float, marker: str | None) -> None:
    days = [dot.day for dot in run]
    ends = [100.0] * len(run)
    for place, color in enumerate(_canvas.TYPES.values()):
        tops = ends
        ends = [top - dot.lost[place] for top, dot in zip(tops, run, strict=True)]
        _area(ax, days, ends, tops, width, {"color": color})
    if any(dot.unknown for dot in run):
        unknown = [dot.unknown for dot in run]
        _area(ax, days, [0.0] * len(run), unknown, width, _canvas.UNKNOWN)
    scores = [dot.score for dot in run]
    ax.plot(days, scores, color=_canvas.SCORE, linewidth=2, marker=marker, markersize=5)


def _area(
    ax: Axes,
    days: list[float],
    low: list[float],
    high: list[float],
    width: float,
    style: _canvas.Style,
) -> None:
    """Fill between two lines; a lonely point, which has no area, gets a bar."""
    if len(days) == 1:
        ax.bar(days, high[0] - low[0], width, bottom=low[0], linewidth=0, **style)
    else:
        ax.fill_between(days, low, high, linewidth=0, **style)


def _legend(ax: Axes, is_unknown: bool, has_gaps: bool, scale: float) -> None:
    handles: list[Patch | Line2D] = [
        Patch(color=_canvas.TYPES[risk_type], label=name)
        for risk_type, name in _words.NAMES.items()
    ]
    if is_unknown:
        handles.append(Patch(linewidth=0, label="not assessed", **_canvas.UNKNOWN))
    if has_gaps:
        handles.append(Line2D([], [], label="no score", **CROSS))
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.1),
        ncols=4 if len(handles) == 4 else 3,
        frameon=False,
        fontsize=9 * scale,
        labelcolor=_canvas.INK,
    )


def _last(ax: Axes, last: Dot, scale: float) -> None:
    ax.annotate(
        _words.decimal(last.score),
        (last.day, last.score),
        xytext=(7 * scale, 0),
        textcoords="offset points",
        va="center",
        fontweight="bold",
        **_canvas.letters(10, scale, _canvas.SCORE),
    )
