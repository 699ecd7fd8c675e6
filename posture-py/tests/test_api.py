"""The shape of the Python interface; what a score says is for the cases."""

import json

import posture
import pytest

FILES = {"cluster.json": b'{"kind": "List", "items": []}'}


def test_score_is_the_json_as_values() -> None:
    assert posture.score(FILES) == json.loads(posture.score_json(FILES))


def test_pairs_and_mappings_are_the_same() -> None:
    assert posture.score_json(iter(FILES.items())) == posture.score_json(FILES)


def test_an_unusable_request_is_a_posture_error() -> None:
    with pytest.raises(posture.PostureError, match="no_such_setting"):
        posture.score(FILES, {"no_such_setting": 1})


def test_posture_error_is_a_value_error_of_the_package() -> None:
    assert issubclass(posture.PostureError, ValueError)
    assert posture.PostureError.__module__ == "posture"


def test_a_text_for_a_file_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        posture.score({"cluster.json": "text"})
