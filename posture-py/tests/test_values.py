"""Values that go somewhere else: pickled, copied, hashed, given back."""

import copy
import pickle
import sys
from pathlib import Path

import posture
import pytest

ENGINE = posture.Engine(Path(__file__).parents[2] / "examples/clusters/boutique")
RESULT = ENGINE.score()
VALUES = [
    RESULT,
    RESULT.namespaces,
    RESULT.namespaces[0],
    RESULT.actions[0],
    RESULT.coverage,
    ENGINE.plan(),
    ENGINE.recommend(),
    ENGINE.what_if().now,
    posture.explain(RESULT, RESULT),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_survive_a_journey(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert hash(copy.copy(value)) == hash(value)


def test_mappings_cannot_be_changed() -> None:
    types = RESULT.namespaces[0].types
    for change in (lambda: types.pop("x"), lambda: types.update(x=1), lambda: types.clear()):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()


def test_recommended_policies_are_objects() -> None:
    policy = ENGINE.recommend().recommendations[0].policies[0]
    assert not posture.score(policy).issues


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: posture.score({"a.json": b"{}", "b.json": "{}"}), "'b.json': str"),
        (lambda: posture.score({1: b"{}"}), "1: bytes"),
        (lambda: posture.score({"kind": "Pod", "metadata": object()}), "not `object`"),
        (lambda: ENGINE.recommend(namespaces="storefront"), "a list for `namespaces`"),
        (lambda: ENGINE.what_if().try_out(left_out="payments"), "a list for `left_out`"),
    ],
)
def test_what_is_no_input_is_named(call: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_a_tally_merged_with_itself_adds_its_sums() -> None:
    tally, twice = ENGINE.tally([]), ENGINE.tally([])
    tally.merge(tally)
    twice.merge(ENGINE.tally([]))
    assert tally == twice


def test_tables_show_their_first_rows() -> None:
    html = RESULT.actions._repr_html_()
    first, ninth = RESULT.actions[0], len(RESULT.actions) > 8
    assert first.title in html
    assert (f"and {len(RESULT.actions) - 8} more" in html) == ninth
    assert "no rows" in posture.score({}).namespaces._repr_html_()
    assert ENGINE.plan().steps[0].action in ENGINE.plan()._repr_html_()
    assert "&lt;b&gt;.json" in posture.score({"<b>.json": b"{"}).issues._repr_html_()


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(
        ModuleNotFoundError, match=r'needs polars: `pip install "posture-score\[polars\]"`'
    ):
        RESULT.actions.to_polars()


def test_all_that_is_public_can_be_named() -> None:
    assert posture.__version__
    assert all(hasattr(posture, name) for name in posture.__all__)
