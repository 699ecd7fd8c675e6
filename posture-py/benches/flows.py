"""How fast rows of Arrow become a tally, on one core, and how much memory that takes.

.venv/bin/python posture-py/benches/flows.py [ROWS]
"""

import resource
import sys
import time

import posture
import pyarrow as pa

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
WORKLOADS = 200


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
    """Return rows of many edges, each seen again and again."""
    number = pa.array(range(rows), pa.int64())
    of = [n % WORKLOADS for n in range(rows)]

    def text(values: list[str], every: int) -> pa.Array:
        indices = pa.array([(n // every) % len(values) for n in range(rows)], pa.int32())
        return pa.DictionaryArray.from_arrays(indices, values).cast(pa.string())

    def by_workload(of_one: str) -> pa.Array:
        values = [of_one.format(n=n, team=n % 20) for n in range(WORKLOADS)]
        return pa.DictionaryArray.from_arrays(pa.array(of, pa.int32()), values).cast(pa.string())

    columns = {
        "start_time": number,
        "end_time": number,
        "action": text(["allow"], 1),
        "reporter": text(["src", "dst"], 7),
        "proto": text(["tcp", "udp"], 11),
        "source_type": text(["wep"], 1),
        "source_namespace": by_workload("team-{team}"),
        "source_name": by_workload("web-{n}"),
        "source_name_aggr": by_workload("web-{n}"),
        "dest_type": text(["net"], 1),
        "dest_ip": text([f"9.9.{n}.9" for n in range(200)], 13),
        "dest_port": pa.array([443 + n % 3 for n in range(rows)], pa.int32()),
        "num_flows": number,
        "bytes_in": number,
        "bytes_out": number,
    }
    return pa.table(columns)


def peak() -> float:
    """Return the peak of resident memory, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure five times, and print the best."""
    engine = posture.Engine(pods())
    table = flows(ROWS)
    before, times = peak(), []
    for _ in range(5):
        tally = posture.Tally()
        began = time.perf_counter()
        tally.add(engine, table)
        times.append(time.perf_counter() - began)
    print(f"{ROWS:,} rows, {table.nbytes / 2**20:.0f} MiB of columns, {tally.edge_count:,} edges")
    print(f"{ROWS / min(times) / 1e6:.1f} million rows per second, best of 5")
    print(f"{peak() - before:.0f} MiB more at the peak than before")


if __name__ == "__main__":
    main()
