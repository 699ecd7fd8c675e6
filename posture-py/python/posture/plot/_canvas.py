"""Axes to draw on, and the one palette of all plots."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

Style = dict[str, Any]
"""Properties of artists, by their names in matplotlib."""

INK = "#1f2328"
FAINT = "#5e666f"
LINE = "#d8dee4"
TRACK = "#eef1f4"
PAPER = "#ffffff"
SCORE = "#24405c"
GAIN = "#009e73"

TYPES = {
    "high_risk_images": "#d55e00",
    "unscanned_images": "#f0b429",
    "egress_access": "#0072b2",
    "namespace_isolation": "#7cc4ee",
}
"""Images are warm and traffic is cold; of each two one is dark and one is light, so that they
differ also where colours do not. After Okabe and Ito, "Color Universal Design" (2008)."""

UNKNOWN: Style = {"facecolor": TRACK, "edgecolor": FAINT, "hatch": "/////"}
"""What nobody looked at."""

SHARES = ["#fdf6ee", "#f9d9b4", "#f2ab6b", "#d9702a", "#9a3d08"]
"""From nothing at risk to everything, in one hue and ever darker."""


class Picture(Axes):
    """Axes that a notebook shows, without pyplot and whatever its backend."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        figure = _figure(self)
        file = BytesIO()
        figure.savefig(file, format="png", dpi=2 * figure.dpi)
        width, height = figure.get_size_inches() * figure.dpi
        return file.getvalue(), {"width": round(width), "height": round(height)}


def place(ax: Axes | None, width: float, height: float) -> tuple[Axes, float]:
    """Return axes without a frame, and how large texts are on them.

    Without `ax` a figure of its own is made, as large as the plot wants to be, of which pyplot
    knows nothing. On smaller axes texts are smaller, too.
    """
    if ax is None:
        margins = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
        figure = Figure(figsize=(width, height), facecolor=PAPER, layout=margins)
        ax, scale = figure.add_subplot(axes_class=Picture), 1.0
    else:
        across, up = inches(ax)
        scale = min(1.0, across / (0.7 * width), up / (0.7 * height))
    ax.set_facecolor(PAPER)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax, scale


def inches(ax: Axes) -> tuple[float, float]:
    """How large axes are."""
    width, height = _figure(ax).get_size_inches()
    return ax.get_position().width * width, ax.get_position().height * height


def fitting(ax: Axes, scale: float, rows: int) -> float:
    """Return how large texts are where so many rows of them stand below each other."""
    return scale if isinstance(ax, Picture) else min(scale, inches(ax)[1] / rows / 0.2)


def title(ax: Axes, text: str, scale: float) -> None:
    """Write the title, at the left."""
    style = letters(12, scale)
    ax.set_title(text, loc="left", fontweight="bold", pad=10 * scale, **style)


def letters(size: float, scale: float, color: str = INK) -> Style:
    """How texts look: the names in them are names, never formulas."""
    return {"fontsize": size * scale, "color": color, "parse_math": False}


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("expected axes of a figure")
    return figure
