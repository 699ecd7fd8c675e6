"""A cluster of Spark on this machine: a master, and two workers that are two hosts to it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

HOSTS = ("127.0.0.1", "127.0.0.2")
"""A task is never run twice on one host at the same time."""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a cluster that keeps its files in a folder, and give its address."""
    with socket.socket() as free:
        free.bind((HOSTS[0], 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        start(stack, "master.Master", HOSTS[0], folder, "--port", str(port))
        address = f"spark://{HOSTS[0]}:{port}"
        for host in HOSTS:
            limits = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / host)]
            start(stack, "worker.Worker", host, folder, *limits, address)
        yield address


def start(stack: ExitStack, name: str, host: str, folder: Path, *arguments: str) -> None:
    """Start a part of the cluster, which ends with the stack."""
    home = Path(pyspark.__file__).parent
    log = stack.enter_context((folder / f"{name}-{host}.log").open("w"))
    command = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}"]
    options = ["--host", host, "--webui-port", "0", *arguments]
    part = subprocess.Popen(
        [*command, *options],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "SPARK_HOME": str(home)},
    )
    stack.callback(part.wait)
    stack.callback(part.terminate)
