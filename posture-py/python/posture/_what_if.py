"""What the score would be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture import _posture
from posture._decode import decode
from posture._inputs import names
from posture._result import RiskTypeName, Status

if TYPE_CHECKING:
    from posture._engine import Engine
    from posture._tally import Tally


@dataclass(frozen=True)
class Outcome:
    """What the scores would be."""

    status: Status
    score: float | None
    """When the scans that are done find nothing."""
    assessed_score: float | None
    types: Mapping[RiskTypeName, float | None]
    score_at_worst: float | None
    """When these scans find the worst in every image."""
    score_without_dismissals: float | None


class WhatIf:
    """One assessment held open for changes, each of which costs what it moves.

    It is for one thread at a time.

    >>> import posture
    >>> engine = posture.Engine({"apiVersion": "v1", "kind": "Pod",
    ...     "metadata": {"namespace": "shop", "name": "web"},
    ...     "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    ...     "status": {"phase": "Running"}}, request={"policies_complete": True})
    >>> what_if = engine.what_if()
    >>> what_if.now.score
    50.0
    >>> what_if.try_out(done=["isolate-namespace/shop"]).score
    100.0
    """

    __slots__ = ("_native",)

    def __init__(self, engine: Engine, tally: Tally | None = None) -> None:
        """Open an assessment of a cluster by the tally of its traffic."""
        self._native = _posture.WhatIf(engine._native, engine._or_own(tally)._native)

    @property
    def now(self) -> Outcome:
        """What the scores are."""
        return decode(Outcome, json.loads(self._native.now()))

    def try_out(
        self,
        *,
        done: Iterable[str] = (),
        dismiss: Iterable[str] = (),
        revert: Iterable[str] = (),
        weights: Mapping[RiskTypeName, int] | None = None,
        left_out: Iterable[str] = (),
        policies: str | bytes | None = None,
    ) -> Outcome:
        """Say what the scores are in a scenario.

        Actions (`secure-egress/shop`) that are `done`, that are dismissed, or whose dismissals are
        taken back; other weights of types; namespaces that are left out; and `policies` in YAML
        that are enforced, staged ones too: all traffic that was seen is asked of them and of the
        cluster's own. Nothing of a scenario stays: the next one starts from what is.

        Raises `PostureError` for what is not there, which cannot be different.
        """
        scenario = {
            "done": names(done, "done"),
            "dismiss": names(dismiss, "dismiss"),
            "revert": names(revert, "revert"),
            "weights": dict(weights or {}),
            "left_out": names(left_out, "left_out"),
        }
        text = policies.encode() if isinstance(policies, str) else policies
        return decode(Outcome, json.loads(self._native.try_out(json.dumps(scenario), text)))
