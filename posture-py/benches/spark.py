"""How long Spark takes for a tally that one process makes, too; tasks fail on the way.

python posture-py/benches/spark.py [ROWS] [FOLDER]

The rows, 10 million where nothing is said, are written to the folder once, in ten files of Parquet.
Every tally is held to the one of one process, bit by bit.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mischief
import posture
import posture.spark
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from cluster import cluster
from flows import flows, pods
from pyspark.sql import DataFrame, SparkSession

FILES = 10

Mischief = Callable[[DataFrame, int, Path], DataFrame]
"""The same rows, but a task fails after so many; a file says that it did."""

LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.files.maxPartitionBytes": "16m",
}

CLUSTER = {
    **LOCAL,
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.scheduler.minRegisteredResourcesRatio": "1",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
    "spark.speculation": "true",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.quantile": "0.1",
    "spark.speculation.minTaskRuntime": "1s",
    "spark.speculation.efficiency.enabled": "false",
}


def write(rows: int, folder: Path) -> None:
    """Write the rows, unless they are there."""
    folder.mkdir(exist_ok=True)
    for number in range(FILES):
        path = folder / f"{number}.parquet"
        if not path.exists():
            pq.write_table(flows(rows // FILES), path, row_group_size=100_000)


def alone(engine: posture.Engine, folder: Path) -> posture.Tally:
    """Tally in this process, file by file in batches."""
    tally = posture.Tally()
    tally.add(engine, ds.dataset(folder, format="parquet").scanner().to_reader())
    return tally


@contextmanager
def session(master: str, settings: dict[str, str]) -> Iterator[SparkSession]:
    """Run a session."""
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    yield spark
    spark.stop()


def timed(name: str, tally: Callable[[], posture.Tally]) -> posture.Tally:
    """Tally, and print how long it took."""
    began = time.perf_counter()
    found = tally()
    seconds = time.perf_counter() - began
    rate = found.records / seconds / 1e6
    print(f"{name:<26} {seconds:6.1f} s  {rate:5.2f} million rows/s", flush=True)
    return found


def main() -> None:
    """Tally in one process, with threads of Spark and on a cluster, each once."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    work = Path(tempfile.mkdtemp())
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else work / "rows"
    write(rows, folder)
    engine = posture.Engine(pods())
    local = timed("one process", lambda: alone(engine, folder))

    def held(name: str, rows: DataFrame, mark: Path | None = None) -> None:
        tally = timed(name, lambda: posture.spark.tally(rows, engine))
        assert tally.to_bytes() == local.to_bytes(), f"{name}: another tally"
        assert mark is None or mark.exists(), f"{name}: nothing happened"

    def run(name: str, spark: SparkSession, mischiefs: dict[str, Mischief]) -> None:
        rows = spark.read.parquet(str(folder))
        posture.spark.tally(rows.limit(1), engine)  # starts the workers
        held(name, rows)
        for what, happens in mischiefs.items():
            mark = work / f"{name}, {what}"
            held(f"  {what}", happens(rows, after, mark), mark)

    after = rows // FILES // 4
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with session("local[2,4]", LOCAL) as spark:
        run("Spark, local[2]", spark, {"a worker killed": mischief.worker_killed})
    with cluster(work) as address, session(address, CLUSTER) as spark:
        run(
            "Spark, two executors",
            spark,
            {
                "a task run twice": mischief.run_twice,
                "a worker killed": mischief.worker_killed,
                "an executor killed": mischief.executor_killed,
            },
        )


if __name__ == "__main__":
    main()
