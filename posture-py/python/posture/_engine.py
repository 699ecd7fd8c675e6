"""Scores: in one call, or with a cluster and tallies held open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from posture import _posture
from posture._decode import decode
from posture._inputs import Flows, Input, Request, names, sort, tables, written
from posture._plan import Plan
from posture._recommend import Form, Granularity, Isolate, Recommendations
from posture._result import Issue, Result
from posture._table import Table
from posture._what_if import WhatIf


def score(*inputs: Input, flows: Flows | None = None, request: Request | None = None) -> Result:
    """Score a cluster.

    Inputs are paths of files and folders (all files in them, hidden ones excepted), the content of
    a file, contents by their names, and Kubernetes objects as dicts: dumps, flow logs, image scans.
    What each is follows from its content. `flows` are flow records in columns, as anything with
    Arrow's PyCapsule interface (a table of pyarrow, pandas, polars or DuckDB), or a list of such;
    columns are not copied. `request` holds the settings (`posture schema request`).

    What cannot be read costs itself alone and is one of the result's `issues`. Raises `InputError`
    for a path that does not exist and for flows that lack a column, `PostureError` for a request
    that cannot be met. Other threads run meanwhile.

    >>> import posture
    >>> pod = {"apiVersion": "v1", "kind": "Pod",
    ...     "metadata": {"namespace": "shop", "name": "web"},
    ...     "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    ...     "status": {"phase": "Running"}}
    >>> result = posture.score(pod, request={"policies_complete": True})
    >>> result
    <posture.Result score 50.0, without high_risk_images, unscanned_images>
    >>> result.actions[0].title
    'Isolate shop: ...'
    """
    return Result._of(score_json(*inputs, flows=flows, request=request))


def score_json(*inputs: Input, flows: Flows | None = None, request: Request | None = None) -> bytes:
    """Score a cluster and return the result as canonical JSON: equal input gives equal bytes.

    The bytes are the same in every language, and on the command line.

    >>> import posture
    >>> posture.score_json({"a.json": b'{"kind": "PodList", "items": []}'}).splitlines()[1]
    b'  "scoring_version": 1,'
    """
    engine = Engine(*inputs, request=request)
    return engine._native.score(engine.tally(flows)._native)


def plan(
    *inputs: Input,
    flows: Flows | None = None,
    request: Request | None = None,
    target: float | None = None,
    steps: int = 10,
) -> Plan:
    """Plan the shortest way to a score: actions one after the other, with the score after each.

    To `target`, in as many steps as it takes, or without it so many `steps` at most.

    >>> import posture
    >>> pod = {"apiVersion": "v1", "kind": "Pod",
    ...     "metadata": {"namespace": "shop", "name": "web"},
    ...     "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    ...     "status": {"phase": "Running"}}
    >>> posture.plan(pod, request={"policies_complete": True}, steps=1).steps[0].score
    100.0
    """
    engine = Engine(*inputs, request=request)
    return engine.plan(engine.tally(flows), target=target, steps=steps)


def recommend(
    *inputs: Input,
    flows: Flows | None = None,
    request: Request | None = None,
    namespaces: Iterable[str] | None = None,
    granularity: Granularity = "namespace",
    form: Form = "staged-calico",
    tier: str | None = None,
    order: int | None = None,
    isolate: Isolate = "unsecured",
) -> Recommendations:
    """Recommend network policies for the traffic that no policy addresses.

    Each is read back and asked about every edge that was seen before it is shown; what would deny
    something that went through is withheld, and says why.

    >>> import posture
    >>> posture.recommend({"a.json": b'{"kind": "PodList", "items": []}'}).recommendations
    []
    """
    engine = Engine(*inputs, request=request)
    return engine.recommend(
        engine.tally(flows),
        namespaces=namespaces,
        granularity=granularity,
        form=form,
        tier=tier,
        order=order,
        isolate=isolate,
    )


class Tally:
    """What was seen of traffic: edges, and counts of records.

    Tallies of any split of the records merge in any order to the same tally.

    >>> import posture
    >>> a, b = posture.Tally(), posture.Tally()
    >>> a.merge(b)
    >>> a == b, a.records, a.edge_count
    (True, 0, 0)
    >>> posture.Tally.from_bytes(a.to_bytes()) == a
    True
    """

    __slots__ = ("_native",)

    def __init__(self) -> None:
        """Make a tally of nothing."""
        self._native = _posture.Tally()

    def add(self, engine: Engine, flows: Flows) -> None:
        """Add flow records in columns, judged by the engine."""
        engine._native.add(self._native, tables(flows))

    def merge(self, other: Tally) -> None:
        """Add all of another tally.

        Edges that are merged twice change no state, only sums: take each split once.
        """
        if other is self:
            other = Tally.from_bytes(self.to_bytes())
        self._native.merge(other._native)

    def to_bytes(self) -> bytes:
        """Return the tally as bytes: equal tallies give equal bytes. Issues are left out."""
        return self._native.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Tally:
        """Read a tally back. Raises `PostureError` for other bytes."""
        return cls._of(_posture.Tally.from_bytes(data))

    @classmethod
    def _of(cls, native: _posture.Tally) -> Tally:
        tally = cls.__new__(cls)
        tally._native = native
        return tally

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return self._native.edge_count

    @property
    def records(self) -> int:
        """How many records there were."""
        return self._native.records

    @property
    def issues(self) -> Table[Issue]:
        """What must be told about the records that were added: rows that are none, and so on."""
        return Table(Issue, [decode(Issue, of) for of in json.loads(self._native.issues())])

    def __eq__(self, other: object) -> bool:
        """Say whether all edges and counts are the same."""
        return isinstance(other, Tally) and self._native == other._native

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as bytes, and the issues."""
        return (_tally, (self.to_bytes(), self._native.issues()))

    def __repr__(self) -> str:
        """Say how much was seen."""
        return f"<posture.Tally of {self.records} records, {self.edge_count} edges>"


class Engine:
    """A cluster and its compiled policies, made ready once for many tallies.

    It can be pickled and sent as bytes: the input and the request as they came, from which it is
    made anew there.

    >>> import posture
    >>> engine = posture.Engine({"objects.json": b'{"kind": "PodList", "items": []}'})
    >>> engine.score(engine.tally()).status
    'no_data'
    >>> posture.Engine.from_bytes(engine.to_bytes()).score().status
    'no_data'
    """

    __slots__ = ("_native",)

    def __init__(self, *inputs: Input, request: Request | None = None) -> None:
        """Read a cluster. Flow logs among the inputs wait for `tally`."""
        paths, contents = sort(inputs)
        self._native = _posture.Engine(paths, contents, written(request))

    def tally(self, flows: Flows | None = None) -> Tally:
        """Tally the flow logs among the inputs, and flow records in columns beside them."""
        return Tally._of(self._native.tally(tables(flows)))

    def score(self, tally: Tally | None = None) -> Result:
        """Score the cluster by a tally; without one, by the flow logs among the inputs."""
        return Result._of(self._native.score(self._or_own(tally)._native))

    def what_if(self, tally: Tally | None = None) -> WhatIf:
        """Hold an assessment open for changes."""
        return WhatIf(self, self._or_own(tally))

    def plan(
        self, tally: Tally | None = None, *, target: float | None = None, steps: int = 10
    ) -> Plan:
        """Plan the shortest way to a score; see `posture.plan`."""
        native = self._or_own(tally)._native
        return decode(Plan, json.loads(self._native.plan(native, target, steps)))

    def recommend(
        self,
        tally: Tally | None = None,
        *,
        namespaces: Iterable[str] | None = None,
        granularity: Granularity = "namespace",
        form: Form = "staged-calico",
        tier: str | None = None,
        order: int | None = None,
        isolate: Isolate = "unsecured",
    ) -> Recommendations:
        """Recommend network policies; see `posture.recommend`."""
        wanted = {
            "granularity": granularity,
            "form": form,
            "tier": tier,
            "order": order,
            "isolate": isolate,
        }
        named = None if namespaces is None else names(namespaces, "namespaces")
        native = self._or_own(tally)._native
        told, yaml = self._native.recommend(native, json.dumps(wanted), named)
        recommended = json.loads(told)
        for of, text in zip(recommended["recommendations"], yaml, strict=True):
            of["yaml"] = text
        return decode(Recommendations, recommended)

    def to_bytes(self) -> bytes:
        """Return what the engine is made of: the input, without flow logs, and the request."""
        return self._native.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Engine:
        """Make an engine anew. Raises `PostureError` for other bytes."""
        engine = cls.__new__(cls)
        engine._native = _posture.Engine.from_bytes(data)
        return engine

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as bytes."""
        return (Engine.from_bytes, (self.to_bytes(),))

    def __repr__(self) -> str:
        """Say what was read."""
        return f"<posture.Engine {self._native.describe()}>"

    def _or_own(self, tally: Tally | None) -> Tally:
        return self.tally() if tally is None else tally


def _tally(data: bytes, issues: str) -> Tally:
    return Tally._of(_posture.Tally.from_bytes(data, issues))
