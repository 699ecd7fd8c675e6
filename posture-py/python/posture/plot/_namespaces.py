"""The namespaces as a heat map: how much is at risk of each type."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from posture.plot import _canvas, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from posture import Namespace, NamespaceType, Result

ROW = 0.29
"""Inches of a row."""

NAME = 32
"""Letters of a name, at most."""

COLUMNS = ["Score", "Lost", *_words.SHORT.values()]
EDGES = [0.0, 0.75, 1.5, 2.8, 4.1, 5.4, 6.7]
"""Where columns begin, and where the last one ends."""

SHADES = LinearSegmentedColormap.from_list("share at risk", _canvas.SHARES)


def namespaces(result: Result, ax: Axes | None = None, *, top: int = 20) -> Axes:
    """Draw the namespaces as a table, the highest risk first: score, points lost, what is at risk.

    The darker a cell, the larger the share that is at risk. Beyond the first `top` namespaces a
    line says how many more there are, and what they lose together.
    """
    first, rest = _words.parted(result.namespaces[:], top)
    rows = max(1, len(first) + bool(rest))
    ax, scale = _canvas.place(ax, 8.2, ROW * rows + 1.0)
    scale = _canvas.fitting(ax, scale, rows)
    ax.set(xlim=(EDGES[0], EDGES[-1]), ylim=(rows, 0))
    _canvas.title(ax, "Namespaces by risk", scale)
    _head(ax, first, scale)
    for row, of in enumerate(first):
        _write(ax, 0, row, _words.whole(of.score), _canvas.letters(9.5, scale))
        _write(ax, 1, row, _words.lost(of.risk), _canvas.letters(9.5, scale))
        for column, risk_type in enumerate(_words.SHORT, start=2):
            _cell(ax, column, row, of.types[risk_type], scale)
    if rest or not first:
        style = _canvas.letters(9.5, scale, _canvas.FAINT)
        ax.text(0.1, len(first) + 0.55, more(rest), va="center", **style)
    return ax


def more(rest: Sequence[Namespace]) -> str:
    """Say what the namespaces lose that are not shown."""
    if not rest:
        return "no namespace counts"
    points = sum(of.risk for of in rest)
    lose = f"lose {_words.decimal(points)} points together" if points else "lose nothing"
    return f"{len(rest):,} more namespaces {lose}"


def text(of: NamespaceType) -> str:
    """Write what a cell says."""
    if of.status == "not_assessed":
        return "not assessed"
    if of.status == "not_applicable":
        return "–"
    return f"{of.part:,} of {of.whole:,}"


def ink(share: float) -> str:
    """Return the colour of a text on a cell, of which so much is at risk."""
    return _canvas.PAPER if share > 0.81 else _canvas.INK


def _head(ax: Axes, of: Sequence[Namespace], scale: float) -> None:
    centres = [(left + right) / 2 for left, right in pairwise(EDGES)]
    ax.xaxis.tick_top()
    ax.set_xticks(centres, COLUMNS, **_canvas.letters(9.5, scale, _canvas.FAINT))
    names = [_words.cut(each.namespace, NAME) for each in of]
    rows = [row + 0.5 for row in range(len(names))]
    ax.set_yticks(rows, names, **_canvas.letters(9.5, scale))


def _cell(ax: Axes, column: int, row: int, of: NamespaceType, scale: float) -> None:
    left, right = EDGES[column : column + 2]
    box = Rectangle((left, row), right - left, 1, edgecolor=_canvas.PAPER, linewidth=2 * scale)
    box.set_facecolor(_canvas.TRACK)
    color = _canvas.FAINT
    if of.status == "ok":
        share = of.part / of.whole
        box.set_facecolor(SHADES(share))
        color = ink(share)
    ax.add_patch(box)
    _write(ax, column, row, text(of), _canvas.letters(9, scale, color))


def _write(ax: Axes, column: int, row: int, what: str, style: _canvas.Style) -> None:
    centre = sum(EDGES[column : column + 2]) / 2
    ax.text(centre, row + 0.5, what, ha="center", va="center", **style)
