"""What goes wrong with tasks of Spark, made to happen: rows that are the same, but a task fails."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame

Batches = Iterator[pa.RecordBatch]

TASK = 1
"""The second task is the one that fails."""


def worker_killed(rows: DataFrame, after: int, mark: Path) -> DataFrame:
    """Return the rows, of which one attempt kills its own process after so many."""

    def kill(_attempt: int) -> None:
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return _with(rows, after, kill)


def executor_killed(rows: DataFrame, after: int, mark: Path) -> DataFrame:
    """Return the rows, of which one attempt kills the whole executor after so many."""

    def kill(_attempt: int) -> None:
        if not mark.exists():
            mark.touch()
            daemon = Path(f"/proc/{os.getppid()}/stat").read_text()
            os.kill(int(daemon.rpartition(")")[2].split()[1]), signal.SIGKILL)
            time.sleep(60)  # dies with it

    return _with(rows, after, kill)


def run_twice(rows: DataFrame, after: int, mark: Path) -> DataFrame:
    """Return the rows, of which two attempts wait for each other after so many, and go on."""

    def wait(attempt: int) -> None:
        ours, other = (mark.with_name(f"{mark.name} {n}") for n in (attempt, 1 - attempt))
        ours.touch()
        end = time.monotonic() + 60
        while not other.exists():
            if time.monotonic() > end:
                raise TimeoutError("there was no second attempt")
            time.sleep(0.02)
        mark.touch()

    return _with(rows, after, wait)


def _with(rows: DataFrame, after: int, what: Callable[[int], None]) -> DataFrame:
    """Return the rows, but in the middle of a task something happens to each attempt."""
    task = TASK

    def pass_on(batches: Batches) -> Batches:
        from pyspark import TaskContext

        context, seen = TaskContext.get(), 0
        for batch in batches:
            before, seen = seen, seen + batch.num_rows
            if context.partitionId() == task and before <= after < seen:
                yield batch.slice(0, after - before)
                what(context.attemptNumber())
                batch = batch.slice(after - before)
            yield batch

    return rows.mapInArrow(pass_on, rows.schema)
