"""Compares posture with DuckDB and polars on the same log, in lines and in columns.

    python compare.py POSTURE FOLDER

FOLDER holds objects.json, networkpolicies.json and flows.jsonl, as `generate` writes them. All times are
medians of five runs: of posture's whole process, from files to a result with every type, namespace and
action; of the others from opening the log to two numbers, without the start of Python.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 5
TYPES = ("egress_access", "namespace_isolation")


def pinned(threads: int, command: list[str]) -> str:
    cores = "1" if threads == 1 else "0,1"
    run = subprocess.run(["taskset", "-c", cores, *command], check=True, capture_output=True, text=True)
    return run.stdout


def by_posture(posture: str, folder: Path, log: str, threads: int) -> tuple[float, list[float]]:
    objects = [str(folder / name) for name in ("objects.json", "networkpolicies.json")]
    command = [posture, "score", *objects, str(folder / log), "--format", "json", "--threads", str(threads)]
    start = time.perf_counter()
    written = pinned(threads, command)
    seconds = time.perf_counter() - start
    report = json.loads(written)
    scores = {of["type"]: of["score"] for of in report["types"]}
    return seconds, [scores[name] for name in TYPES]


def by_script(script: str, folder: Path, log: str, threads: int) -> tuple[float, list[float]]:
    path = Path(__file__).with_name(script)
    namespaces = len(json.loads(pinned(1, ["cat", str(folder / "namespaces.json")])))
    command = [sys.executable, str(path), str(folder / log), str(threads), str(namespaces)]
    answer = json.loads(pinned(threads, command))
    return answer["seconds"], answer["scores"]


def main(posture: str, folder: Path) -> None:
    report = json.loads(pinned(1, [posture, "score", str(folder / "objects.json"), "--format", "json"]))
    names = sorted(of["namespace"] for of in report["namespaces"])
    (folder / "namespaces.json").write_text(json.dumps(names))
    if not (folder / "flows.parquet").exists():
        subprocess.run(
            [posture, "convert", str(folder / "flows.jsonl"), "-o", str(folder / "flows.parquet")], check=True
        )
    tools = {
        "posture": lambda *given: by_posture(posture, folder, *given),
        "DuckDB": lambda *given: by_script("with_duckdb.py", folder, *given),
        "polars": lambda *given: by_script("with_polars.py", folder, *given),
    }
    print("| log | threads |", " | ".join(tools), "| DuckDB / posture | polars / posture |")
    print("|---" * (len(tools) + 4) + "|")
    for log in ("flows.jsonl", "flows.parquet"):
        for threads in (1, 2):
            # In turns, so that what else the machine does meets all of them.
            runs = [{name: run(log, threads) for name, run in tools.items()} for _ in range(RUNS)]
            expected = runs[0]["posture"][1]
            for name, (_, scores) in runs[0].items():
                for found, wanted in zip(scores, expected, strict=True):
                    assert abs(found - wanted) < 2e-8, f"{name} on {log}: {scores}, expected {expected}"
            medians = {name: statistics.median(run[name][0] for run in runs) for name in tools}
            ratios = [f"{medians[name] / medians['posture']:.1f}" for name in ("DuckDB", "polars")]
            seconds = [f"{seconds:.2f} s" for seconds in medians.values()]
            print("|", " | ".join([log, str(threads), *seconds, *ratios]), "|", flush=True)


main(sys.argv[1], Path(sys.argv[2]))
