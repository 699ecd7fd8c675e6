"""Rows with every column, as frames, and as lines: the second way to their tally."""

import json
from collections.abc import Callable

import common
import duckdb
import pandas
import polars
import posture
import pyarrow as pa
from common import POD, REQUEST

ENGINE = posture.Engine(POD, request=REQUEST)

ROW = {
    **common.ROW,
    "source_ip": "10.0.0.1",
    "source_port": 40_000,
    "source_labels": ["app=web"],
    "dest_namespace": "-",
    "dest_name": "-",
    "dest_name_aggr": "pub",
    "dest_labels": ["none=none"],
    "dest_service_namespace": "-",
    "dest_service_name": "-",
    "dest_domains": ["a.example"],
    "enforced_policies": ["0|default|np:shop/p|allow|0"],
}

ROWS = [
    {
        **ROW,
        "end_time": ROW["end_time"] + number,
        "dest_ip": f"9.9.9.{number}",
        "dest_port": 440 + number,
        "num_flows": number,
    }
    for number in range(12)
]

NEEDED = ["end_time", "action", "reporter", "source_type", "dest_type"]
"""The columns without which nothing can be read (formats, section 6)."""

Frame = Callable[[pa.Table], object]

FRAMES: dict[str, Frame] = {
    "pyarrow": lambda table: table,
    "pandas": lambda table: table.to_pandas(),
    "pandas of Arrow": lambda table: table.to_pandas(types_mapper=pandas.ArrowDtype),
    "polars": polars.from_arrow,
    "DuckDB": duckdb.from_arrow,
}


def table(rows: list[dict] = ROWS) -> pa.Table:
    """Return rows as a table of pyarrow."""
    return pa.Table.from_pylist(rows)


def with_column(name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return all rows with another column in the place of one, or beside all."""
    rows = table()
    if name not in rows.column_names:
        return rows.append_column(name, column)
    return rows.set_column(rows.schema.get_field_index(name), name, column)


def of_lines(rows: list[dict] = ROWS) -> tuple[posture.Tally, int]:
    """Return the tally of rows in lines, and how many rows are none."""
    text = "\n".join(json.dumps(_line(row)) for row in rows).encode()
    tally = posture.Engine(POD, text, request=REQUEST).tally()
    return tally, lost(tally)


def lost(tally: posture.Tally) -> int:
    """Return how many rows are none, by its issues."""
    return sum(issue.count for issue in tally.issues)


def _line(row: dict) -> dict:
    line = dict(row)
    for name in {"source_labels", "dest_labels"} & row.keys():
        line[name] = {"labels": row[name]}
    if "enforced_policies" in row:
        line["policies"] = {"enforced_policies": line.pop("enforced_policies")}
    return line
