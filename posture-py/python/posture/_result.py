"""The result of an assessment, as it stands in its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar, Literal

from posture import _posture
from posture._coverage import Coverage
from posture._decode import decode
from posture._evidence import Item
from posture._html import result_html
from posture._table import Column, Table
from posture._text import counted, shown

RiskTypeName = Literal[
    "high_risk_images", "unscanned_images", "egress_access", "namespace_isolation"
]
"""The four risk types, in order."""

RISK_TYPES: tuple[RiskTypeName, ...] = (
    "high_risk_images",
    "unscanned_images",
    "egress_access",
    "namespace_isolation",
)

Status = Literal["ok", "no_data", "not_assessed"]
"""Whether there is a score."""

TypeStatus = Literal["ok", "not_applicable", "not_assessed"]
"""Whether a type says anything: there may be nothing that it could be about, or the input does not
tell."""


def _column(name: str, kind: Any) -> Column:
    return Column(name, kind, attrgetter(name))


@dataclass(frozen=True)
class Window:
    """The time that records cover."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Previous:
    """What is kept of the earlier result that was given."""

    score: float | None
    at: datetime | None


@dataclass(frozen=True)
class RiskType:
    """One of the four risk types."""

    type: RiskTypeName
    status: TypeStatus
    evidence: Literal["scans", "traffic", "static"] | None
    """What it was judged from."""
    weight: int
    score: float | None
    """0 to 100; None where it is not assessed."""
    contribution: float
    """The points of the cluster's score that it costs."""
    part: int
    """How much is at risk, over all counted namespaces."""
    whole: int
    """How much there is."""

    COLUMNS: ClassVar = (
        _column("type", "text"),
        _column("status", "text"),
        _column("evidence", "text"),
        _column("weight", "integer"),
        _column("score", "number"),
        _column("contribution", "number"),
        _column("part", "integer"),
        _column("whole", "integer"),
    )


@dataclass(frozen=True)
class NamespaceType:
    """One risk type in one namespace."""

    status: TypeStatus
    part: int
    """How much is at risk."""
    whole: int
    """How much there is."""
    dismissed: int
    """How much would be at risk beside it, and was dismissed."""
    contribution: float
    """The points of the cluster's score that are lost to it here."""


def _namespace_column(of: RiskTypeName, name: str, kind: Any) -> Column:
    return Column(f"{of}_{name}", kind, lambda row: getattr(row.types[of], name))


@dataclass(frozen=True)
class Namespace:
    """A counted namespace.

    The table has its name, score and risk, and five columns for each type, such as
    `egress_access_part`.
    """

    namespace: str
    score: float | None
    """0 to 100; None where the cluster has none."""
    risk: float
    """The points of the cluster's score that are lost here."""
    types: Mapping[RiskTypeName, NamespaceType]
    """All four types."""

    COLUMNS: ClassVar = (
        _column("namespace", "text"),
        _column("score", "number"),
        _column("risk", "number"),
        *(
            _namespace_column(of, name, kind)
            for of in RISK_TYPES
            for name, kind in (
                ("status", "text"),
                ("part", "integer"),
                ("whole", "integer"),
                ("dismissed", "integer"),
                ("contribution", "number"),
            )
        ),
    )


@dataclass(frozen=True)
class StagedCoverage:
    """What a staged policy would cover of an action, if it alone were enforced."""

    policy: str | None
    """None where traces alone tell, of all staged ones together."""
    items: int
    gain: float
    by: Literal["evaluation", "pending_traces"]


@dataclass(frozen=True)
class Action:
    """One recommended action. The table has all but `items` and `staged`."""

    rank: int
    """Its place, from 1."""
    id: str
    """`kind/namespace`, such as `secure-egress/shop`."""
    type: RiskTypeName
    namespace: str
    title: str
    severity: Literal["low", "medium", "high", "critical"]
    gain: float
    """The points that it is sure to gain."""
    gain_max: float
    """The points that it gains at best."""
    part: int
    whole: int
    item_count: int
    items: tuple[Item, ...]
    """Those that lost the most points, as many as were asked for."""
    staged: tuple[StagedCoverage, ...]

    COLUMNS: ClassVar = (
        _column("rank", "integer"),
        _column("id", "text"),
        _column("type", "text"),
        _column("namespace", "text"),
        _column("title", "text"),
        _column("severity", "text"),
        _column("gain", "number"),
        _column("gain_max", "number"),
        _column("part", "integer"),
        _column("whole", "integer"),
        _column("item_count", "integer"),
    )


@dataclass(frozen=True)
class Dismissal:
    """A dismissal, and what it does. The table has all but `items`."""

    action: str
    """`kind/namespace`."""
    reason: str
    by: str
    at: datetime
    until: datetime | None
    covers: Literal["items", "action"]
    points: float
    """The points of the cluster's score that it gives back."""
    item_count: int
    items: tuple[Item, ...]

    COLUMNS: ClassVar = (
        _column("action", "text"),
        _column("reason", "text"),
        _column("by", "text"),
        _column("at", "time"),
        _column("until", "time"),
        _column("covers", "text"),
        _column("points", "number"),
        _column("item_count", "integer"),
    )


@dataclass(frozen=True)
class Dismissals:
    """What was dismissed, and what became of it."""

    active: Table[Dismissal]
    """In force."""
    expired: Table[Dismissal]
    """Past their time."""
    orphaned: Table[Dismissal]
    """About what is not at risk any more."""


@dataclass(frozen=True)
class Issue:
    """What a person must be told about the input."""

    severity: Literal["warning", "info"]
    kind: str
    file: str
    """As the caller named it; empty when it is about the input as a whole."""
    at: str
    """Where in the file; empty for the whole file."""
    message: str
    count: int

    COLUMNS: ClassVar = (
        _column("severity", "text"),
        _column("kind", "text"),
        _column("file", "text"),
        _column("at", "text"),
        _column("message", "text"),
        _column("count", "integer"),
    )


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The result of an assessment: what `posture schema result` describes.

    Scores are numbers from 0 to 100, None where there is none. Two results are equal where their
    JSON is.

    >>> import posture
    >>> result = posture.score({"objects.json": b'{"kind": "PodList", "items": []}'},
    ...     request={"policies_complete": True})
    >>> result
    <posture.Result no score: no_data>
    >>> result.to_json().decode().splitlines()[1]
    '  "scoring_version": 1,'
    >>> posture.Result.from_json(result.to_json()) == result
    True
    """

    scoring_version: int
    method: Mapping[str, Any]
    at: datetime | None
    window: Window | None
    score: float | None
    status: Status
    assessed_score: float | None
    """The score over the assessed types alone."""
    score_without_dismissals: float | None
    previous: Previous | None
    delta: float | None
    """The score minus the previous one."""
    types: Table[RiskType]
    namespaces: Table[Namespace]
    """The highest risk first, then by name."""
    actions: Table[Action]
    """The best first."""
    dismissals: Dismissals
    coverage: Coverage
    issues: Table[Issue]
    """Warnings first."""

    @classmethod
    def from_json(cls, data: bytes | str) -> Result:
        """Read a result back from JSON. Raises `PostureError` where it is none."""
        return cls._of(_posture.canonical(data.encode() if isinstance(data, str) else data))

    @classmethod
    def _of(cls, canonical: bytes) -> Result:
        result = decode(cls, json.loads(canonical))
        object.__setattr__(result, "_json", canonical)
        return result

    def to_json(self) -> bytes:
        """Return the canonical JSON: the same bytes as in every other language."""
        json_: bytes = self.__dict__["_json"]
        return json_

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON as Python values."""
        values: dict[str, Any] = json.loads(self.to_json())
        return values

    @property
    def dismissed(self) -> Table[Dismissal]:
        """The dismissals in force."""
        return self.dismissals.active

    def __eq__(self, other: object) -> bool:
        """Say whether the JSON is the same."""
        return isinstance(other, Result) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        """Hash the JSON."""
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as JSON."""
        return (Result.from_json, (self.to_json(),))

    def __repr__(self) -> str:
        """Say the score, and what is missing."""
        score = f"no score: {self.status}" if self.score is None else f"score {shown(self.score)}"
        missing = [of.type for of in self.types if of.status == "not_assessed"]
        parts = [score]
        if missing and self.score is not None:
            parts.append(f"without {', '.join(missing)}")
        warnings = sum(issue.count for issue in self.issues if issue.severity == "warning")
        if warnings:
            parts.append(counted(warnings, "warning"))
        return f"<posture.Result {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        """Return the result for a notebook."""
        return result_html(self)
