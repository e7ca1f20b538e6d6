"""Enriching: labels and coordinates that accepted links could bring into the tables, each with its origin."""

from __future__ import annotations

import csv
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from pathlib import Path

from kzlod import csvw
from kzlod.align.links import PREFIX
from kzlod.align.names import primary, tags
from kzlod.align.revisit import accepted
from kzlod.align.settings import Settings
from kzlod.align.things import Things
from kzlod.align.wikidata import Item, Wikidata, is_item
from kzlod.dataset import TABLES, Dataset
from kzlod.project import Project
from kzlod.terms import iri
from kzlod.vocab import DCTERMS, PREFIXES, RDFS, SCHEMA, SKOS

_LABELS = (RDFS + "label", SKOS + "prefLabel")
_LATITUDE, _LONGITUDE, _WKT = SCHEMA + "latitude", SCHEMA + "longitude", PREFIXES["geo"] + "asWKT"
_LICENCE = "CC0 1.0"
_PLACES = Decimal("0.0001")
"""How exact a proposed coordinate is: some ten metres."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a table could say: cells of the row at `line`, or of a new row (None), and where that comes from."""

    file: str
    line: int | None
    subject: str
    cells: Mapping[str, str]
    origin: str

    def __str__(self) -> str:
        said = ", ".join(f"{column} “{value}”" for column, value in self.cells.items())
        return f"{self.file}{f':{self.line}' if self.line else ''}: {said}, from {self.origin}"


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: which of its columns make which predicate, and the languages of those that hold labels."""

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


def enrich(dataset: Dataset, settings: Settings, wikidata: Wikidata) -> tuple[Proposal, ...]:
    """The labels in the project's languages, and the coordinates, that items of accepted links have and things lack.

    Nothing is written. Raises `RemoteError` where the endpoint does not answer.
    """
    things = Things(dataset, settings)
    links = accepted(dataset, things)
    items = wikidata.items(link.item for link in links if is_item(link.item))
    tables = tuple(_tables(dataset.project))
    found: list[Proposal] = []
    for link in links:
        item = items.get(link.item)
        if link.thing is None or item is None or item.moved_to:
            continue
        have = {primary(name.language) for name in link.thing.names if name.preferred}
        for language in dataset.project.languages:
            if primary(language) not in have:
                found += _label(dataset, tables, link.iri, item, language)
        if link.thing.point is None and len(set(item.points)) == 1:
            found += _coordinates(tables, link.iri, item)
    return tuple(sorted(found, key=lambda each: (each.file, each.line or 0, each.subject)))


def _tables(project: Project) -> Iterator[_Table]:
    path = project.root / TABLES
    for table in csvw.load(path).tables if path.is_file() else ():
        plan = csvw.compile_table(table)
        columns: dict[str, str] = {}
        labels: dict[str, str] = {}
        about = ""
        for output in plan.outputs:
            column = plan.columns[output.column]
            predicate = output.predicate.constant
            if column.virtual or predicate is None:
                continue
            columns.setdefault(predicate, column.name)
            about = (column.about_url or "") if predicate == _LATITUDE else about
            if predicate in _LABELS:
                labels[primary(column.lang)] = column.name
        yield _Table(project.shown(Path(table.path)), columns, labels, about)


def _label(dataset: Dataset, tables: Sequence[_Table], s: str, item: Item, language: str) -> Iterator[Proposal]:
    by_tag = {name.language: name.text for name in item.names if name.preferred}
    tag = next((tag for tag in tags(language) if tag in by_tag), None)
    places = [place for p in _LABELS if (place := dataset.table.where(iri(s), iri(p)))]
    for table in tables:
        column = table.labels.get(primary(language))
        for file, line in places:
            if tag and column and file == table.file:
                origin = f"{PREFIX}:{item.id} rdfs:label@{tag}, {_LICENCE}"
                yield Proposal(file, line, s, {column: by_tag[tag]}, origin)
                return


def _coordinates(tables: Sequence[_Table], s: str, item: Item) -> Iterator[Proposal]:
    latitude, longitude = (format(Decimal(str(each)).quantize(_PLACES).normalize(), "f") for each in item.points[0])
    origin = f"Wikidata {item.id}, {_LICENCE}"
    said = {
        _LATITUDE: latitude,
        _LONGITUDE: longitude,
        _WKT: f"POINT({longitude} {latitude})",
        DCTERMS + "source": origin,
    }
    for table in tables:
        template = re.fullmatch(r"([^{}]*)\{\+?(\w+)\}", table.about)
        if template and s.startswith(template[1]) and {_LATITUDE, _LONGITUDE} <= table.columns.keys():
            cells = {table.columns[p]: value for p, value in said.items() if p in table.columns}
            yield Proposal(table.file, None, s, {template[2]: s.removeprefix(template[1]), **cells}, origin)
            return


def patch(project: Project, proposals: Iterable[Proposal]) -> str:
    """The proposals as a unified diff of the tables; before it a line for each that says where it comes from."""
    by_file: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_file[proposal.file].append(proposal)
    out = []
    for file, some in sorted(by_file.items()):
        before = (project.root / file).read_bytes().decode("utf-8")
        out += [f"# {proposal}\n" for proposal in some]
        old, new = (list(StringIO(text, newline="")) for text in (before, _changed(before, some)))
        out += difflib.unified_diff(old, new, f"a/{file}", f"b/{file}")
    return "".join(out)


def _changed(text: str, proposals: Sequence[Proposal]) -> str:
    """The text of a table with proposals in it; rows that none is about stay as they are, letter for letter."""
    lines = list(StringIO(text, newline=""))
    reader, start = csv.reader(lines), 0
    rows: list[tuple[list[str], str]] = []
    for cells in reader:
        rows.append((cells, "".join(lines[start : reader.line_num])))
        start = reader.line_num
    header = rows[0][0]
    starts = {1 + sum(written.count("\n") for _, written in rows[:number]): number for number in range(len(rows))}
    for proposal in proposals:
        if proposal.line is not None:
            number = starts[proposal.line]
            cells = [proposal.cells.get(name, cell) for name, cell in zip(header, rows[number][0], strict=True)]
            rows[number] = cells, _written(cells)
    for proposal in proposals:
        if proposal.line is None:
            cells = [proposal.cells.get(name, "") for name in header]
            at = next((n for n, (other, _) in enumerate(rows) if n and other[:1] > cells[:1]), len(rows))
            rows.insert(at, (cells, _written(cells)))
    return "".join(written for _, written in rows)


def _written(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
