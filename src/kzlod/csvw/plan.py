"""The plan of a table: what each row becomes, one template for each triple, before any row is read.

Metadata compiles to a plan; `rows` runs a plan row by row, and other executors may run it in other ways. All that
can be settled beforehand is: constants, prefixes, the base URL, what can make an invalid IRI.

>>> from kzlod.csvw.model import Column, Table
>>> table = Table("http://example.org/t.csv", "t.csv", (Column("id", 1, 1, about_url="#{id}"),))
>>> plan = compile_table(table)
>>> plan.outputs[0].predicate.constant, plan.subjects[0].parts
('http://example.org/t.csv#id', ('http://example.org/t.csv#', Slot(column=0, operator='')))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from kzlod.csvw import context, iri
from kzlod.csvw.model import Column, Table
from kzlod.csvw.templates import Template, encode, encode_reserved

RowNumber = Literal["row", "source"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in an IRI that a cell's value fills in; `column` is its position in the table."""

    column: int
    operator: str = ""


@dataclass(frozen=True, slots=True)
class RowSlot:
    """A place that the row's number fills in: among the rows of data, or among all rows of the file."""

    which: RowNumber
    operator: str = ""


Part = str | Slot | RowSlot


@dataclass(frozen=True, slots=True)
class Url:
    """How an IRI is made in each row.

    `parts` stand one after the other where the template is simple; otherwise `template` is expanded with
    `variables`. `base` is what the result is resolved against, None where it is already absolute; `checked` says
    that no value can make it an invalid IRI.
    """

    template: Template
    parts: tuple[Part, ...] | None
    base: str | None
    checked: bool
    variables: tuple[tuple[str, Part], ...] = ()
    """For templates that are not simple: what each variable is."""

    @property
    def constant(self) -> str | None:
        """The IRI, where no row changes it."""
        if self.parts is None or any(not isinstance(part, str) for part in self.parts):
            return None
        text = "".join(part for part in self.parts if isinstance(part, str))
        return text if self.base is None else iri.resolve(self.base, context.expand(text))


@dataclass(frozen=True, slots=True)
class Output:
    """One triple of each row: the subject's position in the plan, the predicate, and what the object is made of.

    With `value` the object is an IRI, made unless the cell is null (`conditional`); without it the object is the
    cell's literal, several for a cell with a separator, or an RDF list where the column is `ordered`.
    """

    subject: int
    predicate: Url
    column: int
    value: Url | None = None
    conditional: bool = True
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the rows of a table."""

    table: Table
    columns: tuple[Column, ...]
    subjects: tuple[Url | None, ...]
    """Each subject of a row once; None is a blank node of the row's own."""
    outputs: tuple[Output, ...]

    @property
    def width(self) -> int:
        """How many cells a row of the file has."""
        return sum(not column.virtual for column in self.columns)

    @property
    def used(self) -> frozenset[int]:
        """The columns whose values IRIs are made of."""
        urls = [url for url in self.subjects if url] + [output.predicate for output in self.outputs]
        urls += [output.value for output in self.outputs if output.value]
        parts = [p for url in urls for p in (*(url.parts or ()), *(part for _, part in url.variables))]
        return frozenset(part.column for part in parts if isinstance(part, Slot))


def compile_table(table: Table, columns: tuple[Column, ...] | None = None) -> Plan:
    """Make the plan of a table, with the columns that its file turned out to have."""
    columns = columns if columns is not None else table.columns
    positions: dict[str, int] = {}
    for position, column in enumerate(columns):
        positions.setdefault(column.name, position)
    subjects: list[Url | None] = []
    found: dict[tuple[object, ...], int] = {}
    outputs = []
    for position, column in enumerate(columns):
        if column.suppress_output or table.suppress_output:
            continue
        about = None if column.about_url is None else compile_url(column.about_url, table, column, positions)
        key: tuple[object, ...] = () if about is None else (about.parts or about.template, about.variables, about.base)
        if key not in found:
            found[key] = len(subjects)
            subjects.append(about)
        source = column.property_url if column.property_url is not None else None
        if source is None:
            predicate = _constant(f"{table.url.partition('#')[0]}#{column.name}")
        else:
            predicate = compile_url(source, table, column, positions)
        value = None if column.value_url is None else compile_url(column.value_url, table, column, positions)
        ordered = column.ordered and column.separator is not None
        outputs.append(Output(found[key], predicate, position, value, not column.virtual, ordered))
    return Plan(table, columns, tuple(subjects), tuple(outputs))


def _constant(url: str) -> Url:
    return Url(Template(url), (url,), None, iri.is_iri(url))


def compile_url(source: str, table: Table, column: Column, positions: dict[str, int]) -> Url:
    """Make a URI template's `Url` for a column: expanded, its prefix replaced, resolved against the table's URL."""
    template = Template(source)

    def part(name: str, operator: str) -> Part:
        constants = {
            "_name": unquote(column.name),
            "_column": str(column.number),
            "_sourceColumn": str(column.source_number) if column.source_number else "",
        }
        if name in constants:
            text = encode_reserved(constants[name]) if operator else encode(constants[name])
            return f"#{text}" if operator == "#" and text else text
        if name in ("_row", "_sourceRow"):
            return RowSlot("row" if name == "_row" else "source", operator)
        return Slot(positions[name], operator) if name in positions else ""

    if template.parts is None:
        raw = {"_name": unquote(column.name), "_column": str(column.number), "_sourceColumn": str(column.source_number)}
        variables = tuple((name, raw.get(name) or part(name, "")) for name in template.names)
        return Url(template, None, table.url, False, variables)
    parts = _merge([p if isinstance(p, str) else part(p.name, p.operator) for p in template.parts])
    if all(isinstance(p, str) for p in parts):
        text = "".join(p for p in parts if isinstance(p, str))
        return _constant(iri.resolve(table.url, context.expand(text)))
    head = parts[0] if parts and isinstance(parts[0], str) else ""
    fixed = _fixed_head(head, table.url, parts)
    if fixed is None:
        return Url(template, parts, table.url, False)
    parts = (fixed, *parts[1:])
    return Url(template, parts, None, is_checked(parts))


def _merge(parts: list[Part]) -> tuple[Part, ...]:
    out: list[Part] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    return tuple(out) or ("",)


def _fixed_head(head: str, base: str, parts: tuple[Part, ...]) -> str | None:
    """The part before the first value, made absolute; None where the values decide what it is."""
    if head.startswith("#"):
        return iri.resolve(base, head)
    if head.startswith("?"):
        return iri.resolve(base, head)
    scheme = re.match(r"([A-Za-z_][\w.+\-]*):", head)
    if scheme is None:
        return None
    rest = head[scheme.end() :]
    if scheme[1] in context.PREFIXES and not rest.startswith("//"):
        # A value that begins with // would make the prefix a scheme.
        second = parts[1]
        if len(rest) < 2 and not isinstance(second, str) and second.operator == "+":
            return None
        return context.expand(head)
    return head


def is_checked(parts: tuple[Part, ...]) -> bool:
    """Whether an absolute URL of these parts is a valid IRI whatever the values are."""
    if any(not isinstance(part, str) and part.operator for part in parts):
        return False
    head = parts[0] if isinstance(parts[0], str) else ""
    # A value within the authority could be no host or port.
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]*://", head) and not re.search("://[^/?#]*[/?#]", head):
        return False
    example = "".join(part if isinstance(part, str) else "a" for part in parts)
    return iri.is_iri(example)
