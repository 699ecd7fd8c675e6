"""Frames of every library and shape, whatever is wrong in them, give the tally of their lines."""

from collections.abc import Callable

import duckdb
import numpy
import pandas
import polars
import posture
import pyarrow as pa
import pytest
from frames import ENGINE, FRAMES, NEEDED, ROW, ROWS, Frame, lost, of_lines, table

every_library = pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)


@every_library
def test_all_columns_are_read(frame: Frame) -> None:
    tally, none = of_lines()
    assert (tally.records, tally.edge_count, none) == (12, 12, 0)
    assert ENGINE.tally(frame(table())) == tally


@every_library
def test_a_missing_column_is_named_or_does_no_harm(frame: Frame) -> None:
    for column in ROW:
        given = frame(table().drop_columns([column]))
        if column in NEEDED:
            with pytest.raises(posture.InputError, match=f"the column `{column}` is missing"):
                ENGINE.tally(given)
        else:
            rows = [{name: row[name] for name in row if name != column} for row in ROWS]
            assert ENGINE.tally(given) == of_lines(rows)[0], column


@every_library
@pytest.mark.parametrize("some", [slice(1, 12, 5), slice(0, 12)], ids=["some", "all"])
def test_nulls_are_those_of_lines(frame: Frame, some: slice) -> None:
    for column in ROW:
        nulls = range(12)[some]
        rows = [row | ({column: None} if at in nulls else {}) for at, row in enumerate(ROWS)]
        given = table(rows).cast(table().schema)
        tally = ENGINE.tally(frame(given))
        expected, none = of_lines(rows)
        assert tally == expected, column
        assert lost(tally) == none == (len(nulls) if column in NEEDED else 0), column


@every_library
def test_a_column_without_a_type_is_one_of_nulls_or_named(frame: Frame) -> None:
    for column in ROW:
        rows = [row | {column: None} for row in ROWS]
        given = frame(table(rows))
        if frame is FRAMES["polars"]:  # which hands it over with a buffer too many
            with pytest.raises(posture.InputError, match=f"`{column}` have no type, expected"):
                ENGINE.tally(given)
        else:
            assert ENGINE.tally(given) == of_lines(rows)[0], column


WRONG = {
    "action": "maybe",
    "reporter": "nobody",
    "proto": "none such",
    "source_type": "pod",
    "dest_type": "",
    "source_ip": "10.0.0.256",
    "dest_ip": "example",
    "source_port": -1,
    "dest_port": 70_000,
    "num_flows": -1,
    "bytes_in": -1,
    "end_time": 10**15,
    "start_time": 10**15,
    "source_labels": ["no label"],
    "enforced_policies": ["no hit"],
}


@every_library
def test_a_wrong_value_costs_what_it_costs_in_lines(frame: Frame) -> None:
    for column, wrong in WRONG.items():
        rows = [row | ({column: wrong} if row is ROWS[7] else {}) for row in ROWS]
        tally = ENGINE.tally(frame(table(rows)))
        expected, none = of_lines(rows)
        assert tally == expected, column
        assert lost(tally) == none, column
        for issue in tally.issues:
            assert issue.at == "row 8"
            assert f"`{column}" in issue.message


def records() -> numpy.ndarray:
    """Return the columns of one value as an array of structs: each column is a view with gaps."""
    plain = [name for name in ROW if not isinstance(ROW[name], list)]
    values = [tuple(row[name] for name in plain) for row in ROWS]
    kinds = [(name, "i8" if isinstance(ROW[name], int) else "U32") for name in plain]
    return numpy.array(values, kinds)


def ragged() -> pa.Table:
    """Return a table whose columns are cut at different rows."""

    def cut(column: pa.ChunkedArray, at: int) -> pa.ChunkedArray:
        return pa.chunked_array([*column.slice(0, at).chunks, *column.slice(at).chunks])

    rows = table()
    columns = [cut(column, 1 + number % 11) for number, column in enumerate(rows.columns)]
    return pa.table(columns, names=rows.column_names)


SHAPES: dict[str, tuple[Callable[[], object], slice]] = {
    "pyarrow, a slice": (lambda: table().slice(3, 5), slice(3, 8)),
    "pyarrow, no rows": (lambda: table().slice(5, 0), slice(0, 0)),
    "pyarrow, some rows": (lambda: table().take(list(range(1, 12, 2))), slice(1, 12, 2)),
    "pyarrow, ragged": (ragged, slice(0, 12)),
    "pyarrow, many batches": (
        lambda: [batch for batch in table().to_batches(max_chunksize=1)],
        slice(0, 12),
    ),
    "pyarrow, a slice of a batch": (lambda: table().to_batches()[0].slice(2, 3), slice(2, 5)),
    "pandas, every second row": (lambda: table().to_pandas()[::2], slice(0, 12, 2)),
    "pandas, backwards": (lambda: table().to_pandas()[::-1], slice(None, None, -1)),
    "pandas, no rows": (lambda: table().to_pandas()[:0], slice(0, 0)),
    "pandas, another index": (
        lambda: table().to_pandas().set_index("end_time", drop=False),
        slice(0, 12),
    ),
    "polars, every second row": (
        lambda: polars.from_arrow(table()).gather_every(2),
        slice(0, 12, 2),
    ),
    "polars, backwards": (lambda: polars.from_arrow(table())[::-1], slice(None, None, -1)),
    "polars, in pieces": (
        lambda: polars.concat(
            [polars.from_arrow(table())[:5], polars.from_arrow(table())[5:]], rechunk=False
        ),
        slice(0, 12),
    ),
    "polars, no rows": (lambda: polars.from_arrow(table())[:0], slice(0, 0)),
    "DuckDB, some rows": (lambda: duckdb.from_arrow(table()).limit(4, offset=3), slice(3, 7)),
    "DuckDB, no rows": (lambda: duckdb.from_arrow(table()).filter("false"), slice(0, 0)),
}


@pytest.mark.parametrize(("given", "rows"), SHAPES.values(), ids=SHAPES)
def test_frames_of_every_shape_are_read(given: Callable[[], object], rows: slice) -> None:
    tally = ENGINE.tally(given())
    assert tally == of_lines(ROWS[rows])[0]
    assert tally.records == len(ROWS[rows])


def test_views_with_gaps_are_read() -> None:
    frame = pandas.DataFrame({name: records()[name] for name in records().dtype.names})
    plain = [{name: row[name] for name in frame.columns} for row in ROWS]
    assert ENGINE.tally(frame) == of_lines(plain)[0]


@pytest.mark.parametrize(
    "frame",
    [
        pandas.DataFrame(columns=list(ROW)),
        polars.DataFrame(schema=dict.fromkeys(NEEDED, polars.String) | {"end_time": polars.Int64}),
        pa.table({name: pa.nulls(0) for name in ROW}),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_frames_that_never_had_rows_are_read(frame: object) -> None:
    assert ENGINE.tally(frame) == posture.Tally()
