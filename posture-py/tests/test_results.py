"""Results as typed values, tables and JSON; what a score says is for the cases."""

import dataclasses
import json
import pickle
from datetime import datetime, timezone
from pathlib import Path

import polars
import posture
import pyarrow as pa
import pytest
from common import EMPTY, LINES, POD, REQUEST
from posture._text import shown

TABLES = ["types", "namespaces", "actions", "issues"]


@pytest.fixture(scope="module")
def result() -> posture.Result:
    return posture.score(POD, {"flows.jsonl": LINES, "bad.json": b"{"}, request=REQUEST)


def test_values_are_those_of_the_json(result: posture.Result) -> None:
    values = result.to_dict()
    assert json.loads(result.to_json()) == values
    assert [field.name for field in dataclasses.fields(result)] == list(values)
    assert result.score == values["score"]
    assert result.at == datetime.fromisoformat(values["at"].replace("Z", "+00:00"))
    assert [row.namespace for row in result.namespaces] == ["shop"]
    of_egress = values["namespaces"][0]["types"]["egress_access"]
    assert dataclasses.asdict(result.namespaces[0].types["egress_access"]) == of_egress
    edge = result.actions[0].items[0].evidence
    assert edge.workload is not None
    assert edge.image is None
    assert edge.workload.edges[0].peer == {"type": "public"}


def test_json_and_pickles_are_read_back(result: posture.Result) -> None:
    for again in (
        posture.Result.from_json(result.to_json()),
        posture.Result.from_json(json.dumps(result.to_dict())),
        pickle.loads(pickle.dumps(result)),
    ):
        assert again == result
        assert again.to_json() == result.to_json()
        assert hash(again) == hash(result)
    with pytest.raises(posture.PostureError, match="expected a result"):
        posture.Result.from_json(b"{}")


def test_results_cannot_be_changed(result: posture.Result) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.score = 100.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        result.namespaces[0].types["egress_access"] = None  # type: ignore[index]


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_have_the_same_columns(name: str, result: posture.Result) -> None:
    full, empty = getattr(result, name), getattr(posture.score(EMPTY, request=REQUEST), name)
    assert len(full) > 0
    assert len(empty) == (4 if name == "types" else 0)
    assert full.to_arrow().schema == empty.to_arrow().schema
    assert full.to_polars().schema == empty.to_polars().schema
    assert list(full.to_pandas().dtypes) == list(empty.to_pandas().dtypes)
    assert tuple(full.to_arrow().column_names) == full.columns


@pytest.mark.parametrize("name", TABLES)
def test_all_frames_hold_the_same(name: str, result: posture.Result) -> None:
    rows = getattr(result, name)
    arrow = rows.to_arrow().to_pylist()
    assert len(arrow) == len(rows)
    assert rows.to_polars().to_dicts() == arrow
    frame = rows.to_pandas().astype(object)
    assert frame.where(frame.notna(), None).to_dict("records") == arrow
    assert pa.table(rows).equals(rows.to_arrow())
    assert polars.DataFrame(rows).equals(rows.to_polars())


@pytest.mark.parametrize("name", TABLES)
def test_columns_hold_what_their_names_say(name: str) -> None:
    case = Path(__file__).parents[2] / "cases" / "example-a" / "expected.json"
    result = posture.Result.from_json(case.read_bytes())
    rows = getattr(result, name).to_arrow().to_pylist()
    for row, of in zip(rows, result.to_dict()[name], strict=True):
        named = dict(of)
        for risk_type, values in of.get("types", {}).items():
            named.update({f"{risk_type}_{key}": value for key, value in values.items()})
        assert row == {column: named.get(column) for column in row}


def test_tables_are_sequences(result: posture.Result) -> None:
    types = result.types
    assert len(types[1:3]) == 2
    assert types[-1].type == "namespace_isolation"
    assert next(reversed(types)) == types[-1]
    assert types.to_arrow()["type"].to_pylist() == [row.type for row in types]
    assert types[0] in types
    assert "egress_access" not in types


def test_numbers_that_are_missing_stay_missing(result: posture.Result) -> None:
    scores = result.types.to_arrow()["score"].to_pylist()
    assert scores[0] is None
    assert scores[2] == 0.0
    assert bool(result.types.to_pandas()["score"].isna()[0])


def test_times_are_in_utc() -> None:
    dismissal = {
        "action": "secure-egress/shop",
        "reason": "known",
        "by": "ann",
        "at": "2026-11-01T00:00:00Z",
        "covers": "action",
    }
    result = posture.score(
        POD,
        request={**REQUEST, "dismissals": [dismissal], "now": "2026-11-20T10:00:00Z"},
    )
    (row,) = result.dismissed
    assert row.at == datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert result.dismissed.to_arrow()["at"].to_pylist() == [row.at]
    assert result.dismissed.to_pandas()["at"][0] == row.at
    assert result.score_without_dismissals is not None
    assert result.score > result.score_without_dismissals


def test_repr_says_what_is_missing(result: posture.Result) -> None:
    said = repr(result)
    assert said.startswith("<posture.Result score ")
    assert "without high_risk_images, unscanned_images" in said
    assert "1 warning>" in said
    nothing = posture.score(EMPTY, request=REQUEST)
    assert repr(nothing) == "<posture.Result no score: no_data>"


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (0.0, "0.0"),
        (1e-9, "0.000000001"),
        (0.001, "0.001"),
        (0.05, "0.1"),
        (6.25, "6.3"),
        (99.94, "99.9"),
        (99.98, "99.9"),
        (100.0, "100.0"),
    ],
)
def test_what_is_shown_of_points(points: float, text: str) -> None:
    assert shown(points) == text


def test_html_is_escaped_and_stands_alone() -> None:
    pod = {**POD, "metadata": {"namespace": "<b>&", "name": "web"}}
    html = posture.score(pod, request=REQUEST)._repr_html_()
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html
    for outside in ("http", "src=", "<script", "@import", "url("):
        assert outside not in html
