"""Pictures of results, for reports and talks: `pip install "posture-score[plot]"`.

>>> import posture.plot
>>> result = posture.score({"cluster.json": b'{"kind": "List", "items": []}'})
>>> axes = posture.plot.score(result)
>>> axes.figure.savefig("score.png")  # doctest: +SKIP

Every function takes the axes to draw on, or makes a figure of its own, and returns the axes. A
notebook shows them as they are. Nothing is kept: pyplot, its current figure and its settings are
left alone. All numbers come from the result, all colours from one palette that colour-blind people
can tell apart too.
"""

from __future__ import annotations

try:
    import matplotlib as _matplotlib  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'plots need matplotlib: `pip install "posture-score[plot]"`', name=error.name
    ) from error

from posture.plot._history import history
from posture.plot._namespaces import namespaces
from posture.plot._plan import plan
from posture.plot._score import score
from posture.plot._waterfall import waterfall

__all__ = ["history", "namespaces", "plan", "score", "waterfall"]
