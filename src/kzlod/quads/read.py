"""RDF files into the table of quads, in any syntax, with no connection opened and no blank node kept.

The tokens are those of RDF 1.1. The parser knows RDF 1.2; what only that has is refused, with the line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.formats import FORMATS, NQUADS, NTRIPLES, Format, by_suffix
from kzlod.quads.table import Quad, QuadTable
from kzlod.terms import XSD_STRING, iri, literal

# How pyoxigraph begins its messages, with the position that an error has already.
_POSITION = re.compile(r"Parser error (?:at|between) line \d+ [^:]*: ")
_OX = {format_.name: ox.RdfFormat.from_media_type(format_.media_type) for format_ in FORMATS}


def ox_format(format_: Format) -> ox.RdfFormat:
    """The name that pyoxigraph has for a format."""
    found = _OX[format_.name]
    assert found is not None
    return found


def token(term: object) -> str:
    """The canonical token of a pyoxigraph term; raises `InputError` for one that RDF 1.1 does not have.

    >>> token(ox.Literal("a", language="en")), token(ox.NamedNode("http://e/")), token(ox.DefaultGraph())
    ('"a"@en', '<http://e/>', '')
    """
    if isinstance(term, ox.NamedNode):
        return iri(term.value)
    refuse_newer(term, "the data")
    if isinstance(term, ox.Literal):
        return literal(term.value, datatype=term.datatype.value or XSD_STRING, language=term.language or "")
    return str(term) if isinstance(term, ox.BlankNode) else ""


def refuse_newer(term: object, where: str) -> None:
    """Raise `InputError` for a term that RDF 1.2 has and RDF 1.1 has not."""
    if newer := _newer(term):
        message = f"holds {newer} (RDF 1.2), which is not supported"
        raise InputError(message, where=where, remedy="write what it says as RDF 1.1")


def _newer(term: object) -> str:
    if isinstance(term, ox.Triple):
        return "a triple that is a term"
    if isinstance(term, ox.Literal) and term.direction:
        return "a text with a direction"
    return ""


def parse_file(
    path: Path, *, shown: str = "", base: str = "", prefixes: dict[str, str] | None = None
) -> Iterator[ox.Quad]:
    """The quads of an RDF file, as pyoxigraph terms, in the file's order; then `prefixes` has those that it declares.

    Raises `InputError`, with the line, for what does not parse, and for what RDF 1.1 does not have.
    """
    shown = shown or str(path)
    format_ = by_suffix(path)
    with syntax(format_, shown), path.open("rb") as file:
        parsed = ox.parse(file, format=ox_format(format_), base_iri=base or None)
        for quad in parsed:
            if _newer(quad.object):
                _refuse(path, format_, shown, base)
            yield quad
        if prefixes is not None:
            prefixes.update(parsed.prefixes)


def _refuse(path: Path, format_: Format, shown: str, base: str) -> None:
    """Raise the error of a file that holds what RDF 1.1 has not: it is read again, for the line."""
    with _Lines(io.FileIO(path)) as lines:
        for quad in ox.parse(lines, format=ox_format(format_), base_iri=base or None):
            refuse_newer(quad.object, f"{shown}:{lines.number}")


class _Lines(io.BufferedReader):
    """A file that gives a parser a line at a time, so that what it yields stands in the line that it was given last."""

    number, _ended = 0, True

    def read(self, size: int | None = -1, /) -> bytes:
        piece = self.readline(size)
        self.number += bool(piece) and self._ended
        self._ended = piece.endswith(b"\n")
        return piece


@contextmanager
def syntax(format_: Format, shown: str) -> Iterator[None]:
    """Says of a file that does not parse what is wrong, and in which line; and of one that cannot be read that."""
    try:
        yield
    except SyntaxError as error:
        where = f"{shown}:{error.lineno}" if error.lineno else shown
        message = _POSITION.sub("", error.msg)
        raise InputError(
            f"does not parse as {format_.title}: {message}", where=where, remedy="mend the syntax there"
        ) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=shown) from error


def add_file(table: QuadTable, path: Path, *, shown: str = "", graph: str = "", base: str = "") -> int:
    """Add an RDF file to the table; returns how many blank nodes were given IRIs.

    `graph` is the token of the graph for triples that name none. Blank nodes become genid IRIs below `base`
    (RDF 1.1 Concepts, section 3.5) from their RDFC-1.0 labels, so that the same file gives the same IRIs.
    """
    source = table.source(shown or str(path))
    if path.suffix in (NTRIPLES.suffix, NQUADS.suffix) and table.add_canonical(path, source, graph=graph):
        return 0
    parsed = list(parse_file(path, shown=shown, base=base))
    blanks = {t for q in parsed for t in (q.subject, q.object, q.graph_name) if isinstance(t, ox.BlankNode)}
    if blanks:
        dataset = ox.Dataset(parsed)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        parsed = list(dataset)
    prefix = f"{base}.well-known/genid/{path.stem}-"

    def named(term: object) -> str:
        return iri(prefix + term.value) if isinstance(term, ox.BlankNode) else token(term)

    quads: Iterator[Quad] = (
        (named(q.subject), named(q.predicate), named(q.object), named(q.graph_name)) for q in parsed
    )
    table.add(((s, p, o, g or graph, 0) for s, p, o, g in quads), source)
    return len(blanks)
