"""Recommended policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from posture._result import Issue, _column
from posture._table import Column, Table

Granularity = Literal["namespace", "workload"]
"""One policy for each namespace, or for each workload."""

Form = Literal["staged-calico", "staged-kubernetes", "calico", "kubernetes"]
"""Which kind of policy."""

Isolate = Literal["unsecured", "both"]
"""Which directions policies isolate: those with unsecured traffic, or both."""


@dataclass(frozen=True)
class Proof:
    """What recommended policies make of the traffic that was seen."""

    targets: int
    """Unsecured edges that went through, and directions of workloads, that they are for."""
    covered: int
    """How many of them they secure."""
    awaiting_reconnect: int
    allowed: int
    """Edges that went through, and still would."""
    would_deny: tuple[str, ...]
    """Edges that went through, and would not."""
    would_allow: tuple[str, ...]
    """Edges that were denied, and would go through."""
    unknown: int
    """Edges of which it is not known whether they still would."""
    unknown_edges: tuple[str, ...]
    score_before: float | None
    score_after: float | None
    gain: float | None


def _proof_column(name: str, kind: Any) -> Column:
    return Column(name, kind, lambda row: getattr(row.proof, name))


@dataclass(frozen=True)
class Recommendation:
    """Recommended policies of a namespace, and what was proved of them.

    The table has the namespace, the status, the YAML, what is withheld, the warnings, and the
    numbers of the proof.
    """

    namespace: str
    status: Literal["learning", "stabilizing", "stable"] | None
    """How much was seen of its traffic; None where there are no flow logs."""
    policies: tuple[Mapping[str, Any], ...]
    """As objects; none where they are withheld."""
    withheld: tuple[str, ...]
    """Why there are none."""
    warnings: tuple[str, ...]
    proof: Proof
    yaml: str
    """The policies as YAML documents, with what was proved of them in comments."""

    COLUMNS: ClassVar = (
        _column("namespace", "text"),
        _column("status", "text"),
        _column("yaml", "text"),
        _column("withheld", "texts"),
        _column("warnings", "texts"),
        _proof_column("targets", "integer"),
        _proof_column("covered", "integer"),
        _proof_column("allowed", "integer"),
        _proof_column("would_deny", "texts"),
        _proof_column("unknown", "integer"),
        _proof_column("score_before", "number"),
        _proof_column("score_after", "number"),
        _proof_column("gain", "number"),
    )


@dataclass(frozen=True)
class Recommendations:
    """Recommended policies of a cluster."""

    score: float | None
    """The score today."""
    score_with_all: float | None
    """The score with all policies that are shown."""
    recommendations: Table[Recommendation]
    issues: Table[Issue]

    def _repr_html_(self) -> str:
        """Return the recommendations as a piece of HTML, for notebooks."""
        return self.recommendations._repr_html_()

    @property
    def yaml(self) -> str:
        """All policies as YAML documents."""
        return "".join(of.yaml for of in self.recommendations)
