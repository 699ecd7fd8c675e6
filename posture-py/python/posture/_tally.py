"""What was seen of traffic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from posture import _posture
from posture._decode import decode
from posture._inputs import Flows, tables
from posture._result import Issue
from posture._table import Table
from posture._text import counted

if TYPE_CHECKING:
    from posture._engine import Engine


class Tally:
    """What was seen of traffic: edges, and counts of records.

    Tallies of any split of the records merge in any order to the same tally.

    >>> import posture
    >>> a, b = posture.Tally(), posture.Tally()
    >>> a.merge(b)
    >>> a == b, a.records, a.edge_count
    (True, 0, 0)
    >>> posture.Tally.from_bytes(a.to_bytes()) == a
    True
    """

    __slots__ = ("_native",)

    def __init__(self) -> None:
        """Make a tally of nothing."""
        self._native = _posture.Tally()

    def add(self, engine: Engine, flows: Flows) -> None:
        """Add flow records in columns, judged by the engine; other threads run meanwhile.

        Raises `InputError` where a column is missing or of another type and where a table cannot be
        read to its end: then nothing of `flows` is added.
        """
        engine._native.add(self._native, tables(flows))

    def merge(self, other: Tally) -> None:
        """Add all of another tally.

        Edges that are merged twice change no state, only sums: take each split once.
        """
        if other is self:
            other = Tally.from_bytes(self.to_bytes())
        self._native.merge(other._native)

    def to_bytes(self) -> bytes:
        """Return the tally as bytes: equal tallies give equal bytes.

        Issues are left out. A pickle keeps them.
        """
        return self._native.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Tally:
        """Read a tally back. Raises `PostureError` for other bytes."""
        return cls._of(_posture.Tally.from_bytes(data))

    @classmethod
    def _of(cls, native: _posture.Tally) -> Tally:
        tally = cls.__new__(cls)
        tally._native = native
        return tally

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return self._native.edge_count

    @property
    def records(self) -> int:
        """How many records there were."""
        return self._native.records

    @property
    def issues(self) -> Table[Issue]:
        """What must be told about the records that were added: rows that are none, and so on."""
        return Table(Issue, [decode(Issue, of) for of in json.loads(self._native.issues())])

    def __eq__(self, other: object) -> bool:
        """Say whether all edges and counts are the same."""
        return isinstance(other, Tally) and self._native == other._native

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as bytes, and the issues."""
        return (_read_back, (self.to_bytes(), self._native.issues()))

    def __repr__(self) -> str:
        """Say how much was seen."""
        records, edges = counted(self.records, "record"), counted(self.edge_count, "edge")
        return f"<posture.Tally of {records}, {edges}>"


def _read_back(data: bytes, issues: str) -> Tally:
    return Tally._of(_posture.Tally.from_bytes(data, issues))
