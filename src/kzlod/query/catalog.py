"""Canned queries: a query is a file, `queries/NAME.rq`, with a header that says what it answers.

The header is YAML in comment lines that begin with `#+`, as grlc has it. A parameter is a `VALUES` slot of the same
name, which is valid SPARQL as it stands and is filled with a term's own serialisation, never with pasted text:

    #+ summary: Bilateral trade over time
    #+ description: Every figure of every source, side by side.
    #+ parameters:
    #+   year: {type: integer, description: Only periods that touch this year}
    #+ plot: {kind: line, x: period, y: value, series: said_by}
    #+ featured: 1
    SELECT … WHERE { VALUES ?year { UNDEF } … }

What it says in words may be a text for each language (`kzlod.query.texts`).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from kzlod.errors import QueryError
from kzlod.project import Project
from kzlod.query.labels import DEFAULT
from kzlod.query.plotted import Plot, plotted
from kzlod.query.texts import Texts, in_language, texts
from kzlod.terms import iri, is_iri, literal
from kzlod.vocab import XSD

FOLDER, SUFFIX = "queries", ".rq"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a canned query.

    `type` is one of `string integer decimal date iri`; `base` is what a short value of an `iri` is put behind
    (`thing/` makes `oslo` the IRI `<base>thing/oslo`); `allowed` lists all values, if not empty; `descriptions` says
    what it is, by language tag.
    """

    name: str
    type: str = "string"
    descriptions: Texts = field(default_factory=dict)
    default: str | None = None
    allowed: tuple[str, ...] = ()
    base: str = ""

    @property
    def description(self) -> str:
        """What it is, in English, or in the first language that there is."""
        return in_language(self.descriptions, DEFAULT)[0]

    def term(self, value: str) -> str:
        """The token of a value that a user typed; raises `QueryError` for a value of the wrong type.

        >>> Parameter("year", "integer").term("2024")
        '"2024"^^<http://www.w3.org/2001/XMLSchema#integer>'
        >>> Parameter("about", "iri", base="http://e/thing/").term("oslo")
        '<http://e/thing/oslo>'
        """
        if self.allowed and value not in self.allowed:
            raise self._wrong(value, f"one of {', '.join(self.allowed)}")
        if self.type == "iri":
            whole = value if is_iri(value) else self.base + value
            if not is_iri(whole):
                raise self._wrong(value, "an IRI" + (f", or what follows {self.base}" if self.base else ""))
            return iri(whole)
        if self.type == "integer" and not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            raise self._wrong(value, "a whole number, such as 2024")
        if self.type == "decimal" and not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", value, re.ASCII):
            raise self._wrong(value, "a number, such as 30.05")
        if self.type == "date" and not _is_date(value):
            raise self._wrong(value, "a date, such as 2024-07-02")
        return literal(value, datatype=XSD + self.type)

    def _wrong(self, value: str, expected: str) -> QueryError:
        return QueryError(f"{self.name}={value!r} is not what the parameter takes", remedy=f"give {expected}")


@dataclass(frozen=True, slots=True)
class CannedQuery:
    """A canned query: `name` is its file's, `text` its SPARQL with the header.

    `summaries` and `descriptions` say what it answers, by language tag. `featured` is its place among those that the
    first page of a site begins with, from 1; 0 for the others.
    """

    name: str
    summaries: Texts
    descriptions: Texts
    text: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    plot: Plot | None = None
    featured: int = 0

    @property
    def summary(self) -> str:
        """What it answers, in English, or in the first language that there is."""
        return in_language(self.summaries, DEFAULT)[0]

    @property
    def description(self) -> str:
        """What there is to know of the answer, in English, or in the first language that there is."""
        return in_language(self.descriptions, DEFAULT)[0]

    @property
    def sparql(self) -> str:
        """The text without the header."""
        return "".join(line for line in self.text.splitlines(keepends=True) if not line.startswith("#+"))

    @property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """The text cut at its slots: each piece, and the parameter whose term takes its place (empty for plain text).

        >>> CannedQuery("q", {}, {}, "ASK { VALUES ?a { UNDEF } }", {"a": Parameter("a")}).pieces
        (('ASK { VALUES ?a {', ''), (' UNDEF ', 'a'), ('} }', ''))
        """
        found, end = list[tuple[str, str]](), 0
        for slot in _slots(self.parameters).finditer(self.text) if self.parameters else ():
            start = slot.start("slot")
            found += [(self.text[end:start], ""), (slot["slot"], slot["name"])]
            end = slot.end("slot")
        return (*found, (self.text[end:], ""))

    def fill(self, values: Mapping[str, str]) -> str:
        """The query's SPARQL with its slots filled; raises `QueryError` for an unknown parameter or a wrong value."""
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise QueryError(f"the query {self.name} has no parameter {name!r}", remedy=f"it has: {known}")
        terms = {
            name: parameter.term(value)
            for name, parameter in self.parameters.items()
            if (value := values.get(name, parameter.default)) is not None
        }
        # Every slot is one of the query's own text: what a value says is never looked through for another.
        return "".join(f" {terms[name]} " if name in terms else text for text, name in self.pieces)


def _is_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _slots(names: Iterable[str]) -> re.Pattern[str]:
    known = "|".join(map(re.escape, names))
    return re.compile(rf"(?i:VALUES)\s+\?(?P<name>{known})\s*\{{(?P<slot>\s*(?i:UNDEF)\s*)(?=\}})")


def read(path: Path, project: Project) -> CannedQuery:
    """Read a query's file; raises `QueryError` where its header is wrong."""
    where = project.shown(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"cannot be read: {error}", where=where) from error
    lines = {n: line[2:].removeprefix(" ") for n, line in enumerate(text.splitlines(), 1) if line.startswith("#+")}
    try:
        header = yaml.safe_load("\n".join(lines.values())) or {}
    except yaml.YAMLError as error:
        problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
        at = f":{[*lines, len(lines) + 1][mark.line]}" if mark else ""
        remedy = "mend the lines that begin with #+"
        raise QueryError(f"its header is not YAML: {problem or error}", where=where + at, remedy=remedy) from error
    summaries = texts(header.get("summary"), "its summary", where) if isinstance(header, dict) else {}
    if not summaries:
        raise QueryError(
            "has no summary", where=where, remedy="begin it with a line such as `#+ summary: What it answers`"
        )
    declared = header.get("parameters") or {}
    if not isinstance(declared, dict):
        remedy = "write each as `#+   year: {type: integer, description: …}`"
        raise QueryError("its parameters are not a table of names", where=where, remedy=remedy)
    parameters = {str(name): _parameter(str(name), fields or {}, project, where) for name, fields in declared.items()}
    for name in parameters:
        if not _slots([name]).search(text):
            raise QueryError(f"has no slot for {name}", where=where, remedy=f"write `VALUES ?{name} {{ UNDEF }}` in it")
    descriptions = texts(header.get("description"), "its description", where)
    featured = header.get("featured", 0)
    if not isinstance(featured, int) or featured < 0:
        raise QueryError("its featured is no place in an order", where=where, remedy="write it as `featured: 1`")
    plot = plotted(header.get("plot"), where)
    return CannedQuery(path.stem, summaries, descriptions, text, parameters, plot, featured)


def _parameter(name: str, fields: Any, project: Project, where: str) -> Parameter:
    if not isinstance(fields, dict) or not isinstance(fields.get("allowed", []), list):
        remedy = f"write `{name}: {{type: integer, description: …, allowed: […]}}`"
        raise QueryError(f"the parameter {name} is no table of fields", where=where, remedy=remedy)
    type_ = str(fields.get("type", "string"))
    if type_ not in ("string", "integer", "decimal", "date", "iri"):
        remedy = "use string, integer, decimal, date or iri"
        raise QueryError(f"the parameter {name} has the unknown type {type_!r}", where=where, remedy=remedy)
    default = fields.get("default")
    return Parameter(
        name=name,
        type=type_,
        descriptions=texts(fields.get("description"), f"the description of the parameter {name}", where),
        default=None if default is None else str(default),
        allowed=tuple(str(value) for value in fields.get("allowed", ())),
        base=project.base + str(fields.get("collection", "")),
    )


def catalog(project: Project) -> list[CannedQuery]:
    """All canned queries of a project, in order of their names."""
    return [read(path, project) for path in project.files(FOLDER, SUFFIX)]


def find(project: Project, name: str) -> CannedQuery:
    """The canned query of a name; raises `QueryError` with the nearest names where there is none."""
    path = project.root / FOLDER / f"{name}{SUFFIX}"
    names = [path.stem for path in project.files(FOLDER, SUFFIX)]
    if name not in names:
        near = get_close_matches(name, names, n=3, cutoff=0.4)
        remedy = f"did you mean {' or '.join(near)}?" if near else "`kzlod query` alone lists them"
        raise QueryError(f"there is no query {name!r}", remedy=remedy)
    return read(path, project)
