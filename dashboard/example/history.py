"""Write history.json: what `posture history` tells of the fortnight before the example's hour.

    python3 history.py path/to/posture > history.json

There is one dump of the example cluster. Each earlier day is that dump with something missing: a
policy, scans, or the shell that somebody forgot.
"""

import calendar
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLUSTER = Path(__file__).resolve().parents[2] / "examples/clusters/boutique"
END = calendar.timegm((2026, 11, 20, 11, 0, 0))
SCANS = sorted(path.name for path in (CLUSTER / "scans").iterdir())
POLICIES = json.loads((CLUSTER / "networkpolicies.json").read_text())["items"]

# day of November, policies that are there (None: all), scans that are missing, shell or none
DAYS = [
    (6, {"kube-dns"}, SCANS[4:], False),
    (8, {"kube-dns", "allow-all"}, SCANS[9:], False),
    (10, {"kube-dns", "allow-all"}, SCANS[14:], False),
    (12, {"kube-dns", "allow-all", "default-deny"}, [], False),
    (14, {policy["metadata"]["name"] for policy in POLICIES} - {"redis-cart"}, [], False),
    (18, {policy["metadata"]["name"] for policy in POLICIES} - {"allow-all"}, [], True),
    (19, {policy["metadata"]["name"] for policy in POLICIES} - {"redis-cart"}, [], True),
]


def main() -> None:
    posture = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "history.db"
        for day, policies, missing, has_shell in DAYS:
            at = calendar.timegm((2026, 11, day, 11, 0, 0))
            cluster = Path(folder) / str(day)
            write(cluster, at - END, policies, missing, has_shell)
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
            record = [posture, "score", str(cluster), "--now", now, "--format", "json"]
            subprocess.run(
                [*record, "--record", "--history", str(history)],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        told = [posture, "history", "--history", str(history), "--format", "json"]
        points = json.loads(subprocess.run(told, check=True, capture_output=True).stdout)
    # one line for each point: small, and a change shows where it is
    lines = ",\n".join(json.dumps(point, separators=(",", ":")) for point in points["points"])
    print(f'{{"series":"default","points":[\n{lines}\n]}}')


def write(cluster: Path, shift: int, policies: set, missing: list, has_shell: bool) -> None:
    shutil.copytree(CLUSTER / "scans", cluster / "scans")
    for name in missing:
        (cluster / "scans" / name).unlink()
    kept = [policy for policy in POLICIES if policy["metadata"]["name"] in policies]
    (cluster / "networkpolicies.json").write_text(json.dumps({"kind": "List", "items": kept}))
    objects = json.loads((CLUSTER / "objects.json").read_text())
    objects["items"] = [
        item for item in objects["items"] if has_shell or item["metadata"]["name"] != "debug-shell"
    ]
    (cluster / "objects.json").write_text(json.dumps(objects))
    with (cluster / "flows.jsonl").open("w") as log:
        for line in (CLUSTER / "flows.jsonl").read_text().splitlines():
            if has_shell or "debug-shell" not in line:
                row = json.loads(line)
                row["start_time"] += shift
                row["end_time"] += shift
                # the day's policies decide, not the traces of the example's
                row.pop("policies", None)
                log.write(json.dumps(row) + "\n")


main()
