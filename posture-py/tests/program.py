"""A program as users write it, with all that is public in it.

mypy holds it to `--strict`, and a test runs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import posture
import posture.plot
from posture import PostureError, Result, Table

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.axes import Axes
    from pyspark.sql import DataFrame

SETTINGS: posture.Request = {"policies_complete": True, "max_items": "all"}
HEAVY: Mapping[posture.RiskTypeName, int] = {"egress_access": 75}
KINDS: tuple[posture.Form, posture.Granularity, posture.Isolate] = ("calico", "workload", "both")


class Batches:
    """A table of one's own: whatever has Arrow's interface can be tallied."""

    def __init__(self, table: posture.ArrowStream) -> None:
        """Keep the table."""
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the table's stream."""
        return self.table.__arrow_c_stream__(requested_schema)


def scored(cluster: posture.Input, flows: posture.Flows | None, now: datetime) -> Result:
    """Score a cluster, in one call and in many."""
    request = {**SETTINGS, "now": now.isoformat()}
    result = posture.score(cluster, flows=flows, request=request)
    assert posture.score_json(cluster, flows=flows, request=request) == result.to_json()
    assert Result.from_json(result.to_json()) == result
    engine = posture.Engine(cluster, request=request)
    tally: posture.Tally = engine.tally(flows)
    again = posture.Tally()
    again.merge(posture.Tally.from_bytes(tally.to_bytes()))
    assert posture.Engine.from_bytes(engine.to_bytes()).score(again) == engine.score(tally)
    return result


def tables_of(given: list[posture.ArrowStream | posture.ArrowArray]) -> posture.Flows:
    """Return tables as flows."""
    return given


def said(result: Result) -> Iterator[str]:
    """Yield what a report says."""
    status: posture.Status = result.status
    score: float | None = result.score
    yield f"{status} {score if score is not None else 'no score'} {result!r}"
    window: posture.Window | None = result.window
    if window is not None:
        yield f"{window.end - window.start}"
    previous: posture.Previous | None = result.previous
    yield f"{previous.at if previous else 'first'} {result.delta}"
    for of in result.types:
        yield in_words(of)
    for namespace in result.namespaces:
        yield from of_namespace(namespace)
    for action in result.actions:
        yield from of_action(action)
    for issue in result.issues:
        yield f"{issue_of(issue)}: {issue.message}"
    yield from of_coverage(result.coverage)
    yield from of_dismissals(result.dismissals)


def in_words(of: posture.RiskType) -> str:
    """Say what a type loses."""
    status: posture.TypeStatus = of.status
    return f"{of.type}: {-of.contribution:+.1f}" if status == "ok" else f"{of.type}: {status}"


def of_namespace(of: posture.Namespace) -> Iterator[str]:
    """Say what a namespace loses."""
    egress: posture.NamespaceType = of.types["egress_access"]
    yield f"{of.namespace}: {of.risk:.1f} points, {egress.part} of {egress.whole} by egress"


def of_action(action: posture.Action) -> Iterator[str]:
    """Say what an action is about."""
    yield f"{action.rank}. {action.title} (+{action.gain:.1f} to +{action.gain_max:.1f})"
    staged: tuple[posture.StagedCoverage, ...] = action.staged
    yield from (f"  {of.policy}: {of.items} items" for of in staged)
    for item in action.items:
        yield f"  {item.points:.2f} {of_item(item)}"


def of_item(item: posture.Item) -> str:
    """Say what an item is."""
    evidence: posture.Evidence = item.evidence
    image: posture.ImageEvidence | None = evidence.image
    if image is not None:
        scan: posture.ScanEvidence | None = image.scan
        worst: tuple[posture.Vulnerability, ...] = scan.vulnerabilities if scan else ()
        return f"{image.names} {[of.id for of in worst if of.severity == 'critical']}"
    egress: posture.WorkloadEvidence | None = evidence.workload
    if egress is not None:
        return f"{named(egress.workload)}: {egress.edge_count} edges"
    edge: posture.EdgeEvidence | None = evidence.edge
    if edge is not None:
        return f"{named(edge.workload)} {edge.direction} {edge.peer['type']}"
    static: posture.UngovernedEvidence | None = evidence.ungoverned
    return item.key if static is None else f"{named(static.workload)} {static.direction}"


def named(workload: posture.Workload) -> str:
    """Return the name of a workload."""
    return f"{workload.namespace}/{workload.name}"


def issue_of(issue: posture.Issue) -> str:
    """Say where an issue is."""
    return f"{issue.file or 'the input'} {issue.at}"


def of_coverage(coverage: posture.Coverage) -> Iterator[str]:
    """Say what a score rests on."""
    records: posture.RecordCounts = coverage.records
    images: posture.ImageCoverage = coverage.images
    pods: posture.PodCoverage = coverage.pods
    yield f"{records.total} records, {images.scanned} scans, {pods.running} pods"


def of_dismissals(dismissals: posture.Dismissals) -> Iterator[str]:
    """Say what is dismissed."""
    active: Table[posture.Dismissal] = dismissals.active
    yield from (f"{of.action} by {of.by} until {of.until}: {of.reason}" for of in active)


def frames(result: Result) -> tuple[posture.ArrowStream, pandas.DataFrame, polars.DataFrame]:
    """Return tables of three libraries."""
    rows: Table[posture.Namespace] = result.namespaces
    first: tuple[posture.Namespace, ...] = rows[:10]
    assert len(first) <= 10
    names: tuple[str, ...] = rows.columns
    assert len(names) == len(posture.Namespace.COLUMNS)
    columns: tuple[posture.Column, ...] = posture.Namespace.COLUMNS
    assert [column.name for column in columns] == list(names)
    return rows.to_arrow(), rows.to_pandas(), rows.to_polars()


def next_steps(cluster: posture.Input, flows: posture.Flows) -> Iterator[str]:
    """Yield what to do, and what would be."""
    plan: posture.Plan = posture.plan(cluster, flows=flows, request=SETTINGS, target=100)
    steps: Table[posture.Step] = plan.steps
    yield from (f"{step.action}: {step.score}" for step in steps)
    form, granularity, isolate = KINDS
    made: posture.Recommendations = posture.recommend(
        cluster, flows=flows, request=SETTINGS, form=form, granularity=granularity, isolate=isolate
    )
    for of in made.recommendations:
        yield proved(of)
    engine = posture.Engine(cluster, request=SETTINGS)
    what_if: posture.WhatIf = engine.what_if(engine.tally(flows))
    outcome: posture.Outcome = what_if.try_out(weights=HEAVY, policies=made.yaml or None)
    yield f"{what_if.now.score} -> {outcome.score}, {outcome.types['egress_access']}"


def proved(of: posture.Recommendation) -> str:
    """Say what was proved of a recommendation."""
    proof: posture.Proof = of.proof
    return f"{of.namespace}: {proof.covered} of {proof.targets}, {', '.join(of.withheld)}"


def remembered(path: Path, results: list[Result]) -> Iterator[str]:
    """Record results, and yield what moved between the first two."""
    history = posture.History(path)
    for result in results:
        history.record(result)
    points: Table[posture.Point] = history.points()
    for point in points:
        at: posture.NamespacePoint | None = point.namespaces.get("shop")
        cell: posture.Cell | None = at.types["egress_access"] if at else None
        yield f"{point.at}: {point.score}, {cell.part if cell else 0}"
    since: posture.Moment = "previous"
    delta: posture.Delta = history.explain(since, results[-1])
    assert delta == posture.explain(results[-2], results[-1])
    before: posture.End = delta.before
    parts: Table[posture.Part] = delta.parts
    yield f"{before.score} {delta.delta}"
    for part in parts:
        items: tuple[posture.ItemMoved, ...] = part.items
        yield f"{part.kind} {part.points:+.1f}: {', '.join(of.name or of.key for of in items)}"


def drawn(result: Result, plan: posture.Plan, points: Table[posture.Point]) -> list[Axes]:
    """Draw everything."""
    return [
        posture.plot.score(result),
        posture.plot.namespaces(result, top=10),
        posture.plot.waterfall(result),
        posture.plot.plan(plan),
        posture.plot.history(points),
    ]


def distributed(flows: DataFrame, engine: posture.Engine) -> Result:
    """Score flows of Spark."""
    import posture.spark

    return engine.score(posture.spark.tally(flows, engine))


def main(cluster: Path, flows: posture.ArrowStream, folder: Path) -> list[str]:
    """Go through everything once, and return what is said."""
    days = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in (18, 19)]
    all_flows = tables_of([Batches(flows)])
    results = [scored(cluster, of, day) for of, day in zip([None, all_flows], days, strict=True)]
    frames(results[-1])
    told = [*said(results[-1]), *next_steps(cluster, all_flows)]
    told += remembered(folder / "history.db", results)
    plan = posture.Engine(cluster).plan(steps=3)
    drawn(results[-1], plan, posture.History(folder / "history.db").points())
    try:
        posture.score(folder / "none")
    except posture.InputError as error:
        issue: posture.Issue | None = error.issue
        told.append(f"{error} {issue}")
    except PostureError as error:
        raise SystemExit(str(error)) from error
    return told


if __name__ == "__main__":
    from polars import read_parquet

    print("\n".join(main(Path(sys.argv[1]), read_parquet(sys.argv[2]), Path())))
