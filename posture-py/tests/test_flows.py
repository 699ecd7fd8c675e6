"""Flow records in columns: what is taken, and what is refused by the name of its column."""

import duckdb
import pandas
import polars
import posture
import pyarrow as pa
import pytest
from common import LINES, POD, REQUEST, ROWS, changed, table

ENGINE = posture.Engine(POD, request=REQUEST)
TALLY = posture.Engine(POD, LINES, request=REQUEST).tally()


def relation() -> object:
    flows = table()  # noqa: F841 -- DuckDB finds it by its name
    return duckdb.sql("SELECT * FROM flows")


def dictionaries() -> pa.Table:
    flows = table()
    for name in ("action", "source_namespace", "dest_ip"):
        column = flows[name].dictionary_encode()
        flows = flows.set_column(flows.schema.get_field_index(name), name, column)
    return flows


def cast(column: str, kind: pa.DataType) -> pa.Table:
    return changed(column, table()[column].cast(kind))


class ArrayOnly:
    """A batch that is nothing but Arrow's array."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object:
        """Return the batch."""
        return table().to_batches()[0].__arrow_c_array__()


TAKEN = {
    "pyarrow table": table,
    "pyarrow batch": lambda: table().to_batches()[0],
    "pyarrow reader": lambda: table().to_reader(max_chunksize=3),
    "pandas": lambda: pandas.DataFrame(ROWS),
    "polars": lambda: polars.DataFrame(ROWS),
    "duckdb": relation,
    "array": ArrayOnly,
    "chunks": lambda: pa.concat_tables([table().slice(0, 4), table().slice(4)]),
    "slice of more": lambda: (
        pa.concat_tables([table(), table(), table()]).combine_chunks().slice(10, 10)
    ),
    "list of two": lambda: [table().slice(0, 4), polars.DataFrame(ROWS[4:])],
    "with an empty one": lambda: [table().slice(0, 0), table()],
    "dictionaries": dictionaries,
    "large text": lambda: cast("action", pa.large_string()),
    "text views": lambda: cast("source_name", pa.string_view()),
    "small numbers": lambda: cast("dest_port", pa.uint16()),
    "floats": lambda: cast("num_flows", pa.float64()),
    "seconds": lambda: cast("end_time", pa.timestamp("s")),
    "more columns": lambda: table().append_column("other", pa.array([b"x"] * 10)),
}


@pytest.mark.parametrize("flows", TAKEN.values(), ids=TAKEN)
def test_what_is_taken_gives_the_tally_of_the_lines(flows: object) -> None:
    given = flows()
    tally = ENGINE.tally(given)
    assert tally.records == 10
    assert tally.edge_count == 10
    assert tally == TALLY
    assert len(tally.issues) == 0


REFUSED = {
    "missing": (lambda: table().drop_columns(["action"]), "the column `action` is missing"),
    "numbers for text": (
        lambda: changed("action", pa.array([1] * 10)),
        "the column `action` is of type `Int64`, expected text",
    ),
    "text for a time": (
        lambda: changed("end_time", pa.array(["now"] * 10)),
        "the column `end_time` is of type `Utf8`, expected Unix seconds",
    ),
    "lists for text": (
        lambda: changed("reporter", pa.array([["src"]] * 10)),
        "the column `reporter` is of type",
    ),
    "structs": (
        lambda: changed("dest_type", pa.array([{"a": 1}] * 10)),
        "the column `dest_type` is of type",
    ),
    "no columns": (lambda: pa.table({}), "the column `end_time` is missing"),
    "a letter amiss": (
        lambda: table().rename_columns(
            [name.replace("source_namespace", "source_namespac") for name in table().column_names]
        ),
        "the column `source_namespac` is not known, expected `source_namespace`",
    ),
}


@pytest.mark.parametrize(("flows", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_named(flows: object, message: str) -> None:
    with pytest.raises(posture.InputError, match=message) as error:
        posture.score(POD, flows=flows())
    assert isinstance(error.value, ValueError)
    assert error.value.issue.file == "flows"
    assert error.value.issue.kind == "unreadable"


def test_the_table_of_several_is_named() -> None:
    with pytest.raises(posture.InputError, match=r"`flows\[1\]`: .*`reporter`"):
        ENGINE.tally([table(), table().drop_columns(["reporter"])])


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("dest_ip", pa.array([1] * 10), "the column `dest_ip` is of type `Int64`"),
        ("dest_port", pa.array(["80"] * 10), "the column `dest_port` is of type `Utf8`"),
        ("num_flows", pa.array(["x"] * 10), "the column `num_flows` is of type `Utf8`"),
        (
            "bytes_in",
            pa.array([1] * 10, pa.decimal128(10, 2)),
            "the column `bytes_in` is of type `Decimal128",
        ),
    ],
)
def test_a_column_that_can_be_missing_has_its_type(
    column: str, values: pa.Array, told: str
) -> None:
    with pytest.raises(posture.InputError, match=told) as error:
        posture.score(POD, flows=changed(column, values), request=REQUEST)
    assert error.value.issue.file == "flows"


def test_whole_decimals_are_numbers() -> None:
    numbers = pa.array(range(10), pa.int64())
    decimals = numbers.cast(pa.decimal128(38, 0))
    tallies = [ENGINE.tally(changed("num_flows", of)) for of in (numbers, decimals)]
    assert tallies[0] == tallies[1]
    assert tallies[0] != ENGINE.tally(table())


def test_nulls_cost_their_rows_where_a_value_is_needed() -> None:
    flows = changed("action", pa.array(["allow", None] * 5))
    tally = ENGINE.tally(flows)
    assert tally.records == 5
    issues = list(tally.issues)
    assert sum(issue.count for issue in issues) == 5
    assert {issue.at for issue in issues} == {"row 2", "row 4", "row 6", "row 8", "row 10"}
    assert "`action`" in issues[0].message


def test_a_table_of_no_rows_is_no_records() -> None:
    tally = ENGINE.tally(table().slice(0, 0))
    assert tally == posture.Tally()


def test_a_stream_that_breaks_is_an_error() -> None:
    def batches() -> object:
        yield table().to_batches()[0]
        raise RuntimeError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(table().schema, batches())
    tally = posture.Tally()
    with pytest.raises(posture.InputError, match="the disk is gone"):
        tally.add(ENGINE, reader)
    assert tally == posture.Tally()


@pytest.mark.parametrize("flows", [1, "flows.parquet", [1], {"end_time": [1]}])
def test_what_is_no_table_is_a_type_error(flows: object) -> None:
    with pytest.raises(TypeError, match="PyCapsule"):
        ENGINE.tally(flows)  # type: ignore[arg-type]
