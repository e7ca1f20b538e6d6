"""What standard mode says beside the cells: groups, tables, rows, and on demand where it comes from (csv2rdf, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kzlod.csvw import context, iri, jsonld
from kzlod.csvw.cells import Cell
from kzlod.csvw.jsonld import Triple
from kzlod.csvw.model import Column, Table, TableGroup
from kzlod.csvw.tables import Row
from kzlod.terms import XSD_STRING, literal
from kzlod.vocab import CSVW, RDF, XSD

TYPE = f"<{RDF}type>"
_COMMENT = "<http://www.w3.org/2000/01/rdf-schema#comment>"
_PROV = "http://www.w3.org/ns/prov#"
_PROCESSOR = "<https://w3id.org/kzlod/>"


def node(own: str | None, fresh: Iterator[str]) -> str:
    """The node of a group or table: its own IRI, or a blank node."""
    return f"<{own}>" if own is not None and iri.is_iri(own) else next(fresh)


def group(described: TableGroup, subject: str, fresh: Iterator[str]) -> Iterator[Triple]:
    """What is said of a group of tables."""
    yield subject, TYPE, f"<{CSVW}TableGroup>"
    yield from _annotations(described, subject, fresh)


def table(described: Table, subject: str, parent: str, fresh: Iterator[str]) -> Iterator[Triple]:
    """What is said of a table."""
    yield parent, f"<{CSVW}table>", subject
    yield subject, TYPE, f"<{CSVW}Table>"
    if iri.is_iri(described.url):
        yield subject, f"<{CSVW}url>", f"<{described.url}>"
    yield from _annotations(described, subject, fresh)


def _annotations(described: Table | TableGroup, subject: str, fresh: Iterator[str]) -> Iterator[Triple]:
    for name, value in described.common.items():
        yield from jsonld.triples(subject, context.expand(name), value, fresh)
    for note in described.notes:
        yield from jsonld.triples(subject, CSVW + "note", note, fresh)


def comment(subject: str, text: str) -> Triple:
    """A comment in a file that no metadata describes."""
    return subject, _COMMENT, literal(text.strip())


def row(
    described: Table, parent: str, subject: str, source: Row, number: int, subjects: Sequence[str | None]
) -> Iterator[Triple]:
    """What is said of a row: its numbers, and what it describes."""
    yield parent, f"<{CSVW}row>", subject
    yield subject, TYPE, f"<{CSVW}Row>"
    yield subject, f"<{CSVW}rownum>", literal(str(number), datatype=XSD + "integer")
    if iri.is_iri(described.url):
        yield subject, f"<{CSVW}url>", f"<{described.url.partition('#')[0]}#row={source.number}>"
    for about in dict.fromkeys(subjects):
        if about is not None:
            yield subject, f"<{CSVW}describes>", about


def titles(subject: str, columns: Sequence[Column], cells: Sequence[Cell]) -> Iterator[Triple]:
    """A row's titles: the values of its title columns."""
    for column, cell in zip(columns, cells, strict=True):
        lang = "" if column.lang == "und" or column.datatype.iri != XSD_STRING else column.lang
        for text in cell.value if isinstance(cell.value, tuple) else (cell.value,):
            if text is not None:
                yield subject, f"<{CSVW}title>", literal(text, language=lang)


def now() -> str:
    """The time, as provenance says it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def provenance(described: TableGroup, subject: str, started: str, ended: str, fresh: Iterator[str]) -> Iterator[Triple]:
    """How a group's triples were made: by what, when, of which files."""
    activity = next(fresh)
    yield subject, f"<{_PROV}wasGeneratedBy>", activity
    yield activity, TYPE, f"<{_PROV}Activity>"
    yield activity, f"<{_PROV}wasAssociatedWith>", _PROCESSOR
    yield activity, f"<{_PROV}startedAtTime>", literal(started, datatype=XSD + "dateTime")
    yield activity, f"<{_PROV}endedAtTime>", literal(ended, datatype=XSD + "dateTime")
    sources = [(each.url, "csvEncodedTabularData") for each in described.tables]
    if described.metadata is not None:
        sources.append((described.metadata, "tabularMetadata"))
    for url, role in sources:
        if iri.is_iri(url):
            usage = next(fresh)
            yield activity, f"<{_PROV}qualifiedUsage>", usage
            yield usage, TYPE, f"<{_PROV}Usage>"
            yield usage, f"<{_PROV}entity>", f"<{url}>"
            yield usage, f"<{_PROV}hadRole>", f"<{CSVW}{role}>"
