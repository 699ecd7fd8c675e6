"""How fast rows of Arrow become a tally on one core, and how much memory that takes beside them.

taskset -c 1 python posture-py/benches/flows.py [ROWS]

Linux only: it tells the peak of memory since a moment.
"""

import ctypes
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import posture
import pyarrow as pa

WORKLOADS = 200


class Measured(NamedTuple):
    """What it took to tally rows, several times."""

    edges: int
    wall: list[float]
    """Seconds."""
    processor: list[float]
    """Seconds of this process alone."""
    grown: int
    """Bytes of memory at the peak, beyond those before."""


def pods() -> list[dict]:
    """Return a pod for each workload."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"namespace": f"team-{n % 20}", "name": f"web-{n}"},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            "status": {"phase": "Running"},
        }
        for n in range(WORKLOADS)
    ]


def flows(rows: int) -> pa.Table:
    """Return rows of many edges, each seen again and again; no two columns share their memory."""

    def numbers() -> pa.Array:
        return pa.array(np.arange(rows))

    def text(values: list[str], every: int = 1) -> pa.Array:
        places = np.arange(rows) // every % len(values)
        return pa.DictionaryArray.from_arrays(places.astype(np.int32), values).cast(pa.string())

    teams = [f"team-{n % 20}" for n in range(WORKLOADS)]
    names = [f"web-{n}" for n in range(WORKLOADS)]
    columns = {
        "start_time": numbers(),
        "end_time": numbers(),
        "action": text(["allow"]),
        "reporter": text(["src", "dst"], 7),
        "proto": text(["tcp", "udp"], 11),
        "source_type": text(["wep"]),
        "source_namespace": text(teams),
        "source_name": text(names),
        "source_name_aggr": text(names),
        "dest_type": text(["net"]),
        "dest_ip": text([f"9.9.{n}.9" for n in range(200)], 13),
        "dest_port": pa.array((443 + np.arange(rows) % 3).astype(np.int32)),
        "num_flows": numbers(),
        "bytes_in": numbers(),
        "bytes_out": numbers(),
    }
    return pa.table(columns)


def measure(engine: posture.Engine, table: pa.Table, times: int = 5) -> Measured:
    """Tally a table several times, each time anew."""
    before, wall, processor = forget_peak(), [], []
    for _ in range(times):
        tally = posture.Tally()
        began = time.perf_counter(), time.process_time()
        tally.add(engine, table)
        wall.append(time.perf_counter() - began[0])
        processor.append(time.process_time() - began[1])
    return Measured(tally.edge_count, wall, processor, peak() - before)


def forget_peak() -> int:
    """Let the peak of memory begin with what is resident now, and return that in bytes."""
    ctypes.CDLL(None).malloc_trim(0)  # what is free and still resident would hide what is taken
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> int:
    """Return the most bytes that were resident at a time."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [kibibytes] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kibibytes) * 1024


def main() -> None:
    """Measure, and print medians."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    table = flows(rows)
    took = measure(posture.Engine(pods()), table)
    columns = table.get_total_buffer_size()
    print(f"{rows:,} rows, {columns / 2**20:,.0f} MiB of columns, {took.edges:,} edges")
    for name, seconds in (("wall", took.wall), ("processor", took.processor)):
        rates = [rows / of / 1e6 for of in (median(seconds), max(seconds), min(seconds))]
        print("{:<9} {:5.2f} million rows/s ({:.2f} to {:.2f})".format(name, *rates))
    print(f"memory    {took.grown / 2**20:.1f} MiB more at the peak than before")
    print(f"load      {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
