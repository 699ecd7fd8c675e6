"""Flows of any size with Spark: `pip install "posture-score[spark]"`.

    import posture.spark

    engine = posture.Engine("dump/")
    tally = posture.spark.tally(spark.read.parquet("flows/2026/11/"), engine)
    print(engine.score(tally))

Each task tallies its rows into one row of bytes, executors merge those, and the driver gets a few.
Flow rows never leave the executors. The tally is the local one to the last bit, however the rows
are divided: "Keeping maxima and sums makes the tally of any split of the records mergeable in any
order" (scoring, section 6.2).

**Retried and speculative tasks do no harm.** A task says what it found once, at its end, in one
row, and of all attempts of a task Spark keeps the output of one. So every record is counted once,
whatever fails on the way.

**Spark Connect** works as classic Spark does. It has no broadcast, so there the engine goes to the
executors with every task.

Executors need this package, and pyarrow.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

try:
    import pyarrow as pa
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'Spark needs pyarrow: `pip install "posture-score[spark]"`', name=error.name
    ) from error

from posture import Engine, Tally

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["tally"]

Batches = Iterator[pa.RecordBatch]

SCHEMA = "tally binary"
"""What tasks give: pickled tallies, with the issues that must be told."""


def tally(flows: DataFrame, engine: Engine) -> Tally:
    """Tally flow rows on the executors.

    `flows` has the columns of flow records, as `posture.Tally.add` reads them; flow logs among the
    engine's own inputs are not tallied. Raises `InputError` before anything runs where a column is
    missing or of another type.
    """
    Tally().add(engine, flows.limit(0).toArrow())
    tallies = flows.mapInArrow(_task(_shared(engine, flows)), SCHEMA)
    # "rebalance" makes partitions of a good size: few tallies are merged by one task, many by some;
    # with adaptive execution off it does nothing, and the driver merges them all
    merged = tallies.hint("rebalance").mapInArrow(_merge, SCHEMA)
    return _sum(row.tally for row in merged.collect())


def _shared(engine: Engine, flows: DataFrame) -> Callable[[], Engine]:
    """Bring the engine to the executors: by broadcast, it is made anew once in each process."""
    if type(flows).__module__.startswith("pyspark.sql.connect"):
        return lambda: engine
    broadcast = flows.sparkSession.sparkContext.broadcast(engine)
    return lambda: broadcast.value


def _task(engine: Callable[[], Engine]) -> Callable[[Batches], Batches]:
    def tally(batches: Batches) -> Batches:
        first = next(batches, None)
        if first is None:
            return
        of_task = Tally()
        every = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
        of_task.add(engine(), every)
        yield _row(of_task)

    return tally


def _merge(batches: Batches) -> Batches:
    yield _row(_sum(each.as_py() for batch in batches for each in batch.column(0)))


def _sum(tallies: Iterable[bytes]) -> Tally:
    total = Tally()
    for each in tallies:
        total.merge(pickle.loads(each))
    return total


def _row(tally: Tally) -> pa.RecordBatch:
    return pa.record_batch({"tally": pa.array([pickle.dumps(tally)], pa.binary())})
