"""What is known of shapes from running them: how much each constraint was asked about, and which were violated.

A constraint is *exercised* by data if it was evaluated on something there: constraints on how many values there are,
and on all values together, on the focus nodes of their shape; constraints on single values on the value nodes. It is
*violated* by a graph if something in it fails it, whether that makes a result (SHACL, section 3.6) or only decides
about another shape.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import duckdb

from kzlod.shacl import reference
from kzlod.shacl.compiles import uncompiled
from kzlod.shacl.model import Constraint, Shapes
from kzlod.shacl.plan import COUNTS, QUALIFIED, Plan, make_plan
from kzlod.shacl.sparql import Store, queries, seen
from kzlod.shacl.sql import Run
from kzlod.shacl.sql_work import Work

_OF_FOCUS = frozenset((*COUNTS, *QUALIFIED, "HasValue", "UniqueLang", "Equals", "SPARQL"))
"""The components that say something of a focus node even where it has no value."""


@dataclass(frozen=True, slots=True)
class Exercised:
    """What shapes made of a graph: focus nodes by shape, and by constraint on what it was asked and whether it failed.

    Constraints go by shape and place among its constraints. `conforms` is what a validation report says.
    """

    focus: Mapping[str, int]
    asked: Mapping[tuple[str, int], int]
    violated: frozenset[tuple[str, int]]
    conforms: bool


def exercise(connection: duckdb.DuckDBPyConnection, source: str, shapes: Shapes, *, violations: bool) -> Exercised:
    """Run shapes over the triples of a query with the columns s, p, o.

    Unless `violations` are asked for, only what the shapes are asked about is looked at.

    >>> from kzlod.shacl.model import Shape, Target
    >>> from kzlod.shacl.paths import Path
    >>> least = Constraint("MinCount", count=2)
    >>> shape = Shape("<s>", Path("predicate", "<p>"), (Target("subjectsOf", "<p>"),), (least,))
    >>> exercise(duckdb.connect(), "SELECT '<a>' s, '<p>' p, '<b>' o", Shapes({"<s>": shape}), violations=True)
    Exercised(focus={'<s>': 1}, asked={('<s>', 0): 1}, violated=frozenset({('<s>', 0)}), conforms=False)
    """
    hard = uncompiled(connection, source, shapes)
    plan = make_plan(_compilable(shapes, hard))
    places = _places(plan)
    with _Run(Work(connection.cursor(), source, plan)) as run:
        run.prepare()
        focus, values = run.focus_nodes(), run.value_nodes()
        asked = {
            places[c.number]: (focus if _asks_focus(c.constraint) else values).get(c.shape, 0) for c in plan.constraints
        }
        numbers, conforms = run.violated(shapes) if violations else (set(), True)
    violated = {places[number] for number in numbers}
    if hard and violations:
        more = _by_reference(connection, source, shapes, hard)
        violated, conforms = violated | more, conforms and not more
    counted = {shape.id: focus.get(number, 0) for number, shape in enumerate(plan.shapes)}
    return Exercised(counted, asked, frozenset(violated), conforms)


def _asks_focus(constraint: Constraint) -> bool:
    own = constraint.query is not None and not constraint.query.is_ask
    return constraint.component in _OF_FOCUS or own


def _places(plan: Plan) -> dict[int, tuple[str, int]]:
    places, before = {}, dict[int, int]()
    for c in plan.constraints:
        places[c.number] = plan.shapes[c.shape].id, before.get(c.shape, 0)
        before[c.shape] = before.get(c.shape, 0) + 1
    return places


class _Run(Run):
    """A validation whose tables are looked at."""

    def focus_nodes(self) -> dict[int, int]:
        """How many focus nodes each shape has."""
        return dict(
            self._work.run(
                "SELECT h.shape, count(DISTINCT f.node) FROM host h JOIN focus f ON f.shape = h.host GROUP BY h.shape"
            ).fetchall()
        )

    def value_nodes(self) -> dict[int, int]:
        """How many value nodes each shape has, those of shapes too for which validation need not collect them."""
        work, plan = self._work, self.plan
        found = dict(work.run("SELECT shape, count(*) FROM val GROUP BY shape").fetchall())
        found |= dict(
            work.run(
                f"SELECT k.shape, count(*) FROM (SELECT DISTINCT s, p, o FROM ({work.source})) q"
                " JOIN predicate n ON n.name = q.p JOIN kind k ON k.p = n.p AND k.mode = 'none'"
                " JOIN (SELECT DISTINCT h.shape, f.node FROM host h JOIN focus f ON f.shape = h.host) a"
                f" ON a.shape = k.shape AND a.node = {work.number('q.s')} GROUP BY k.shape"
            ).fetchall()
        )
        nodes = self.focus_nodes()
        return {**{n: nodes.get(n, 0) for n, shape in enumerate(plan.shapes) if shape.path is None}, **found}

    def violated(self, shapes: Shapes) -> tuple[set[int], bool]:
        """The numbers of the constraints that something violates, and whether there is no result for all that."""
        plan, prepared = self.plan, queries(self.plan)
        store = Store(self.texts(seen(prepared.values())), shapes.graph)
        for number, query in prepared.items():
            c = plan.constraints[number]
            asked = self.pairs(c.shape) if query.is_ask else [(node, node) for node in self.asked(c.shape)]
            self.add(store.find(c, plan.shapes[c.shape], query, asked, self.forms))
        self.finish()
        told = self._work.run(
            "SELECT 1 FROM found x JOIN rule r ON r.number = x.number JOIN host h ON h.shape = r.shape"
            " JOIN focus f ON f.shape = h.host AND f.node = x.focus WHERE f.ways > 0 LIMIT 1"
        )
        conforms = not told.fetchall()
        return {number for (number,) in self._work.run("SELECT DISTINCT number FROM found").fetchall()}, conforms


def targeted(shapes: Shapes, file: str) -> Shapes:
    """The shapes, of which only those of one file have targets."""
    kept = {shape.id: shape if shape.file == file else replace(shape, targets=()) for shape in shapes}
    return replace(shapes, shapes=kept)


def _compilable(shapes: Shapes, hard: Collection[str]) -> Shapes:
    """The same shapes, in some of which each regular expression is one that compiles: they are asked the same."""
    plain = dict(shapes.shapes)
    for name in hard:
        constraints = (replace(c, terms=("", "")) if c.component == "Pattern" else c for c in plain[name].constraints)
        plain[name] = replace(plain[name], constraints=tuple(constraints))
    return replace(shapes, shapes=plain)


def _by_reference(
    connection: duckdb.DuckDBPyConnection, source: str, shapes: Shapes, hard: Collection[str]
) -> set[tuple[str, int]]:
    """The constraints of some shapes, which do not compile, that pySHACL finds violated."""
    roots = {shape.id for shape in shapes if shape.targets and shapes.reachable(shape.id) & set(hard)}
    triples = connection.execute(f"SELECT DISTINCT s, p, o FROM ({source})").fetchall()
    found = {(one.path, one.component) for one in reference.validate(triples, shapes, roots=roots).results}
    return {
        (name, place)
        for name in hard
        for place, constraint in enumerate(shapes[name].constraints)
        if (str(shapes[name].path or ""), constraint.token) in found
    }
