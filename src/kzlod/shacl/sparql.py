"""SPARQL-based constraints on Oxigraph, whose store is filled when the first of them is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.quads.terms import parse
from kzlod.shacl.graph import Graph
from kzlod.shacl.model import Constraint, Query, Shape
from kzlod.shacl.plan import Numbered, Plan
from kzlod.shacl.sparql_text import ROWS, Prepared, column
from kzlod.shacl.sql import Found

if TYPE_CHECKING:
    import pyoxigraph as ox

_SHAPES = "urn:x-kzlod:shapes"
_TEMPLATE = re.compile(r"\{[?$](\w+)\}")

Row = dict[str, str]


def queries(plan: Plan) -> dict[int, Prepared]:
    """The queries of a plan by the numbers of their constraints.

    Raises `InputError` for what is not SPARQL, and for what pre-binding forbids.
    """
    found: dict[int, Prepared] = {}
    for c in plan.constraints:
        if c.constraint.query is not None:
            found[c.number] = _prepare(plan.shapes[c.shape], c.constraint.query)
    if found:
        import pyoxigraph as ox

        empty = ox.Store()
        for c in plan.constraints:
            if c.number in found:
                _run(empty, found[c.number].original, c.constraint.query)
                _run(empty, found[c.number].text, c.constraint.query)
    return found


def _prepare(shape: Shape, query: Query) -> Prepared:
    bound = {"this", "currentShape", "shapesGraph", *dict(query.bound)} | ({"value"} if query.is_ask else set())
    return Prepared(query.text, bound=bound, where=query.where, path=str(shape.path or ""), is_ask=query.is_ask)


def _run(store: ox.Store, text: str, query: Query | None) -> ox.QuerySolutions | ox.QueryBoolean:
    import pyoxigraph as ox

    try:
        answer = store.query(text)
    except SyntaxError as error:
        where = query.where if query else ""
        message = f"a query of the shapes is not SPARQL: {shorten(error.msg, 200, placeholder=' …')}"
        raise InputError(message, where=where or "shapes", remedy="mend the query") from error
    assert not isinstance(answer, ox.QueryTriples)
    return answer


class Store:
    """The data in an Oxigraph store, as its default graph, with the shapes graph beside it."""

    def __init__(self, texts: Iterable[str], shapes: Graph) -> None:
        import pyoxigraph as ox

        self._store = ox.Store()
        for text in texts:
            # Loading gives blank nodes new names; adding one by one does not.
            if "_:" in text:
                self._store.extend(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
            else:
                self._store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
        self._shapes = shapes
        self._has_shapes = False

    def find(
        self, numbered: Numbered, shape: Shape, prepared: Prepared, asked: Sequence[tuple[str, str]]
    ) -> list[Found]:
        """What a constraint finds: `asked` are focus nodes with values (for SELECT, with themselves)."""
        constraint = numbered.constraint
        query = constraint.query
        assert query is not None
        if "shapesGraph" in prepared.used:
            self._add_shapes()
        constants = {"currentShape": shape.id, "shapesGraph": f"<{_SHAPES}>", **dict(query.bound)}
        rows = [{"this": focus, "value": value, **constants} for focus, value in asked]
        kept = prepared.used | {"this"} | ({"value"} if query.is_ask else set())
        rows = [{name: row[name] for name in kept} for row in rows]
        found: list[Found] = []
        for batch in [[row] for row in rows] if prepared.by_row else [rows]:
            if query.is_ask:
                found += self._false(numbered, shape, prepared, batch)
            else:
                found += self._solutions(numbered, shape, prepared, batch)
        return found

    def _solutions(self, numbered: Numbered, shape: Shape, prepared: Prepared, rows: list[Row]) -> Iterator[Found]:
        given = self._fill(rows)
        constraint = numbered.constraint
        for solution in self._answers(prepared, constraint):
            if solution.get("failure", "").startswith('"true"'):
                raise InputError("a query of the shapes reports a failure", where=shape.file or "shapes")
            focus = given("this", solution["this"])
            value = solution.get("value") or ("" if shape.path else focus)
            path = solution.get("path", "")
            known = {"value": value} if value else {}
            text = _message(shape, constraint, {**known, **dict(_bound(constraint)), **solution, "this": focus})
            yield numbered.number, focus, value, path if path.startswith("<") else "", text

    def _false(self, numbered: Numbered, shape: Shape, prepared: Prepared, rows: list[Row]) -> Iterator[Found]:
        given = self._fill(rows)
        true = {
            (given("this", solution["this"]), given("value", solution["value"]))
            for solution in self._answers(prepared, numbered.constraint)
        }
        for row in rows:
            if (row["this"], row["value"]) not in true:
                text = _message(shape, numbered.constraint, {**dict(_bound(numbered.constraint)), **row})
                yield numbered.number, row["this"], row["value"], "", text

    def _answers(self, prepared: Prepared, constraint: Constraint) -> Iterator[Row]:
        import pyoxigraph as ox

        from kzlod.quads.read import token

        answer = _run(self._store, prepared.text, constraint.query)
        assert isinstance(answer, ox.QuerySolutions)
        names = [variable.value for variable in answer.variables]
        for solution in answer:
            yield {name: token(term) for name, term in zip(names, solution, strict=True) if term is not None}

    def _fill(self, rows: list[Row]) -> Callable[[str, str], str]:
        """Make these the rows; returns what tells, of a term that comes back, the term that went in.

        The store keeps numbers and times by their values, so that `01` comes back as `1`.
        """
        import pyoxigraph as ox

        from kzlod.quads.read import token

        graph = ox.NamedNode(ROWS)
        self._store.remove_graph(graph)
        columns = {name: ox.NamedNode(column(name)) for row in rows[:1] for name in row}
        subjects = [ox.NamedNode(f"urn:x-kzlod:row/{number}") for number in range(len(rows))]
        self._store.extend(
            ox.Quad(subjects[number], columns[name], _term(value), graph)
            for number, row in enumerate(rows)
            for name, value in row.items()
        )
        changed: dict[tuple[str, str], str] = {}
        for name, predicate in columns.items():
            literals = [number for number, row in enumerate(rows) if row[name].startswith('"')]
            for number in literals if name in ("this", "value") else ():
                (quad,) = self._store.quads_for_pattern(subjects[number], predicate, None, graph)
                changed[name, token(quad.object)] = rows[number][name]
        return lambda name, term: changed.get((name, term), term)

    def _add_shapes(self) -> None:
        import pyoxigraph as ox

        if not self._has_shapes:
            self._has_shapes = True
            lines = "".join(f"{s} {p} {o} <{_SHAPES}> .\n" for s, p, o in self._shapes.triples())
            self._store.extend(ox.parse(lines, format=ox.RdfFormat.N_QUADS))


def _bound(constraint: Constraint) -> tuple[tuple[str, str], ...]:
    return constraint.query.bound if constraint.query else ()


def _message(shape: Shape, constraint: Constraint, values: Row) -> str:
    """The message of a result, with the values of variables where it names them in braces (section 5.2.3)."""
    own = [shown(values["message"])] if values.get("message", "").startswith('"') else []
    texts = own or constraint.messages or shape.messages
    if not texts:
        return ""
    return _TEMPLATE.sub(lambda m: shown(values[m[1]]) if m[1] in values else m[0], texts[0])


def shown(token: str) -> str:
    """A term as a message shows it: an IRI, or the text of a literal."""
    return parse(token).value


def _term(token: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    term = parse(token)
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.kind == "blank":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
