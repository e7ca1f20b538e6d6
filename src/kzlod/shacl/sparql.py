"""SPARQL-based constraints on Oxigraph, whose store is filled when the first of them is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.nesting import refuse_deep
from kzlod.shacl.graph import Graph
from kzlod.shacl.messages import joined, messages, shared
from kzlod.shacl.model import Query, Shape
from kzlod.shacl.plan import Numbered, Plan
from kzlod.shacl.sparql_text import ROW, ROWS, Prepared, column
from kzlod.shacl.sql import Found
from kzlod.terms import parse

if TYPE_CHECKING:
    import pyoxigraph as ox

_SHAPES = "urn:x-kzlod:shapes"

Row = dict[str, str]
Forms = Callable[[list[tuple[str, str]]], dict[tuple[str, str], str]]


def queries(plan: Plan) -> dict[int, Prepared]:
    """The queries of a plan by the numbers of their constraints.

    Raises `InputError` for what is not SPARQL, and for what pre-binding forbids.
    """
    found: dict[int, Prepared] = {}
    for c in plan.constraints:
        if c.constraint.query is not None:
            found[c.number] = prepare(plan.shapes[c.shape], c.constraint.query)
    if found:
        import pyoxigraph as ox

        empty = ox.Store()
        for number, prepared in found.items():
            query = plan.constraints[number].constraint.query
            for text in (prepared.original, prepared.text):
                refuse_deep(text, where=query.where if query and query.where else "shapes")
                _run(empty, text, query)
    return found


def seen(prepared: Iterable[Prepared]) -> frozenset[str] | None:
    """The predicates whose triples some queries can see; None where they may see any."""
    found: set[str] = set()
    for query in prepared:
        predicates = query.predicates()
        if predicates is None:
            return None
        found |= predicates
    return frozenset(found)


def prepare(shape: Shape, query: Query) -> Prepared:
    """A query of a shape, with its path, ready for rows; raises `InputError` for what pre-binding forbids."""
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
    """The data in an Oxigraph store, as its default graph, with the shapes graph beside it; filled when first used."""

    def __init__(self, texts: Iterable[str], shapes: Graph) -> None:
        self._texts, self._shapes = texts, shapes
        self._has_shapes = False

    @cached_property
    def _store(self) -> ox.Store:
        import pyoxigraph as ox

        store = ox.Store()
        for text in self._texts:
            # Loading gives blank nodes new names; adding one by one does not.
            if "_:" in text:
                store.extend(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
            else:
                store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
        return store

    def find(
        self, numbered: Numbered, shape: Shape, prepared: Prepared, asked: Sequence[tuple[str, str]], forms: Forms
    ) -> list[Found]:
        """What a constraint finds: `asked` are focus nodes with values (for SELECT, with themselves).

        `forms` tells, for focus nodes with values, how the data writes the values.
        """
        constraint = numbered.constraint
        query = constraint.query
        assert query is not None
        if "shapesGraph" in prepared.used:
            self._add_shapes()
        constants = {"currentShape": shape.id, "shapesGraph": f"<{_SHAPES}>", **dict(query.bound)}
        rows = [{"this": focus, "value": value, **constants} for focus, value in asked]
        kept = prepared.used | {"this"} | ({"value"} if query.is_ask else set())
        rows = [{name: row[name] for name in kept} for row in rows]
        found: list[Row] = []
        for batch in [[row] for row in rows] if prepared.by_row else [rows]:
            found += self._false(prepared, batch, query) if query.is_ask else self._solutions(prepared, batch, query)
        written = forms([(row["this"], row["value"]) for row in found if "value" in row])
        results = []
        common = shared(shape, constraint)
        for row in found:
            if row.get("failure", "").startswith('"true"'):
                raise InputError("a query of the shapes reports a failure", where=query.where or "shapes")
            if "value" in row:
                row["value"] = written.get((row["this"], row["value"]), row["value"])
            elif shape.path is None:
                row["value"] = row["this"]
            path = row.get("path", "")
            said = messages(shape, constraint, row)
            text = joined(said) if said != common else ""
            results.append(
                (numbered.number, row["this"], row.get("value", ""), path if path.startswith("<") else "", text)
            )
        return results

    def _solutions(self, prepared: Prepared, rows: list[Row], query: Query) -> list[Row]:
        return [{**row, "this": rows[number]["this"]} for number, row in self._answers(prepared, rows, query)]

    def _false(self, prepared: Prepared, rows: list[Row], query: Query) -> list[Row]:
        true = {number for number, _ in self._answers(prepared, rows, query)}
        return [dict(row) for number, row in enumerate(rows) if number not in true]

    def _answers(self, prepared: Prepared, rows: list[Row], query: Query) -> Iterator[tuple[int, Row]]:
        """What a query gives, each with the number of the row that it gives it for."""
        import pyoxigraph as ox

        from kzlod.quads.read import token

        self._fill(rows)
        answer = _run(self._store, prepared.text, query)
        assert isinstance(answer, ox.QuerySolutions)
        names = [variable.value for variable in answer.variables]
        for solution in answer:
            row = {name: token(term) for name, term in zip(names, solution, strict=True) if term is not None}
            yield int(row.pop(ROW[1:])[1:-1].rpartition("/")[2]), row

    def _fill(self, rows: list[Row]) -> None:
        """Make these the rows."""
        import pyoxigraph as ox

        graph = ox.NamedNode(ROWS)
        self._store.remove_graph(graph)
        columns = {name: ox.NamedNode(column(name)) for row in rows[:1] for name in row}
        self._store.extend(
            ox.Quad(ox.NamedNode(f"urn:x-kzlod:row/{number}"), columns[name], _term(value), graph)
            for number, row in enumerate(rows)
            for name, value in row.items()
        )

    def _add_shapes(self) -> None:
        import pyoxigraph as ox

        if not self._has_shapes:
            self._has_shapes = True
            lines = "".join(f"{s} {p} {o} <{_SHAPES}> .\n" for s, p, o in self._shapes.triples())
            self._store.extend(ox.parse(lines, format=ox.RdfFormat.N_QUADS))


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
