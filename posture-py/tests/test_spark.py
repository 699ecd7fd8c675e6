"""A tally of Spark is the local one to the last bit, however the rows are divided."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator

import mischief
import posture
import posture.spark
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from common import POD, REQUEST, ROWS
from pages import ROOT, blocks, run

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
pytestmark = [
    pytest.mark.skipif(
        shutil.which("java") is None and "JAVA_HOME" not in os.environ,
        reason="Spark needs Java: neither `java` nor JAVA_HOME was found",
    ),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

FLOWS = pa.Table.from_pylist(
    [
        {
            **row,
            "source_name": f"web-{number % 7}",
            "source_name_aggr": f"web-{number % 7}",
            "dest_port": number % 50,
        }
        for number in range(200)
        for row in ROWS
    ]
)
ENGINE = posture.Engine(POD, request=REQUEST)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def classic(port: int) -> Iterator[object]:
    """Return a session of two threads that try a task four times; it serves Spark Connect, too."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.port": str(port),
    }
    builder = SparkSession.builder.master("local[2,4]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def connect(classic: object, port: int) -> Iterator[object]:
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(params=["classic", "connect"])
def spark(request: pytest.FixtureRequest) -> object:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def local() -> posture.Tally:
    tally = ENGINE.tally(FLOWS)
    assert (tally.records, tally.edge_count) == (FLOWS.num_rows, 200)
    return tally


def test_both_kinds_of_session_give_the_local_tally(spark, local) -> None:
    tally = posture.spark.tally(spark.createDataFrame(FLOWS), ENGINE)
    assert tally == local
    assert tally.to_bytes() == local.to_bytes()
    assert ENGINE.score(tally) == ENGINE.score(local)


@pytest.mark.parametrize("partitions", [1, 3, 16])
def test_any_division_of_the_rows_gives_the_local_tally(classic, local, partitions: int) -> None:
    flows = classic.createDataFrame(FLOWS).repartition(partitions)
    assert posture.spark.tally(flows, ENGINE) == local


def test_partitions_without_rows_do_no_harm(classic, local) -> None:
    flows = classic.createDataFrame(FLOWS).repartition(4, "source_name_aggr")
    assert posture.spark.tally(flows, ENGINE) == local
    assert posture.spark.tally(flows.where("false"), ENGINE) == posture.Tally()


def test_a_task_that_is_killed_in_the_middle_is_counted_once(spark, local, tmp_path) -> None:
    rows = spark.createDataFrame(FLOWS).repartition(4)
    killed = mischief.worker_killed(rows, 100, tmp_path / "killed")
    assert posture.spark.tally(killed, ENGINE) == local
    assert (tmp_path / "killed").exists()


def test_a_missing_column_is_told_before_anything_runs(spark) -> None:
    flows = spark.createDataFrame(FLOWS.drop_columns(["reporter"]))
    with pytest.raises(posture.PostureError, match="reporter"):
        posture.spark.tally(flows, ENGINE)


def test_the_example_of_the_page(classic, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(FLOWS, tmp_path / "flows.parquet")
    [block] = blocks(ROOT / "docs" / "python.md", "python spark")
    block = block.replace("flows/2026/11/", str(tmp_path / "flows.parquet"))
    monkeypatch.chdir(ROOT / "examples" / "clusters")
    names = run([block.replace("dump/", "tiny/")], {"posture": posture, "spark": classic})
    here = posture.Tally()
    here.add(posture.Engine("tiny"), FLOWS)
    assert names["tally"] == here
