"""The annotated tabular data model (Tabular Data Model, 4): what metadata says, normalised and frozen.

Inherited properties are already on the columns, links are absolute, natural language values are by language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kzlod.csvw.context import DATATYPES
from kzlod.csvw.fetch import Fetch, local
from kzlod.findings import Finding

Json = Any
"""A JSON value, as `json.loads` gives it."""

Titles = Mapping[str, tuple[str, ...]]
"""Natural language strings by language tag, `und` where there is none."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written (Metadata Vocabulary, 5.9)."""

    encoding: str = "utf-8"
    line_terminators: tuple[str, ...] = ("\r\n", "\n")
    quote: str | None = '"'
    double_quote: bool = True
    delimiter: str = ","
    comment_prefix: str | None = None
    header_rows: int = 1
    skip_rows: int = 0
    skip_columns: int = 0
    skip_blank_rows: bool = False
    trim: str = "true"
    """One of `true`, `false`, `start`, `end`."""


@dataclass(frozen=True, slots=True)
class Datatype:
    """A datatype, built in or derived (Metadata Vocabulary, 5.11)."""

    base: str = "string"
    id: str | None = None
    format: str | None = None
    """The pattern: of a number or date, a regular expression, or `true|false`."""
    decimal_char: str = "."
    group_char: str | None = None
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_inclusive: str | None = None
    max_inclusive: str | None = None
    min_exclusive: str | None = None
    max_exclusive: str | None = None

    @property
    def iri(self) -> str:
        """The datatype of literals."""
        return self.id or DATATYPES[self.base]


@dataclass(frozen=True, slots=True)
class Column:
    """A column, its inherited properties included."""

    name: str
    number: int
    """Counted from 1 within the table."""
    source_number: int
    """Counted from 1 within the file, skipped columns included; 0 for a virtual column."""
    named: bool = False
    """Whether the name is the metadata's own, not made of a title or number."""
    titles: Titles = field(default_factory=dict)
    virtual: bool = False
    suppress_output: bool = False
    about_url: str | None = None
    property_url: str | None = None
    value_url: str | None = None
    datatype: Datatype = Datatype()
    default: str = ""
    lang: str = "und"
    null: tuple[str, ...] = ("",)
    ordered: bool = False
    required: bool = False
    separator: str | None = None
    text_direction: str = "inherit"
    id: str | None = None
    common: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a table whose values are a row's key in a table of the same group."""

    columns: tuple[int, ...]
    """Positions within the table's columns."""
    table: int
    """The position of the referenced table in its group."""
    referenced: tuple[int, ...]
    """Positions within the referenced table's columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table (Tabular Data Model, 4.2)."""

    url: str
    path: str
    """The file as the user would type it."""
    columns: tuple[Column, ...]
    dialect: Dialect = Dialect()
    comments: tuple[str, ...] = ()
    """Comments before the header of a file that no metadata describes."""
    own_dialect: bool = False
    """Whether metadata gives the dialect; otherwise the file's media type may."""
    inherited: Mapping[str, Json] = field(default_factory=dict)
    """What columns inherit, by field of `Column`: for those that only the file's header knows."""
    described: bool = True
    """Whether metadata describes the columns; without it they are those of the file's header."""
    primary_key: tuple[int, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    row_titles: tuple[int, ...] = ()
    suppress_output: bool = False
    direction: str = "auto"
    id: str | None = None
    schema: str | None = None
    notes: tuple[Json, ...] = ()
    common: Mapping[str, Json] = field(default_factory=dict)
    transformations: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class TableGroup:
    """Tables that belong together (Tabular Data Model, 4.1), and what was found wrong while reading about them."""

    tables: tuple[Table, ...]
    id: str | None = None
    notes: tuple[Json, ...] = ()
    common: Mapping[str, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    metadata: str | None = None
    """The URL of the metadata document, None where there is none."""
    fetch: Fetch = field(default=local, repr=False, compare=False)
    """What reads the tables' files."""
