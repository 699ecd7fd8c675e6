"""From files and tables to an answer, in one call."""

from __future__ import annotations

from collections.abc import Iterable

from posture._engine import Engine
from posture._inputs import Flows, Input, Request
from posture._plan import Plan
from posture._recommend import Form, Granularity, Isolate, Recommendations
from posture._result import Result


def score(*inputs: Input, flows: Flows | None = None, request: Request | None = None) -> Result:
    """Score a cluster.

    Inputs are paths of files and folders (all files in them, hidden ones excepted), the content of
    a file, contents by their names, and Kubernetes objects as dicts: dumps, flow logs, image scans.
    What each is follows from its content. `flows` are flow records in columns, as anything with
    Arrow's PyCapsule interface (a table of pyarrow, pandas, polars or DuckDB), or a list of such;
    columns are not copied. `request` holds the settings (`posture schema request`).

    What cannot be read costs itself alone and is one of the result's `issues`. Raises `InputError`
    for a path that does not exist and for flows that lack a column or have one of another type,
    `PostureError` for a request that cannot be met. Other threads run meanwhile.

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

    To `target`, a score, in as many steps as it takes; without it, so many `steps` at most.

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

    One policy for each namespace, or for each workload (`granularity`), of all namespaces that
    deserve one or of those named; staged, which changes nothing but what flow logs tell, or in
    force once applied (`form`). `tier` and `order` are Calico's: without them the tier `default`,
    behind all others in it. Directions in which nothing unsecured was seen are left open, unless
    `isolate` is `both`. Raises `PostureError` for what does not fit together.

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
