"""Property paths: what a shape's `sh:path` says, as a value that two readers of it share (SHACL, section 2.3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kzlod.errors import InputError
from kzlod.shacl.graph import Graph
from kzlod.vocab import RDF, SH

Kind = Literal["predicate", "inverse", "sequence", "alternative", "*", "+", "?"]

_NIL = f"<{RDF}nil>"
_DEEPEST = 100
_UNARY: dict[str, Kind] = {
    f"<{SH}inversePath>": "inverse",
    f"<{SH}zeroOrMorePath>": "*",
    f"<{SH}oneOrMorePath>": "+",
    f"<{SH}zeroOrOnePath>": "?",
}


@dataclass(frozen=True, slots=True)
class Path:
    """A path: a predicate's token, or an operator with the paths that it works on.

    Its text is that of SPARQL's property paths, with every nested path in brackets, so that two paths have the same
    text exactly if they are built alike.

    >>> str(Path("*", parts=(Path("inverse", parts=(Path("predicate", "<http://e/p>"),)),)))
    '(^<http://e/p>)*'
    """

    kind: Kind
    predicate: str = ""
    parts: tuple[Path, ...] = ()

    def __str__(self) -> str:
        if self.kind == "predicate":
            return self.predicate
        inner = [part.predicate or f"({part})" for part in self.parts]
        if self.kind == "inverse":
            return f"^{inner[0]}"
        if self.kind in ("sequence", "alternative"):
            return ("/" if self.kind == "sequence" else "|").join(inner)
        return f"{inner[0]}{self.kind}"

    def predicates(self) -> frozenset[str]:
        """The tokens of the predicates in the path."""
        own = {self.predicate} if self.predicate else set()
        return frozenset(own.union(*(part.predicates() for part in self.parts)))


def parse_path(text: str) -> Path:
    """The path whose text this is.

    >>> parse_path("(<http://e/p>/(^<http://e/q>))+").parts[0].parts[1]
    Path(kind='inverse', predicate='', parts=(Path(kind='predicate', predicate='<http://e/q>', parts=()),))
    """
    tokens = _PIECE.findall(text)

    def part() -> Path:
        piece = tokens.pop(0)
        if piece != "(":
            return Path("predicate", piece)
        inner = whole()
        tokens.pop(0)
        return inner

    def whole() -> Path:
        if tokens[0] == "^":
            tokens.pop(0)
            return Path("inverse", parts=(part(),))
        parts = [part()]
        sign = tokens[0] if tokens else ""
        if sign in _SIGNS:
            while tokens and tokens[0] == sign:
                tokens.pop(0)
                parts.append(part())
            return Path(_SIGNS[sign], parts=tuple(parts))
        for kind in _REPEATS:
            if sign == kind:
                tokens.pop(0)
                return Path(kind, parts=tuple(parts))
        return parts[0]

    return whole()


_PIECE = re.compile(r"<[^>]*>|[()^/|*+?]")
_SIGNS: dict[str, Kind] = {"/": "sequence", "|": "alternative"}
_REPEATS: tuple[Kind, ...] = ("*", "+", "?")


def invert(path: Path) -> Path:
    """The path from the other end, with `inverse` at predicates only.

    >>> a, b = Path("predicate", "<a:>"), Path("predicate", "<b:>")
    >>> str(invert(Path("sequence", parts=(a, b))))
    '(^<b:>)/(^<a:>)'
    """
    if path.kind == "predicate":
        return Path("inverse", parts=(path,))
    if path.kind == "inverse":
        return path.parts[0]
    parts = tuple(invert(part) for part in path.parts)
    return Path(path.kind, parts=parts[::-1] if path.kind == "sequence" else parts)


def read_path(graph: Graph, node: str) -> Path:
    """The path that a node of a shapes graph stands for.

    Raises `InputError` for what is no path: a literal, a list that does not end or has fewer than two members, a node
    that says nothing, a path that contains itself.
    """
    return _read(graph, node, ())


def _read(graph: Graph, node: str, above: tuple[str, ...]) -> Path:
    where = graph.file(above[0] if above else node)
    if node.startswith("<") and node != _NIL:
        return Path("predicate", node)
    if node.startswith('"'):
        raise InputError(f"a path is an IRI or a blank node, not the literal {node}", where=where)
    if len(above) == _DEEPEST:
        raise InputError("a path is nested too deeply", where=where, remedy=f"nest {_DEEPEST} paths at most")
    if node in above:
        raise InputError("a path contains itself", where=where, remedy="end it with a predicate")
    above = (*above, node)
    # A node that is a list is a sequence, whatever else it says.
    if graph.values(node, f"<{RDF}first>"):
        return Path("sequence", parts=_members(graph, node, above))
    if lists := graph.values(node, f"<{SH}alternativePath>"):
        return Path("alternative", parts=_members(graph, lists[0], above))
    for property_, kind in _UNARY.items():
        if inner := graph.values(node, property_):
            return Path(kind, parts=(_read(graph, inner[0], above),))
    raise InputError(
        "a path says neither a predicate nor one of sh:alternativePath, sh:inversePath, sh:zeroOrMorePath,"
        " sh:oneOrMorePath, sh:zeroOrOnePath",
        where=where,
    )


def _members(graph: Graph, head: str, above: tuple[str, ...]) -> tuple[Path, ...]:
    members = graph.members(head, "a path")
    if len(members) < 2:
        raise InputError("a path's list has fewer than two members", where=graph.file(above[0]))
    return tuple(_read(graph, member, above) for member in members)
