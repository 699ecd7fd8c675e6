"""A small cluster, and flow records of it in lines and in columns."""

import json

import pyarrow as pa

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"namespace": "shop", "name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    "status": {"phase": "Running"},
}

EMPTY = {"cluster.json": b'{"kind": "PodList", "items": []}'}

REQUEST = {"policies_complete": True}

ROW = {
    "start_time": 1_700_000_000,
    "end_time": 1_700_000_300,
    "action": "allow",
    "reporter": "src",
    "proto": "tcp",
    "source_type": "wep",
    "source_namespace": "shop",
    "source_name": "web",
    "source_name_aggr": "web",
    "dest_type": "net",
    "dest_ip": "9.9.9.9",
    "dest_port": 443,
    "num_flows": 3,
    "bytes_in": 10,
    "bytes_out": 20,
}

ROWS = [{**ROW, "dest_port": port, "end_time": 1_700_000_300 + port} for port in range(440, 450)]

LINES = "\n".join(json.dumps(row) for row in ROWS).encode()


def table(rows: list[dict] | None = None) -> pa.Table:
    """Return flow records as a table of pyarrow."""
    return pa.Table.from_pylist(ROWS if rows is None else rows)


def changed(column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return the table with another column in the place of one."""
    flows = table()
    return flows.set_column(flows.schema.get_field_index(column), column, values)
