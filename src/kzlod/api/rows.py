"""The rows of an answer as dataclasses, and as the tables of pandas, Polars and Arrow."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import make_dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, overload

from kzlod.api.values import Value, value
from kzlod.extras import need
from kzlod.query import Answer, Table, labelled, render
from kzlod.query.forms.html import html_table
from kzlod.query.results import first

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 60
"""How many rows a notebook shows."""


class Rows(Sequence[Any]):
    """The rows of an answer, each an instance of one dataclass with a field a column; None where nothing is bound.

    A column whose name is none of Python's (`class`, `1st`) has an underscore in its field's name (`class_`, `_1st`).

    >>> import kzlod
    >>> rows = kzlod.open().query("trade-by-year")
    >>> rows.columns[:3], rows[0].value
    (('period', 'subject', 'counterpart'), Decimal('400000000'))
    """

    def __init__(self, table: Table, ask: Callable[[str], Answer]) -> None:
        """Rows of a table; `ask` finds labels where the table came from."""
        self.table = table
        self._ask = ask
        row = _row(table.variables)
        self._rows = [row(*(None if term is None else value(term) for term in terms)) for terms in table.rows]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, as the query has them."""
        return self.table.variables

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._rows[index]

    def __repr__(self) -> str:
        shown, more = first(self.table, _SHOWN)
        return render(shown, "table").rstrip("\n") + (f" and {more:,} more" if more else "")

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows, with labels in the place of IRIs."""
        shown, more = first(self.table, _SHOWN)
        assert isinstance(shown, Table)
        return html_table(labelled(shown, self._ask)) + (f"<p>and {more:,} more</p>\n" if more else "")

    def _values(self) -> dict[str, list[Any]]:
        """The values of each column, all of one type: what is mixed is Decimal where it is numbers, else text."""
        columns = zip(*((None if t is None else value(t) for t in terms) for terms in self.table.rows), strict=True)
        found: dict[str, list[Any]] = {name: [] for name in self.columns}
        found.update(zip(self.columns, map(_alike, columns), strict=False))
        return found

    def to_arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table, with text for numbers of more digits than 38, which not every reader of it knows.

        Raises `MissingError` where pyarrow is not installed.
        """
        arrow = need("pyarrow", install="pyarrow")

        def column(values: list[Any]) -> Any:
            try:
                made = arrow.array(values)
                if not arrow.types.is_decimal256(made.type):
                    return made
            except (arrow.ArrowInvalid, OverflowError):
                pass
            return arrow.array([None if one is None else str(one) for one in values])

        table: pyarrow.Table = arrow.table({name: column(values) for name, values in self._values().items()})
        return table

    def to_polars(self) -> polars.DataFrame:
        """The rows as a frame of Polars. Raises `MissingError` where polars or pyarrow is not installed."""
        frame: polars.DataFrame = need("polars", install="polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a frame of pandas, decimals as floats, which pandas reckons with; the rows have them exactly.

        Raises `MissingError` where pandas is not installed.
        """
        frames = need("pandas", install="pandas")
        series = {}
        for name, values in self._values().items():
            numbers = [float(one) if isinstance(one, Decimal) else one for one in values]
            whole = any(type(one) is int for one in numbers)
            try:
                series[name] = frames.Series(numbers, dtype="Int64" if whole else None)
            except OverflowError:
                series[name] = frames.Series(numbers, dtype="object")
        frame: pandas.DataFrame = frames.DataFrame(series, columns=list(self.columns))
        return frame


def _alike(values: Sequence[Value | None]) -> list[Value | None]:
    """Values of one type. An `Iri` becomes the plain text that a frame knows."""
    kinds = {str if isinstance(one, str) else type(one) for one in values if one is not None}
    if len(kinds) <= 1 and str not in kinds:
        return list(values)
    if kinds == {int, Decimal}:
        return [None if one is None else Decimal(one) for one in values]  # type: ignore[arg-type]
    if kinds <= {int, Decimal, float}:
        return [None if one is None else float(one) for one in values]  # type: ignore[arg-type]
    return [None if one is None else str(one) for one in values]


@cache
def _row(variables: tuple[str, ...]) -> type[Any]:
    """The dataclass of the rows of a query with these variables."""
    fields: list[str] = []
    for variable in variables:
        name = re.sub(r"\W|^(?=\d)", "_", variable)
        while keyword.iskeyword(name) or name in fields:
            name += "_"
        fields.append(name)
    return make_dataclass("Row", fields, frozen=True, slots=True)
