"""Functions that make IRIs of a row, one for each `Url` of a plan: what the row executor calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kzlod.csvw import context, iri
from kzlod.csvw.cells import Cell
from kzlod.csvw.plan import Part, Slot, Url
from kzlod.csvw.tables import Row
from kzlod.csvw.templates import Value, Variable

Make = Callable[[Sequence[Cell], Row, int], str | None]
"""From a row's cells, the row and its number: the IRI's token; None where the row makes no IRI."""

Complain = Callable[[int | None, str], None]
"""Called with the line, None for every line, and what is wrong."""

MEMO = 1 << 16
"""How many different values are kept with what they became."""


def maker(url: Url, complain: Complain) -> Make:
    """The function for a `Url`. An IRI that is none is complained of, and not made."""
    constant = url.constant
    if constant is not None:
        if not iri.is_iri(constant):
            complain(None, f"the template {url.template.source!r} makes no IRI: {constant!r}")
            return lambda cells, row, number: None
        token = f"<{constant}>"
        return lambda cells, row, number: token
    if url.checked and url.parts is not None:
        return _filled(("<", *url.parts, ">"))
    make = _expanded(url) if url.parts is None else _filled(url.parts)
    known: dict[str, str | None] = {}
    base, source = url.base, url.template.source

    def checked(cells: Sequence[Cell], row: Row, number: int) -> str | None:
        text = make(cells, row, number)
        if text in known and known[text] is not None:
            return known[text]
        full = text if base is None else iri.resolve(base, context.expand(text))
        if not iri.is_iri(full):
            complain(row.line, f"the template {source!r} makes no IRI here: {full!r}")
            return None
        if len(known) >= MEMO:
            known.clear()
        known[text] = f"<{full}>"
        return known[text]

    return checked


def value_of(part: Part, cells: Sequence[Cell], row: Row, number: int) -> Value:
    """What a variable of a template stands for in a row."""
    if isinstance(part, str):
        return part
    if isinstance(part, Slot):
        return cells[part.column].value
    return str(number if part.which == "row" else row.number)


def _expanded(url: Url) -> Callable[[Sequence[Cell], Row, int], str]:
    template, variables = url.template, url.variables

    def expand(cells: Sequence[Cell], row: Row, number: int) -> str:
        return template.expand({name: value_of(part, cells, row, number) for name, part in variables})

    return expand


def _filled(parts: tuple[Part, ...]) -> Callable[[Sequence[Cell], Row, int], str]:
    """A function that sets values between literals."""
    if all(isinstance(part, str) or (isinstance(part, Slot) and not part.operator) for part in parts):
        columns = [part.column for part in parts if isinstance(part, Slot)]
        form = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in parts)
        if len(columns) == 1:
            (column,) = columns
            before, after = (text.replace("%%", "%") for text in form.split("%s")) if "%%s" not in form else ("", "")
            if before or after:
                return lambda cells, row, number: f"{before}{cells[column].encoded}{after}"
        return lambda cells, row, number: form % tuple([cells[column].encoded for column in columns])
    variables = [part if isinstance(part, str) else (part, Variable("", part.operator)) for part in parts]

    def fill(cells: Sequence[Cell], row: Row, number: int) -> str:
        return "".join(
            part if isinstance(part, str) else part[1].expand(value_of(part[0], cells, row, number))
            for part in variables
        )

    return fill
