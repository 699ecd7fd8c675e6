"""What can be given."""

import json
from pathlib import Path

import posture
import pytest
from common import EMPTY, LINES, POD, REQUEST


def test_all_kinds_of_input_give_the_same_score(tmp_path: Path) -> None:
    text = json.dumps(POD).encode()
    (tmp_path / "pod.json").write_bytes(text)
    (tmp_path / "flows.jsonl").write_bytes(LINES)
    (tmp_path / ".hidden").write_bytes(b"{")
    expected = posture.score(POD, LINES, request=REQUEST)
    assert expected.score is not None
    assert len(expected.issues) == 0
    for inputs in (
        (tmp_path,),
        (str(tmp_path),),
        (tmp_path / "pod.json", tmp_path / "flows.jsonl"),
        (text, LINES),
        ({"a": text, "b": LINES},),
        ([POD], bytearray(LINES)),
        ([POD, POD], memoryview(LINES)),
    ):
        result = posture.score(*inputs, request=REQUEST)
        assert (result.score, result.coverage) == (expected.score, expected.coverage)


def test_names_stand_in_issues() -> None:
    (issue,) = posture.score({"here.json": b"{"}, request=REQUEST).issues
    assert (issue.file, issue.kind, issue.severity) == ("here.json", "syntax", "warning")
    (issue,) = posture.score(b"{", request=REQUEST).issues
    assert issue.file == "input 1"


def test_a_path_that_leads_nowhere_is_an_input_error() -> None:
    with pytest.raises(posture.InputError, match=r"`no/such` does not exist, expected a file or"):
        posture.score("no/such")


def test_a_dash_is_no_standard_input() -> None:
    with pytest.raises(posture.InputError, match="`-` does not exist"):
        posture.score("-")


@pytest.mark.parametrize("given", [None, 1, [1], {"a.json": "text"}.values()])
def test_other_things_are_type_errors(given: object) -> None:
    with pytest.raises(TypeError, match="expected a path, bytes"):
        posture.score(given)  # type: ignore[arg-type]


def test_an_unusable_request_is_a_posture_error() -> None:
    with pytest.raises(posture.PostureError, match="no_such_setting") as error:
        posture.score(EMPTY, request={"no_such_setting": 1})
    assert error.value.issue is None
    assert isinstance(error.value, ValueError)


def test_nothing_is_no_data() -> None:
    assert posture.score().status == "no_data"
