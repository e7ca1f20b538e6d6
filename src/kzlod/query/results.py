"""Results of queries, and the forms that they are shown in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import pyoxigraph as ox

from kzlod.vocab import XSD

_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}
Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Table:
    """What a SELECT gives: names of variables, and rows with a term or None under each."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    prefixes: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Node | None]]:
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def shown(self, term: Node | None) -> str:
        """A term as people read it: an IRI by its prefix, a literal by its text, nothing for None."""
        if term is None:
            return ""
        if isinstance(term, ox.NamedNode):
            fitting = [(n, p) for p, n in self.prefixes.items() if term.value.startswith(n) and term.value != n]
            namespace, prefix = max(fitting, key=lambda item: len(item[0]), default=("", ""))
            return f"{prefix}:{term.value[len(namespace) :]}" if prefix else term.value
        return term.value if isinstance(term, ox.Literal) else str(term)

    def cells(self) -> list[list[str]]:
        """All rows as texts that people read, line breaks as spaces."""
        return [[" ".join(self.shown(term).split()) for term in row] for row in self.rows]

    def numeric(self, column: int) -> bool:
        """Whether all values of a column are numbers, so that it is aligned to the right."""
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(isinstance(v, ox.Literal) and v.datatype.value in _NUMBERS for v in values)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _columns(table: Table) -> list[tuple[str, int, bool, list[str]]]:
    """Each column's name, width in terminal cells, whether it is numeric, and its texts."""
    cells = table.cells()
    columns = []
    for index, name in enumerate(table.variables):
        texts = [row[index] for row in cells]
        columns.append((name, max(map(_width, [name, *texts])), table.numeric(index), texts))
    return columns


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def as_table(table: Table) -> str:
    """Aligned columns under a rule, with the number of rows below."""
    columns = _columns(table)
    lines = ["  ".join(_pad(name, width, right=right) for name, width, right, _ in columns).rstrip()]
    lines.append("  ".join("─" * width for _, width, _, _ in columns))
    for index in range(len(table)):
        lines.append("  ".join(_pad(texts[index], width, right=right) for _, width, right, texts in columns).rstrip())
    count = len(table)
    return "\n".join([*lines, f"({count} row{'' if count == 1 else 's'})", ""])


def as_markdown(table: Table) -> str:
    """A table of GitHub-flavoured Markdown."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells) + " |"

    rule = "|" + "|".join(" --: " if table.numeric(i) else " --- " for i in range(len(table.variables))) + "|"
    return "\n".join([line(table.variables), rule, *(line(row) for row in table.cells()), ""])


def as_json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON Format."""
    bindings = [
        {name: _binding(term) for name, term in zip(table.variables, row, strict=True) if term is not None}
        for row in table.rows
    ]
    document = {"head": {"vars": list(table.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _binding(term: Node) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    plain = {"type": "literal", "value": term.value}
    if term.language:
        return {**plain, "xml:lang": term.language}
    return plain if term.datatype.value == XSD + "string" else {**plain, "datatype": term.datatype.value}


def _by_oxigraph(format_: ox.QueryResultsFormat) -> Callable[[Table], str]:
    def serialise(table: Table) -> str:
        solutions = ox.parse_query_results(as_json(table), format=ox.QueryResultsFormat.JSON)
        return (solutions.serialize(format=format_) or b"").decode()

    return serialise


FORMATS: Mapping[str, Callable[[Table], str]] = {
    "table": as_table,
    "csv": _by_oxigraph(ox.QueryResultsFormat.CSV),
    "tsv": _by_oxigraph(ox.QueryResultsFormat.TSV),
    "json": as_json,
    "markdown": as_markdown,
}
"""How a table of results can be shown, by the name that a user types."""
