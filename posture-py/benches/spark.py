"""How long Spark takes for a tally that one process makes, too; one task is killed on the way.

.venv/bin/python posture-py/benches/spark.py [ROWS] [FOLDER]

The rows, 10 million where nothing is said, are written to the folder once, in ten files of Parquet.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import posture
import posture.spark
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from flows import flows, pods
from pyspark.sql import DataFrame, SparkSession

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
FILES = 10


def write() -> None:
    """Write the rows, unless they are there."""
    for number in range(FILES):
        path = FOLDER / f"{number}.parquet"
        if not path.exists():
            pq.write_table(flows(ROWS // FILES), path, row_group_size=100_000)


def alone(engine: posture.Engine) -> posture.Tally:
    """Tally in this process, file by file in batches."""
    tally = posture.Tally()
    tally.add(engine, ds.dataset(FOLDER, format="parquet").scanner().to_reader())
    return tally


def dying(rows: DataFrame, died: Path) -> DataFrame:
    """Return the rows, of which the second task's first attempt dies in the middle."""

    def pass_on(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        task = TaskContext.get()
        for number, batch in enumerate(batches):
            if (number, task.partitionId(), task.attemptNumber()) == (5, 1, 0):
                died.touch()
                os._exit(1)
            yield batch

    return rows.mapInArrow(pass_on, rows.schema)


def main() -> None:
    """Measure both once, and hold them to each other."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    write()
    engine = posture.Engine(pods())
    began = time.perf_counter()
    local = alone(engine)
    print(f"one process  {time.perf_counter() - began:6.1f} s for {local.records:,} rows")

    builder = SparkSession.builder.master("local[2,4]")
    spark = builder.config("spark.sql.files.maxPartitionBytes", "16m").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    rows = spark.read.parquet(str(FOLDER))
    posture.spark.tally(rows.limit(1), engine)  # starts the workers
    died = FOLDER / "_died"
    died.unlink(missing_ok=True)
    for name, read in (("local[2]", rows), ("one killed", dying(rows, died))):
        began = time.perf_counter()
        tally = posture.spark.tally(read, engine)
        print(f"{name:<12} {time.perf_counter() - began:6.1f} s")
        assert tally.to_bytes() == local.to_bytes()
    assert died.exists()
    spark.stop()


if __name__ == "__main__":
    main()
