"""Every case of the conformance corpus gives the expected bytes."""

import json
from pathlib import Path

import posture
import pytest

CORPUS = Path(__file__).parents[2] / "cases"
CASES = sorted(folder for folder in CORPUS.glob("*") if folder.is_dir())


def test_the_corpus_has_cases() -> None:
    assert CASES, f"expected case folders in `{CORPUS}`"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    expected = (case / "expected.json").read_bytes()
    assert posture.score_json(files_of(case), request=request_of(case)) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_results_keep_the_bytes_of_their_json(case: Path) -> None:
    expected = (case / "expected.json").read_bytes()
    assert posture.Result.from_json(expected).to_json() == expected


def files_of(case: Path) -> dict[str, bytes]:
    """Return the files of a case by their paths below `input/`, sorted."""
    root = case / "input"
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}


def request_of(case: Path) -> dict:
    """Return the request of a case; most have none."""
    path = case / "request.json"
    return json.loads(path.read_bytes()) if path.exists() else {}
