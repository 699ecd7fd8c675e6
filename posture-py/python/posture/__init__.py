"""Kubernetes security posture scores: open, exact, explainable.

>>> import posture
>>> result = posture.score({"cluster.json": b'{"kind": "List", "items": []}'})
>>> result.status
'no_data'

`score` goes from files and tables to a `Result`; `plan` and `recommend` say what to do. An `Engine`
holds a cluster ready for many `Tally`s of its traffic, `WhatIf` an assessment open for changes, and
`History` keeps what was scored. Files are dumps of `kubectl get -o json`, flow logs and reports of
image scanners; what a file holds is found by its content.
"""

from __future__ import annotations

from posture._coverage import Coverage
from posture._engine import Engine, Tally, plan, recommend, score, score_json
from posture._errors import InputError, PostureError
from posture._evidence import Evidence, Item
from posture._history import Delta, History, Part, Point, explain
from posture._inputs import ArrowArray, ArrowStream, Flows, Input, Request
from posture._plan import Plan, Step
from posture._recommend import Proof, Recommendation, Recommendations
from posture._result import (
    Action,
    Dismissal,
    Dismissals,
    Issue,
    Namespace,
    NamespaceType,
    Result,
    RiskType,
)
from posture._table import Table
from posture._what_if import Outcome, WhatIf

__all__ = [
    "Action",
    "ArrowArray",
    "ArrowStream",
    "Coverage",
    "Delta",
    "Dismissal",
    "Dismissals",
    "Engine",
    "Evidence",
    "Flows",
    "History",
    "Input",
    "InputError",
    "Issue",
    "Item",
    "Namespace",
    "NamespaceType",
    "Outcome",
    "Part",
    "Plan",
    "Point",
    "PostureError",
    "Proof",
    "Recommendation",
    "Recommendations",
    "Request",
    "Result",
    "RiskType",
    "Step",
    "Table",
    "Tally",
    "WhatIf",
    "explain",
    "plan",
    "recommend",
    "score",
    "score_json",
]
