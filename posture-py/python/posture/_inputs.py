"""What is given, sorted into what the native half reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeGuard, runtime_checkable

__all__ = ["ArrowArray", "ArrowStream", "Flows", "Input", "Request"]


_BYTES = (bytes, bytearray, memoryview)


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
        elif isinstance(given, _BYTES):
            contents.append((f"input {number + 1}", bytes(given)))
        elif isinstance(given, Mapping) and any(isinstance(of, _BYTES) for of in given.values()):
            contents.extend(_named(given))
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
    return _json({} if request is None else dict(request))


def names(given: Iterable[str], of: str) -> list[str]:
    """Return a list of names; one text is none."""
    if isinstance(given, (str, bytes)):
        raise TypeError(f"expected a list for `{of}`, such as [{given!r}], not a text")
    return list(given)


def _is_table(given: object) -> TypeGuard[ArrowStream | ArrowArray]:
    return hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__")


def _are_objects(given: object) -> bool:
    return isinstance(given, Sequence) and all(isinstance(item, Mapping) for item in given)


def _written(objects: Any) -> bytes:
    if not isinstance(objects, Mapping):
        objects = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    return _json(objects).encode()


def _named(contents: Mapping[Any, Any]) -> Iterable[tuple[str, bytes]]:
    for name, content in contents.items():
        if not isinstance(name, str) or not isinstance(content, _BYTES):
            raise TypeError(
                f"expected bytes by their names, not `{name!r}: {type(content).__name__}`"
            )
        yield name, bytes(content)


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"expected values of JSON, not `{type(value).__name__}`")
