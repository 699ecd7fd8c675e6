"""What is measured can be measured, and says what it is meant to say."""

import os

import flows
import posture
import pyarrow as pa
import pytest

needs_linux = pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK),
    reason="the peak of memory is told by Linux alone",
)


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return flows.flows(500_000)


@needs_linux
def test_columns_are_not_copied(rows: pa.Table) -> None:
    took = flows.measure(posture.Engine(flows.pods()), rows, times=1)
    assert took.edges > 0
    assert took.grown < rows.get_total_buffer_size() / 10


@needs_linux
def test_a_copy_of_the_columns_would_be_seen(rows: pa.Table) -> None:
    before = flows.forget_peak()
    chunks = [chunk for column in rows.columns for chunk in column.chunks]
    copies = [bytes(of) for chunk in chunks for of in chunk.buffers() if of is not None]
    assert len(copies) > len(rows.columns)
    assert flows.peak() - before > 0.9 * rows.get_total_buffer_size()
