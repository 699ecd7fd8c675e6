"""Two type scores of a flow log by polars: python with_polars.py LOG THREADS NAMESPACES."""

import json
import os
import sys
import time

log, threads, namespaces = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ["POLARS_MAX_THREADS"] = threads

import polars as pl  # noqa: E402: it reads the number of threads once

SCHEMA = {
    "end_time": pl.Int64,
    "reporter": pl.String,
    "proto": pl.String,
    "dest_port": pl.Int32,
    "policies": pl.Struct({"enforced_policies": pl.List(pl.String)}),
} | {
    f"{side}_{name}": pl.String
    for side in ("source", "dest")
    for name in ("type", "namespace", "name_aggr", "ip")
}


def of_reporter(source: str, dest: str) -> pl.Expr:
    return pl.when(pl.col("reporter") == "src").then(pl.col(source)).otherwise(pl.col(dest))


def score(shares: pl.LazyFrame) -> pl.Expr:
    return 100 - (pl.col("part") / pl.col("whole")).sum() * 100 / namespaces


start = time.perf_counter()
if log.endswith(".parquet"):
    rows = pl.scan_parquet(log).rename({"enforced_policies": "enforced"})
else:
    rows = pl.scan_ndjson(log, schema=SCHEMA)
    rows = rows.with_columns(pl.col("policies").struct.field("enforced_policies").alias("enforced"))
# Enforced hits sorted by index, staged hits dropped: the last hit decides.
hit = pl.element()
is_enforced = ~hit.str.contains(r"staged:|\|s(np|gnp|knp):")
field = hit.str.split("|").list
decides = field.get(0).str.zfill(6) + "|" + field.get(1) + "|" + field.get(3)
last_hit = pl.col("enforced").list.eval(decides.filter(is_enforced)).list.max()
edges = (
    rows.with_columns(
        unsecured=last_hit.str.ends_with("|__PROFILE__|allow"),
        namespace=of_reporter("source_namespace", "dest_namespace"),
        workload=of_reporter("source_name_aggr", "dest_name_aggr"),
        peer_type=of_reporter("dest_type", "source_type"),
        peer_namespace=of_reporter("dest_namespace", "source_namespace"),
        peer_name=of_reporter("dest_name_aggr", "source_name_aggr"),
        peer_ip=of_reporter("dest_ip", "source_ip"),
    )
    .with_columns(
        peer=pl.when(pl.col("peer_type") != "net")
        .then(pl.col("peer_name"))
        .when(pl.col("peer_ip").str.contains(r"^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)"))
        .then(pl.lit("private"))
        .otherwise(pl.lit("public"))
    )
    .group_by(
        "namespace", "workload", "reporter", "peer_type", "peer_namespace", "peer", "proto", "dest_port"
    )
    # The worst state seen within 300 s of the latest record.
    .agg(
        last_unsecured=pl.col("end_time").filter(pl.col("unsecured")).max(),
        latest=pl.col("end_time").max(),
    )
    .with_columns(unsecured=(pl.col("last_unsecured") >= pl.col("latest") - 300).fill_null(False))
    .collect()
    .lazy()
)
is_external = pl.col("peer_type") == "net"
egress = (
    edges.filter((pl.col("reporter") == "src") & is_external)
    .group_by("namespace")
    .agg(
        part=pl.col("workload").filter(pl.col("unsecured")).n_unique(),
        whole=pl.col("workload").n_unique(),
    )
)
is_boundary = ((pl.col("peer_type") == "wep") & (pl.col("peer_namespace") != pl.col("namespace"))) | (
    (pl.col("reporter") == "dst") & is_external
)
isolation = (
    edges.filter(is_boundary).group_by("namespace").agg(part=pl.col("unsecured").sum(), whole=pl.len())
)
scores = [shares.select(score(shares)).collect().item() for shares in (egress, isolation)]
print(json.dumps({"seconds": time.perf_counter() - start, "scores": scores}))
