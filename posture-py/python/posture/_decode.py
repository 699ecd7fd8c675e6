"""JSON values to frozen dataclasses, by their annotations alone."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from posture._frozen import Frozen
from posture._table import Table

T = TypeVar("T")

_hints = cache(get_type_hints)


def decode(of: type[T], value: Any) -> T:
    """Return a value of JSON as one of a type; a key that is missing is None."""
    return _decode(of, value)  # type: ignore[no-any-return]


def _decode(of: Any, value: Any) -> Any:
    origin, args = get_origin(of), get_args(of)
    if of is Any:
        return Frozen(value) if isinstance(value, dict) else value
    if origin is Literal:
        return value
    if origin in (Union, types.UnionType):
        (some,) = (arg for arg in args if arg is not type(None))
        return None if value is None else _decode(some, value)
    if origin is tuple:
        return tuple(_decode(args[0], item) for item in value)
    if origin is Table:
        return Table(args[0], [_decode(args[0], item) for item in value])
    if origin is Mapping:
        return Frozen({key: _decode(args[1], item) for key, item in value.items()})
    if is_dataclass(of):
        hints = _hints(of)  # type: ignore[arg-type]
        return of(**{at.name: _decode(hints[at.name], value.get(at.name)) for at in fields(of)})  # type: ignore[operator]
    if of is datetime:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return of(value)
