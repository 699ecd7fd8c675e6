"""Plans, scenarios and recommended policies."""

import posture
import pytest
from common import POD, REQUEST, table

ENGINE = posture.Engine(POD, request=REQUEST)
TALLY = ENGINE.tally(table())

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: deny}
spec: {podSelector: {}, policyTypes: [Egress]}
"""


def test_a_plan_ends_at_its_goal() -> None:
    whole = ENGINE.plan(TALLY, target=100)
    assert whole.score == ENGINE.score(TALLY).score
    assert whole.steps[-1].score == 100
    assert len(ENGINE.plan(TALLY, steps=0).steps) == 0
    assert posture.plan(POD, flows=table(), request=REQUEST, target=100) == whole
    with pytest.raises(posture.PostureError, match="number of points"):
        ENGINE.plan(TALLY, target=float("nan"))


def test_scenarios_start_from_what_is() -> None:
    what_if = ENGINE.what_if(TALLY)
    now = what_if.now
    assert now.score == ENGINE.score(TALLY).score
    done = what_if.try_out(done=["secure-egress/shop"])
    assert done.score == ENGINE.plan(TALLY, steps=1).steps[0].score
    assert what_if.try_out(dismiss=["secure-egress/shop"]).score_without_dismissals == now.score
    assert what_if.try_out(weights={"egress_access": 0}).score != now.score
    assert what_if.try_out(left_out=["shop"]).score is None
    assert what_if.try_out(policies=POLICY).score > now.score
    assert what_if.try_out() == now == what_if.now


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"done": ["isolate-namespace/none"]}, "`isolate-namespace/none` cannot be done"),
        ({"done": ["paint/shop"]}, "`paint/shop` is not an action"),
        ({"dismiss": ["scan-images/none"]}, "cannot be dismissed"),
        ({"revert": ["secure-egress/shop"]}, "expected an action that is dismissed"),
        ({"left_out": ["none"]}, "`none` cannot be left out"),
        ({"weights": {"egress": 1}}, "unknown variant `egress`"),
        ({"policies": "kind: Pod"}, "policies: "),
        ({"policies": ""}, "policies"),
    ],
)
def test_what_is_not_there_cannot_be_different(scenario: dict, message: str) -> None:
    with pytest.raises(posture.PostureError, match=message):
        ENGINE.what_if(TALLY).try_out(**scenario)


def test_recommended_policies_are_proved() -> None:
    recommended = ENGINE.recommend(TALLY)
    (of,) = recommended.recommendations
    assert (of.namespace, of.withheld) == ("shop", ())
    assert (of.proof.targets, of.proof.covered, of.proof.would_deny) == (10, 10, ())
    assert of.proof.score_after == recommended.score_with_all > recommended.score
    assert of.yaml == recommended.yaml
    assert "kind: StagedNetworkPolicy" in of.yaml
    tried = ENGINE.what_if(TALLY).try_out(policies=of.yaml)
    assert tried.score == recommended.score_with_all
    assert posture.recommend(POD, flows=table(), request=REQUEST) == recommended
    frame = recommended.recommendations.to_pandas()
    assert frame["covered"][0] == 10
    assert recommended.recommendations.to_arrow()["withheld"].to_pylist() == [[]]


def test_what_is_wanted_is_made() -> None:
    labelled = {**POD, "metadata": {**POD["metadata"], "labels": {"app": "web"}}}
    engine = posture.Engine(labelled, request=REQUEST)
    wanted = {"form": "kubernetes", "isolate": "both", "granularity": "workload"}
    made = engine.recommend(engine.tally(table()), **wanted)
    assert "kind: NetworkPolicy" in made.yaml
    assert "- Ingress" in made.yaml
    assert "app: web" in made.yaml
    withheld = ENGINE.recommend(TALLY, granularity="workload").recommendations[0].withheld
    assert "labels do not tell shop/web" in withheld[0]
    with pytest.raises(posture.PostureError, match="`tier`: policies of Kubernetes have none"):
        ENGINE.recommend(TALLY, form="kubernetes", tier="platform")
    with pytest.raises(posture.PostureError, match="unknown variant `cilium`"):
        ENGINE.recommend(TALLY, form="cilium")  # type: ignore[arg-type]
    with pytest.raises(posture.PostureError, match="nothing was read of namespace `none`"):
        ENGINE.recommend(TALLY, namespaces=["none"])
