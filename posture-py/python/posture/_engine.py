"""A cluster held ready for many tallies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from posture import _posture
from posture._decode import decode
from posture._inputs import Flows, Input, Request, names, sort, tables, written
from posture._plan import Plan
from posture._recommend import Form, Granularity, Isolate, Recommendations
from posture._result import Result
from posture._tally import Tally
from posture._text import counted
from posture._what_if import WhatIf


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
        words = zip(self._native.counts(), ("namespace", "running pod", "policy"), strict=True)
        return f"<posture.Engine {', '.join(counted(*of) for of in words)}>"

    def _or_own(self, tally: Tally | None) -> Tally:
        return self.tally() if tally is None else tally
