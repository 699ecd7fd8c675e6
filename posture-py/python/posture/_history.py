"""History: one file of SQLite, the same as the command line's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, ClassVar, Literal

from posture import _posture
from posture._coverage import Coverage
from posture._decode import decode
from posture._result import Result, RiskType, RiskTypeName, Status, _column
from posture._table import Column, Table

Kind = Literal["method", "scope", "fixed", "dismissed", "resized", "reverted", "expired", "new"]
"""What a part of a difference comes from."""


@dataclass(frozen=True)
class Cell:
    """One risk type in one namespace."""

    part: int
    whole: int
    dismissed: int
    contribution: float
    items: Mapping[str, Any] | None
    """The items at risk and those that were dismissed, by key; None where not all are known."""


@dataclass(frozen=True)
class NamespacePoint:
    """A counted namespace."""

    score: float | None
    types: Mapping[RiskTypeName, Cell]


def _lost_column(number: int, of: RiskTypeName) -> Column:
    return Column(f"{of}_lost", "number", lambda point: point.types[number].contribution)


@dataclass(frozen=True)
class Point:
    """What history keeps of one result.

    The table has time, scores, status, version, and the points lost to each type.
    """

    at: datetime | None
    score: float | None
    status: Status
    scoring_version: int
    method: Mapping[str, Any]
    score_without_dismissals: float | None
    types: tuple[RiskType, ...]
    namespaces: Mapping[str, NamespacePoint]
    expired: tuple[str, ...]
    """The actions whose dismissals are past their time."""
    coverage: Coverage

    COLUMNS: ClassVar = (
        _column("at", "time"),
        _column("score", "number"),
        _column("score_without_dismissals", "number"),
        _column("status", "text"),
        _column("scoring_version", "integer"),
        _lost_column(0, "high_risk_images"),
        _lost_column(1, "unscanned_images"),
        _lost_column(2, "egress_access"),
        _lost_column(3, "namespace_isolation"),
    )


@dataclass(frozen=True)
class End:
    """One end of a difference."""

    at: datetime | None
    score: float | None
    status: Status


@dataclass(frozen=True)
class ItemMoved:
    """An item that a part is about."""

    key: str
    name: str | None
    """The first name that it runs under, of an image."""


@dataclass(frozen=True)
class Part:
    """A part of a difference. The table has all but the names of items."""

    kind: Kind
    type: RiskTypeName
    namespace: str
    points: float
    """By how much it raises the score: below 0 where it lowers it."""
    count: int
    net: bool
    """Whether only net numbers are known."""
    items: tuple[ItemMoved, ...]

    COLUMNS: ClassVar = (
        _column("kind", "text"),
        _column("type", "text"),
        _column("namespace", "text"),
        _column("points", "number"),
        _column("count", "integer"),
        _column("net", "bool"),
        Column("items", "texts", lambda part: [item.key for item in part.items]),
    )


@dataclass(frozen=True)
class Delta:
    """The difference between two results, and what it is made of: the parts sum to it."""

    before: End
    after: End
    delta: float | None
    """The later score minus the earlier one; None where one is missing."""
    unexplained: Literal["no_score_before", "no_score_after", "no_scores"] | None
    method_changes: tuple[str, ...]
    """What differs in how the two were scored."""
    kinds: Mapping[Kind, float]
    """The sum of the parts of each kind."""
    parts: Table[Part]
    """The heaviest first."""


Moment = Result | datetime | Literal["latest", "previous"]
"""A result, or a point of a history: the last one that is not after a time, the last one of all, or
the one before it."""


def explain(before: Result, after: Result) -> Delta:
    """Explain the difference between two results of one cluster.

    Where they list every item (`request={"max_items": "all"}`) items are told by name, else by
    their numbers.

    >>> import posture
    >>> result = posture.score({"objects.json": b'{"kind": "PodList", "items": []}'})
    >>> posture.explain(result, result).unexplained
    'no_scores'
    """
    return decode(Delta, json.loads(_posture.explain(before.to_json(), after.to_json())))


class History:
    """A history: points of results, appended and never changed.

    The file is made when the first result is recorded. One in a folder that cannot be written can
    be read.

    >>> import posture, tempfile, os
    >>> history = posture.History(os.path.join(tempfile.mkdtemp(), "history.db"))
    >>> result = posture.score({"objects.json": b'{"kind": "PodList", "items": []}'},
    ...     request={"now": "2026-11-20T10:00:00Z"})
    >>> history.record(result), history.record(result)
    (True, False)
    >>> [point.status for point in history.points()]
    ['no_data']
    """

    __slots__ = ("_path",)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Name the file of a history; it need not be there yet."""
        self._path = os.fspath(path)

    @property
    def path(self) -> str:
        """The file."""
        return self._path

    def __repr__(self) -> str:
        """Name the file."""
        return f"posture.History({self._path!r})"

    def record(self, result: Result, *, series: str = "default") -> bool:
        """Append a result, and come back when it is on the disk; say whether it is new.

        The point is of the time that the result is of (`at`). The same result may be recorded
        twice. Raises `PostureError` for a result without a time, and for another one of the same
        time. A result that lists every item (`request={"max_items": "all"}`) explains the most.
        """
        return _posture.record(self._path, series, result.to_json())

    def series(self) -> tuple[str, ...]:
        """Return the names of all series."""
        return tuple(_posture.series(self._path))

    def points(self, *, series: str = "default", since: datetime | None = None) -> Table[Point]:
        """Return the points of a series, the newest last; those since a time, where one is given.

        Raises `PostureError` where there is no such history.
        """
        first = None if since is None else _time(since)
        rows = json.loads(_posture.points(self._path, series, first))
        return Table(Point, [decode(Point, row) for row in rows])

    def explain(
        self,
        before: Moment = "previous",
        after: Moment = "latest",
        *,
        series: str = "default",
    ) -> Delta:
        """Explain the difference between two points, or results: its parts sum to it."""
        before_, after_ = _moment(before), _moment(after)
        return decode(
            Delta, json.loads(_posture.explain_points(self._path, series, before_, after_))
        )


def _moment(moment: Moment) -> str | bytes:
    if isinstance(moment, Result):
        return moment.to_json()
    return _time(moment) if isinstance(moment, datetime) else moment


def _time(time: datetime) -> str:
    if time.tzinfo is None:
        raise ValueError("expected a time with a time zone, such as `datetime.now(timezone.utc)`")
    return time.astimezone(timezone.utc).isoformat()
