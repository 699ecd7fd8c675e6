"""Columns of every type that a library has are read as they are, or refused by their names."""

from datetime import date, time, timedelta
from decimal import Decimal

import duckdb
import polars
import posture
import pyarrow as pa
import pytest
from frames import ENGINE, FRAMES, ROW, ROWS, of_lines, table, with_column

every_library = pytest.mark.parametrize("library", FRAMES)

TEXTS = {
    "text": pa.string(),
    "large text": pa.large_string(),
    "views": pa.string_view(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()),
    "large dictionary": pa.dictionary(pa.uint32(), pa.large_string()),
}

NUMBERS = {
    str(kind): kind
    for kind in (
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float32(), pa.float64(), pa.decimal128(19, 0)),
    )
}

TIMES = {
    str(kind): kind
    for kind in (
        *(pa.int64(), pa.uint32(), pa.uint64(), pa.float64(), pa.decimal128(19, 0)),
        *(pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC")),
    )
}

LISTS = {
    "list": pa.list_(pa.string()),
    "large list": pa.large_list(pa.large_string()),
    "list of views": pa.list_(pa.string_view()),
    "list view": pa.list_view(pa.string()),
}

TAKEN = {
    "action": TEXTS,
    "source_namespace": TEXTS,
    "dest_ip": TEXTS,
    "proto": TEXTS,
    "num_flows": NUMBERS,
    "dest_port": {name: kind for name, kind in NUMBERS.items() if not name.endswith("int8")},
    "end_time": TIMES,
    "start_time": TIMES,
    "source_labels": LISTS,
    "dest_domains": LISTS,
    "enforced_policies": LISTS,
}


LACKING = {
    "dictionary of numbers": ["polars", "DuckDB"],
    "list of views": ["pandas"],
    "list view": ["polars"],
    "half": ["DuckDB"],
    "months": ["polars"],
    "runs": ["pandas", "polars", "DuckDB"],
    "union": ["pandas", "polars"],
}
"""The libraries that do not have a type: they refuse it, or make plain values of it."""


@every_library
@pytest.mark.parametrize("column", TAKEN)
def test_a_column_of_its_type_is_read(library: str, column: str) -> None:
    values = [row[column] for row in ROWS]
    for name, kind in TAKEN[column].items():
        if library in LACKING.get(name, []):
            continue
        seconds = pa.array(values, pa.timestamp("s")) if pa.types.is_timestamp(kind) else None
        given = pa.array(values, kind) if seconds is None else seconds.cast(kind)
        assert ENGINE.tally(FRAMES[library](with_column(column, given))) == of_lines()[0], name


def of(value: object, kind: pa.DataType | None = None) -> pa.Array:
    return pa.array([value] * len(ROWS), kind)


OTHERS = {
    "bool": of(True),
    "bytes": of(b"x"),
    "large bytes": of(b"x", pa.large_binary()),
    "fixed bytes": of(b"xy", pa.binary(2)),
    "date": of(date(2026, 11, 20)),
    "time": of(time(10)),
    "duration": of(timedelta(seconds=1)),
    "fractions": of(Decimal("1.50")),
    "half": of(1.5, pa.float16()),
    "list of numbers": of([1]),
    "list of structs": of([{"a": "b"}]),
    "list of lists": of([["a"]]),
    "struct": of({"a": "b"}),
    "map": of([("a", "b")], pa.map_(pa.string(), pa.string())),
    "dictionary of numbers": of(1).dictionary_encode(),
    "months": of((1, 2, 3), pa.month_day_nano_interval()),
    "runs": pa.RunEndEncodedArray.from_arrays([len(ROWS)], ["allow"]),
    "union": pa.UnionArray.from_sparse(pa.array([0] * len(ROWS), pa.int8()), [of("a"), of(1)]),
}

COLUMNS = [
    *("action", "source_name", "proto", "end_time", "start_time", "dest_port", "bytes_in"),
    *("source_labels", "dest_domains", "enforced_policies"),
]


every_other = pytest.mark.parametrize(
    ("library", "other"),
    [(name, of) for name in FRAMES for of in OTHERS if name not in LACKING.get(of, [])],
)


@every_other
def test_a_column_of_another_type_is_named(library: str, other: str) -> None:
    for column in COLUMNS:
        given = FRAMES[library](with_column(column, OTHERS[other]))
        with pytest.raises(posture.InputError, match=f"the column `{column}` is of type"):
            ENGINE.tally(given)


@every_other
def test_columns_that_are_not_used_may_have_any_type(library: str, other: str) -> None:
    given = FRAMES[library](with_column("other", OTHERS[other]))
    assert ENGINE.tally(given) == of_lines()[0]


def test_values_that_arrow_has_no_type_for_are_an_input_error() -> None:
    frame = table().to_pandas().assign(action=["allow", 1] * 6)
    with pytest.raises(posture.InputError, match=r"`flows`: .* column action") as error:
        ENGINE.tally(frame)
    assert isinstance(error.value.__cause__, pa.ArrowException)
    frame = polars.from_arrow(table())
    frame = frame.with_columns(polars.Series("action", [object()] * 12, polars.Object))
    with pytest.raises(posture.InputError, match="the column `action` is of type"):
        ENGINE.tally(frame)


CATEGORIES = {
    "pyarrow, other dictionaries in each batch": lambda: with_column(
        "dest_ip",
        pa.chunked_array(
            [
                pa.array([row["dest_ip"] for row in rows]).dictionary_encode()
                for rows in (ROWS[:5], ROWS[5:])
            ]
        ),
    ),
    "pyarrow, null among what a dictionary holds": lambda: with_column(
        "source_ip",
        pa.DictionaryArray.from_arrays([0] * 11 + [1], [ROW["source_ip"], None]),
    ),
    "pandas": lambda: table().to_pandas().astype({"action": "category", "dest_ip": "category"}),
    "polars": lambda: polars.from_arrow(table()).cast(
        {"action": polars.Categorical, "dest_ip": polars.Categorical}
    ),
    "polars, enum": lambda: polars.from_arrow(table()).cast(
        {"action": polars.Enum(["deny", "allow"])}
    ),
    "DuckDB": lambda: duckdb.from_arrow(table()).project(
        "* replace (action::enum ('deny', 'allow') as action)"
    ),
}


@pytest.mark.parametrize("given", CATEGORIES.values(), ids=CATEGORIES)
def test_categories_are_read(given: object) -> None:
    assert ENGINE.tally(given()) == of_lines()[0]
