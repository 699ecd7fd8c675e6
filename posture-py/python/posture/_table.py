"""Rows that are tables, too: for pandas, polars and whatever else reads Arrow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from posture import _posture
from posture._html import table_html

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row = TypeVar("Row", covariant=True)

Kind = Literal["text", "texts", "number", "integer", "bool", "time"]
"""What a column holds: in Arrow `string`, `list<string>`, `double`, `int64`, `bool` and
`timestamp[s, UTC]`. All can be null."""

_PANDAS: dict[Kind, str] = {
    "text": "str",
    "texts": "object",
    "number": "float64",
    "integer": "Int64",
    "bool": "boolean",
    "time": "datetime64[s, UTC]",
}


@dataclass(frozen=True)
class Column:
    """A column of a table, and what a row has in it."""

    name: str
    kind: Kind
    of: Callable[[Any], Any]


class Table(Collection[Row], Generic[Row]):
    """Rows in order, which cannot be changed; a table of stable columns, too.

    >>> import posture
    >>> result = posture.score({"objects.json": b'{"kind": "PodList", "items": []}'})
    >>> len(result.types), result.types[0].type
    (4, 'high_risk_images')
    >>> result.namespaces.to_arrow().num_rows
    0
    >>> result.types.columns[:4]
    ('type', 'status', 'evidence', 'weight')

    Whatever takes Arrow's PyCapsule interface takes a table as it is: `pyarrow.table(rows)`,
    `polars.DataFrame(rows)`. An empty table has the same columns, of the same types. It is no
    `collections.abc.Sequence`, of which polars would take the rows for its columns.
    """

    __slots__ = ("_columns", "_of", "_rows")

    def __init__(self, of: type[Row], rows: Iterable[Row]) -> None:
        """Make a table of rows of a type that has `COLUMNS`."""
        self._of = of
        self._columns: tuple[Column, ...] = of.COLUMNS  # type: ignore[attr-defined]
        self._rows = tuple(rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        """Return a row, or some."""
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        """Return the rows, one after the other."""
        return iter(self._rows)

    def __contains__(self, row: object) -> bool:
        """Say whether a row is among them."""
        return row in self._rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        """Say whether the rows are the same."""
        return isinstance(other, Table) and self._rows == other._rows

    def __hash__(self) -> int:
        """Hash the rows."""
        return hash(self._rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the rows."""
        return (Table, (self._of, self._rows))

    def __repr__(self) -> str:
        """Return the rows, in short."""
        shown = ",\n ".join(repr(row) for row in self._rows[:10])
        more = f",\n ... {len(self) - 10} more" if len(self) > 10 else ""
        return f"[{shown}{more}]"

    def _repr_html_(self) -> str:
        """Return the first rows as a piece of HTML, for notebooks."""
        rows = zip(*(self._values(column) for column in self._columns), strict=True)
        return table_html(self.columns, rows, len(self))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self._columns)

    def _values(self, column: Column) -> list[Any]:
        return [column.of(row) for row in self._rows]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a stream of Arrow; a schema that is asked for is not heeded."""
        columns = []
        for column in self._columns:
            values = self._values(column)
            if column.kind == "time":
                values = [None if time is None else int(time.timestamp()) for time in values]
            columns.append((column.name, column.kind, values))
        return _posture.arrow_stream(columns, len(self))

    def to_arrow(self) -> pyarrow.Table:
        """Return a table of pyarrow."""
        with _extra("arrow"):
            import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> polars.DataFrame:
        """Return a data frame of polars."""
        with _extra("polars"):
            import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a data frame of pandas."""
        with _extra("pandas"):
            import pandas

        columns = {
            column.name: pandas.Series(self._values(column), dtype=_PANDAS[column.kind])
            for column in self._columns
        }
        return pandas.DataFrame(columns)


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        message = f'this needs {error.name}: `pip install "posture-score[{name}]"`'
        raise ModuleNotFoundError(message, name=error.name) from error
