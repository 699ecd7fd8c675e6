"""A history: recorded, read, explained."""

from datetime import datetime, timezone
from pathlib import Path

import posture
import pytest
from common import POD, REQUEST, table


def result(day: int, rows: int) -> posture.Result:
    now = f"2026-11-{day:02}T10:00:00Z"
    request = {**REQUEST, "now": now, "max_items": "all"}
    return posture.score(POD, flows=table().slice(0, rows), request=request)


@pytest.fixture
def history(tmp_path: Path) -> posture.History:
    history = posture.History(tmp_path / "data" / "history.db")
    assert history.record(result(10, 0))
    assert history.record(result(12, 5))
    return history


def test_points_are_those_of_results(history: posture.History) -> None:
    first, second = history.points()
    assert first.at == datetime(2026, 11, 10, 10, tzinfo=timezone.utc)
    assert second.score == result(12, 5).score
    assert first.score != second.score
    assert history.points(since=second.at)[0] == second
    assert history.series() == ("default",)
    frame = history.points().to_pandas()
    assert list(frame["score"]) == [first.score, second.score]
    assert frame["egress_access_lost"][1] == second.types[2].contribution
    assert history.points().to_arrow()["at"].to_pylist()[0] == first.at


def test_the_same_result_is_one_point_and_another_is_refused(history: posture.History) -> None:
    assert not history.record(result(12, 5))
    with pytest.raises(posture.PostureError, match="another result of `2026-11-12T10:00:00Z`"):
        history.record(result(12, 0))
    with pytest.raises(posture.PostureError, match="the result has no time"):
        history.record(posture.score(POD))
    assert len(history.points()) == 2


def test_the_parts_of_a_difference_sum_to_it(history: posture.History) -> None:
    delta = history.explain()
    assert delta.delta == pytest.approx(sum(part.points for part in delta.parts))
    assert delta.delta != 0
    assert delta == posture.explain(result(10, 0), result(12, 5))
    assert delta == history.explain(result(10, 0), "latest")
    times = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in (11, 13)]
    assert delta == history.explain(*times)
    assert delta.parts.to_polars()["points"].sum() == pytest.approx(delta.delta)


def test_what_is_not_there_is_told(history: posture.History, tmp_path: Path) -> None:
    with pytest.raises(posture.PostureError, match="no such point"):
        history.explain(datetime(2026, 11, 1, tzinfo=timezone.utc))
    with pytest.raises(posture.PostureError, match="expected one of `default`"):
        history.points(series="east")
    with pytest.raises(posture.PostureError, match="does not exist"):
        posture.History(tmp_path / "none.db").points()
    with pytest.raises(ValueError, match="time zone"):
        history.points(since=datetime(2026, 11, 1))
    (tmp_path / "other.db").write_text("not a database, and longer than a header " * 10)
    with pytest.raises(posture.PostureError, match="cannot be used"):
        posture.History(tmp_path / "other.db").points()


def test_one_that_cannot_be_written_is_read(history: posture.History) -> None:
    # SQLite can make no file where a link leads nowhere, whoever asks
    Path(f"{history.path}-shm").symlink_to("nowhere/none")
    assert len(history.points()) == 2
    with pytest.raises(posture.PostureError, match="cannot be used"):
        history.record(result(14, 0))
