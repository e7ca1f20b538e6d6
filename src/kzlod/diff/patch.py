"""A diff that a store can apply: RDF Patch (https://afs.github.io/rdf-patch/) and SPARQL 1.1 Update."""

from __future__ import annotations

import hashlib
import heapq
import re
import uuid
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from kzlod.diff.compute import Diff
from kzlod.diff.sides import Side
from kzlod.quads import Quad

CHUNK = 5_000
"""How many quads an operation of an update has: stores parse an operation as a whole, and some limit its lines."""
# SPARQL reads `\u` before all else (section 19.2), even behind a backslash; eight digits leave no doubt where it ends.
_ESCAPES = re.compile(r"\\\\([uU])|\\u([0-9A-F]{4})|\\.")


def rdf_patch(diff: Diff) -> Iterator[str]:
    """The changes as an RDF Patch: deletions, then additions, in one transaction.

    The patch has the identifier of the version that it leads to, `prev` is that of the version that it starts from; of
    what is no two versions of a dataset, it has an identifier of its content.
    """
    if diff.old.iri and diff.new.iri not in ("", diff.old.iri):
        yield f"H id <uuid:{_version(diff.new)}> .\nH prev <uuid:{_version(diff.old)}> .\n"
    else:
        yield f"H id <uuid:{_content(diff)}> .\n"
    yield "TX .\n"
    for sign, quads in (("D", diff.removed), ("A", diff.added)):
        yield from (f"{sign} {' '.join(filter(None, quad))} .\n" for quad in quads)
    yield "TC .\n"


def _version(side: Side) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, side.iri)


def _content(diff: Diff) -> uuid.UUID:
    """An identifier of the changes themselves, where no IRI says what they lead to."""
    sha = hashlib.sha256()
    for sign, quads in (("D", diff.removed), ("A", diff.added)):
        for quad in quads:
            sha.update(f"{sign} {' '.join(quad)}\n".encode())
    return uuid.uuid5(uuid.NAMESPACE_OID, sha.hexdigest())


def updates(diff: Diff) -> Iterator[str]:
    """The changes as SPARQL Update operations of at most `CHUNK` quads each, to be run in order."""
    yield from _operations("DELETE DATA", diff.removed)
    yield from _operations("INSERT DATA", (quad for quad, _ in groupby(heapq.merge(diff.added, _kept(diff)))))


def _kept(diff: Diff) -> Iterator[Quad]:
    """The quads that stay, and that a store may lose by a deletion: it may hold `1.50` and `1.5` as one value."""
    typed = (quad for quad in diff.removed if quad[2].endswith(">") and quad[2].startswith('"'))
    for subject, group in groupby(typed, key=lambda quad: quad[0]):
        gone = {(p, g) for _, p, _, g in group}
        stay = (quad for quad in diff.new.dump.about(subject) if (quad[1], quad[3]) in gone)
        yield from (quad for quad in stay if quad[2].endswith(">") and quad[2].startswith('"'))


def sparql_update(diff: Diff) -> Iterator[str]:
    """The changes as one SPARQL Update request."""
    for operation in updates(diff):
        yield f"{operation} ;\n"


def _operations(form: str, quads: Iterable[Quad]) -> Iterator[str]:
    rest = iter(quads)
    while chunk := sorted(islice(rest, CHUNK), key=lambda quad: quad[3]):
        lines = [f"{form} {{"]
        for graph, group in groupby(chunk, key=lambda quad: quad[3]):
            triples = [f"{s} {p} {in_sparql(o)} ." for s, p, o, _ in group]
            lines += [f"GRAPH {graph} {{", *triples, "}"] if graph else triples
        yield "\n".join([*lines, "}"])


def in_sparql(token: str) -> str:
    r"""A token of canonical N-Quads as SPARQL reads it, however literally it takes section 19.2.

    >>> print(in_sparql(r'"\\u0041 \u0007 \\ \""'))
    "\\\U000000750041 \U00000007 \\ \""
    """
    return _ESCAPES.sub(_escape, token) if "\\" in token else token


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        return f"\\\\\\U{ord(match[1]):08X}"
    return f"\\U0000{match[2]}" if match[2] else match[0]
