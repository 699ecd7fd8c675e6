"""The shortest way to a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from posture._result import _column
from posture._table import Table


@dataclass(frozen=True)
class Step:
    """One step of a plan."""

    action: str
    """`kind/namespace`."""
    item_count: int
    gain: float
    """The points that it is sure to gain after the steps before it."""
    gain_max: float
    """The points that it gains at best."""
    score: float
    """The score after it, when scans find the worst."""
    score_max: float
    """The score after it, when scans find nothing."""

    COLUMNS: ClassVar = (
        _column("action", "text"),
        _column("item_count", "integer"),
        _column("gain", "number"),
        _column("gain_max", "number"),
        _column("score", "number"),
        _column("score_max", "number"),
    )


@dataclass(frozen=True)
class Plan:
    """The way to a goal."""

    score: float | None
    """The score that it starts from; where there is none, there are no steps."""
    steps: Table[Step]

    def _repr_html_(self) -> str:
        """Return the steps as a piece of HTML, for notebooks."""
        return self.steps._repr_html_()
