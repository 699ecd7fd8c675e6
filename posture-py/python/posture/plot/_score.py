"""The score as a gauge: what is kept, what is lost to each type, and what is not assessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.patches import Rectangle, Wedge

from posture.plot import _canvas, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from posture import Result

RING = 0.24
"""How wide the ring is, of a radius of 1."""


class Arc(NamedTuple):
    """A stretch of the ring."""

    points: float
    style: _canvas.Style


class Line(NamedTuple):
    """A line of the legend."""

    style: _canvas.Style
    name: str
    value: str


def score(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the score as a gauge from 0 to 100.

    Dark is the score; the rest is lost, in the colour of the type that loses it. Types that are
    not assessed lose nothing only because nobody looked: their weight is hatched.
    """
    ax, scale = _canvas.place(ax, 5.2, 4.2)
    ax.set(xticks=[], yticks=[], xlim=(-1.2, 1.2), ylim=(-0.92, 1.04), aspect="equal")
    _ring(ax, arcs(result))
    for x, text in ((-1 + RING / 2, "0"), (1 - RING / 2, "100")):
        style = _canvas.letters(9, scale, _canvas.FAINT)
        ax.text(x, -0.035, text, ha="center", va="top", **style)
    number = _canvas.letters(50, scale)
    ax.text(0, 0.18, _words.whole(result.score), ha="center", fontweight="bold", **number)
    style = _canvas.letters(9.5, scale, _canvas.FAINT)
    ax.text(0, 0.07, "\n".join(beneath(result)), ha="center", va="top", **style)
    _legend(ax, lines(result), scale)
    return ax


def arcs(result: Result) -> Iterator[Arc]:
    """From 0 on: not assessed, kept, lost to each type."""
    if result.score is None:
        return
    unknown = _words.unknown(result.types)
    yield Arc(unknown, _canvas.UNKNOWN)
    yield Arc(result.score - unknown, {"facecolor": _canvas.SCORE})
    for of in result.types:
        yield Arc(of.contribution, {"facecolor": _canvas.TYPES[of.type]})


def beneath(result: Result) -> Iterator[str]:
    """Say what the number is, and what else must be known to read it."""
    if result.score is not None:
        whole = all(of.status != "not_assessed" for of in result.types)
        yield "Cluster Security Score" if whole else "Cluster Security Score, incomplete"
    elif result.status == "no_data":
        yield "no score: no namespace counts"
    else:
        yield "no score: not assessed"
    if result.assessed_score not in (None, result.score):
        yield f"{_words.whole(result.assessed_score)} over the assessed types alone"
    if result.score_without_dismissals != result.score:
        yield f"{_words.whole(result.score_without_dismissals)} without dismissals"
    if result.delta is not None:
        yield f"{_words.signed(result.delta)} since the previous result"


def lines(result: Result) -> Iterator[Line]:
    """Name each type, and what it loses."""
    for of in result.types:
        assessed = of.status != "not_assessed"
        style = {"facecolor": _canvas.TYPES[of.type]} if assessed else _canvas.UNKNOWN
        yield Line(style, _words.NAMES[of.type], _words.loss(of))


def _ring(ax: Axes, of: Iterator[Arc]) -> None:
    ax.add_patch(Wedge((0, 0), 1, 0, 180, width=RING, facecolor=_canvas.TRACK))
    start = 0.0
    for arc in of:
        left, right = (180 - 1.8 * at for at in (start, start + arc.points))
        if arc.points > 0:
            ax.add_patch(Wedge((0, 0), 1, right, left, width=RING, linewidth=0, **arc.style))
        start += arc.points


def _legend(ax: Axes, of: Iterator[Line], scale: float) -> None:
    style = {"va": "center", **_canvas.letters(10, scale)}
    for place, line in enumerate(of):
        y = -0.36 - 0.15 * place
        ax.add_patch(Rectangle((-0.88, y - 0.04), 0.1, 0.08, linewidth=0, **line.style))
        ax.text(-0.7, y, line.name, ha="left", **style)
        ax.text(0.9, y, line.value, ha="right", **style)
