"""What is given, sorted into what the native half reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeGuard, runtime_checkable

__all__ = ["ArrowArray", "ArrowStream", "Flows", "Input", "Request"]


@runtime_checkable
class ArrowStream(Protocol):
    """A table of Arrow: of pyarrow, pandas 2.2 and later, polars, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a stream of batches."""


@runtime_checkable
class ArrowArray(Protocol):
    """A record batch of Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Return a schema and an array."""


Input = str | os.PathLike[str] | bytes | Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""A path of a file or folder, the content of a file, contents by their names, a Kubernetes object
or a list of such."""

Flows = ArrowStream | ArrowArray | Sequence[ArrowStream | ArrowArray]
"""Flow records in columns, named as in Calico's flow logs; or a list of such tables."""

Request = Mapping[str, Any]
"""The settings of an assessment: what `posture schema request` describes."""


def sort(inputs: Iterable[Input]) -> tuple[list[str], list[tuple[str, bytes]]]:
    """Return paths, and contents by their names."""
    paths: list[str] = []
    contents: list[tuple[str, bytes]] = []
    for number, given in enumerate(inputs):
        if isinstance(given, (str, os.PathLike)):
            paths.append(os.fspath(given))
        elif isinstance(given, (bytes, bytearray, memoryview)):
            contents.append((f"input {number + 1}", bytes(given)))
        elif isinstance(given, Mapping) and all(isinstance(of, bytes) for of in given.values()):
            contents.extend(given.items())
        elif isinstance(given, Mapping) or _are_objects(given):
            contents.append((f"input {number + 1}", _written(given)))
        else:
            kind = type(given).__name__
            raise TypeError(
                "expected a path, bytes, contents by their names, or Kubernetes objects as dicts,"
                f" not `{kind}`"
            )
    return paths, contents


def tables(flows: Flows | None) -> list[ArrowStream | ArrowArray]:
    """Return the tables, one or many."""
    if flows is None:
        return []
    many = flows if isinstance(flows, Sequence) and not _is_table(flows) else [flows]
    found = [table for table in many if _is_table(table)]
    if len(found) < len(many):
        raise TypeError(
            "expected `flows` with Arrow's PyCapsule interface (a table of pyarrow, pandas, polars"
            f" or DuckDB), or a list of such, not `{type(flows).__name__}`"
        )
    return found


def written(request: Request | None) -> str:
    """Return a request in JSON."""
    return json.dumps({} if request is None else dict(request), default=str)


def _is_table(given: object) -> TypeGuard[ArrowStream | ArrowArray]:
    return hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__")


def _are_objects(given: object) -> bool:
    return isinstance(given, Sequence) and all(isinstance(item, Mapping) for item in given)


def _written(objects: Any) -> bytes:
    if not isinstance(objects, Mapping):
        objects = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    return json.dumps(objects, default=str).encode()
