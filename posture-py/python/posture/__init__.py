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

from importlib.metadata import version as _version

from posture._coverage import Coverage, ImageCoverage, PodCoverage, RecordCounts
from posture._engine import Engine
from posture._errors import InputError, PostureError
from posture._evidence import (
    EdgeEvidence,
    Evidence,
    ImageEvidence,
    Item,
    ScanEvidence,
    UngovernedEvidence,
    Vulnerability,
    Workload,
    WorkloadEvidence,
)
from posture._history import (
    Cell,
    Delta,
    End,
    History,
    ItemMoved,
    Moment,
    NamespacePoint,
    Part,
    Point,
    explain,
)
from posture._inputs import ArrowArray, ArrowStream, Flows, Input, Request
from posture._plan import Plan, Step
from posture._recommend import (
    Form,
    Granularity,
    Isolate,
    Proof,
    Recommendation,
    Recommendations,
)
from posture._result import (
    Action,
    Dismissal,
    Dismissals,
    Issue,
    Namespace,
    NamespaceType,
    Previous,
    Result,
    RiskType,
    RiskTypeName,
    StagedCoverage,
    Status,
    TypeStatus,
    Window,
)
from posture._score import plan, recommend, score, score_json
from posture._table import Column, Table
from posture._tally import Tally
from posture._what_if import Outcome, WhatIf

__all__ = [
    "Action",
    "ArrowArray",
    "ArrowStream",
    "Cell",
    "Column",
    "Coverage",
    "Delta",
    "Dismissal",
    "Dismissals",
    "EdgeEvidence",
    "End",
    "Engine",
    "Evidence",
    "Flows",
    "Form",
    "Granularity",
    "History",
    "ImageCoverage",
    "ImageEvidence",
    "Input",
    "InputError",
    "Isolate",
    "Issue",
    "Item",
    "ItemMoved",
    "Moment",
    "Namespace",
    "NamespacePoint",
    "NamespaceType",
    "Outcome",
    "Part",
    "Plan",
    "PodCoverage",
    "Point",
    "PostureError",
    "Previous",
    "Proof",
    "Recommendation",
    "Recommendations",
    "RecordCounts",
    "Request",
    "Result",
    "RiskType",
    "RiskTypeName",
    "ScanEvidence",
    "StagedCoverage",
    "Status",
    "Step",
    "Table",
    "Tally",
    "TypeStatus",
    "UngovernedEvidence",
    "Vulnerability",
    "WhatIf",
    "Window",
    "Workload",
    "WorkloadEvidence",
    "explain",
    "plan",
    "recommend",
    "score",
    "score_json",
]

__version__ = _version("posture-score")
