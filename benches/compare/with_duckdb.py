"""Two type scores of a flow log by DuckDB: python with_duckdb.py LOG THREADS NAMESPACES."""

import json
import sys
import time
from pathlib import Path

import duckdb

COLUMNS = {
    "end_time": "BIGINT",
    "reporter": "VARCHAR",
    "proto": "VARCHAR",
    "dest_port": "INTEGER",
    "policies": "STRUCT(enforced_policies VARCHAR[])",
} | {
    f"{side}_{name}": "VARCHAR"
    for side in ("source", "dest")
    for name in ("type", "namespace", "name_aggr", "ip")
}

log, threads, namespaces = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
start = time.perf_counter()
connection = duckdb.connect(config={"threads": threads})
if log.endswith(".parquet"):
    source = f"SELECT *, enforced_policies AS enforced FROM read_parquet('{log}')"
else:
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
    source = (
        "SELECT *, policies.enforced_policies AS enforced "
        f"FROM read_json('{log}', format = 'newline_delimited', columns = {{{columns}}})"
    )
connection.execute(f"CREATE TEMP VIEW log AS {source}")
query = Path(__file__).with_name("queries.sql").read_text()
[scores] = connection.execute(query, {"namespaces": namespaces}).fetchall()
print(json.dumps({"seconds": time.perf_counter() - start, "scores": scores}))
