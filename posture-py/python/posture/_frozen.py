"""Mappings that cannot be changed."""

from __future__ import annotations

from typing import Any, NoReturn


class Frozen(dict[str, Any]):
    """A dictionary that stays as it is, so that it can be hashed; pickled and copied, too."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a result cannot be changed: expected a copy, such as `dict(mapping)`")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the keys: values may be lists."""
        return hash(frozenset(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a dictionary."""
        return (Frozen, (dict(self),))
