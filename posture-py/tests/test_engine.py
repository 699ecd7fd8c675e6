"""Engines and tallies: held, merged, sent."""

import itertools
import json
import pickle
import threading
import time
from pathlib import Path

import posture
import pyarrow as pa
import pytest
from common import LINES, POD, REQUEST, table


def test_any_split_merges_to_the_same_tally() -> None:
    engine = posture.Engine(POD, request=REQUEST)
    whole = engine.tally(table())
    for at in range(11):
        first, second = posture.Tally(), engine.tally(table().slice(0, at))
        first.add(engine, table().slice(at))
        first.merge(posture.Tally.from_bytes(second.to_bytes()))
        assert first == whole
        assert first.to_bytes() == whole.to_bytes()


def test_another_tally_is_another() -> None:
    engine = posture.Engine(POD, request=REQUEST)
    assert engine.tally(table()) != engine.tally(table().slice(1))
    assert engine.tally(table()) != 1
    with pytest.raises(TypeError):
        hash(posture.Tally())


def test_an_engine_made_anew_scores_the_same(tmp_path: Path) -> None:
    (tmp_path / "pod.json").write_text(json.dumps(POD))
    (tmp_path / "flows.jsonl").write_bytes(LINES)
    request = {**REQUEST, "now": "2026-11-20T10:00:00Z"}
    engine = posture.Engine(tmp_path, {"bad.json": b"{"}, request=request)
    tally = engine.tally()
    again = posture.Engine.from_bytes(engine.to_bytes())
    assert again.score(tally) == engine.score(tally)
    assert pickle.loads(pickle.dumps(engine)).score(tally) == engine.score(tally)
    assert (
        engine.score()
        == engine.score(tally)
        == posture.score(tmp_path, {"bad.json": b"{"}, request=request)
    )
    # flow logs stay where they are
    assert again.tally() == posture.Tally()
    assert b"9.9.9.9" not in engine.to_bytes()
    for bad in (b"", b"{}", engine.to_bytes()[:-1]):
        with pytest.raises(posture.PostureError):
            posture.Engine.from_bytes(bad)


def test_issues_of_records_travel_in_pickles_and_come_to_the_result() -> None:
    engine = posture.Engine(POD, request=REQUEST)
    rows = table().set_column(2, "action", [["allow"] * 9 + ["maybe"]])
    tally = posture.Tally()
    tally.merge(pickle.loads(pickle.dumps(engine.tally(rows))))
    (issue,) = tally.issues
    assert (issue.file, issue.at) == ("flows", "row 10")
    assert issue in list(engine.score(tally).issues)


def test_other_bytes_are_no_tally() -> None:
    with pytest.raises(posture.PostureError, match="not a tally"):
        posture.Tally.from_bytes(b"[]")


def test_other_threads_run_while_flows_are_tallied() -> None:
    engine = posture.Engine(POD, request=REQUEST)
    flows = pa.concat_tables([table()] * 50_000).combine_chunks()
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    clock = threading.Thread(target=tick)
    clock.start()
    began = time.perf_counter()
    tally = engine.tally(flows)
    ended = time.perf_counter()
    done.set()
    clock.join()
    assert tally.records == 500_000
    during = [at for at in ticks if began < at < ended]
    gaps = [after - before for before, after in itertools.pairwise(during)]
    assert max(gaps) < (ended - began) / 2


def test_repr() -> None:
    engine = posture.Engine(POD, request=REQUEST)
    assert repr(engine) == "<posture.Engine 1 namespace, 1 running pod, 0 policies>"
    assert repr(engine.tally(table())) == "<posture.Tally of 10 records, 10 edges>"
