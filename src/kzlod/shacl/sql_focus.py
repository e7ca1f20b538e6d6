"""From the top down: what each shape is asked about, and its value nodes."""

from __future__ import annotations

from kzlod.shacl.plan import is_simple
from kzlod.shacl.sql_paths import pairs
from kzlod.shacl.sql_terms import text
from kzlod.shacl.sql_work import Work

# A bound on how often one result is told, where properties of properties lead to a node in very many ways.
_MOST_WAYS = 1_000_000


def ask(work: Work) -> None:
    """Fill `focus` and `val`, depth by depth."""
    _target(work)
    for depth in range(work.plan.deepest + 1):
        if depth:
            work.run(
                "INSERT INTO asked SELECT r.member, v.value,"
                f" least(coalesce(sum(f.ways) FILTER (WHERE r.property), 0), {_MOST_WAYS}), false FROM val v"
                f" JOIN ref r ON r.shape = v.shape AND r.below = {depth} AND NOT r.embedded"
                " JOIN focus f ON f.shape = v.shape AND f.node = v.focus GROUP BY r.member, v.value"
            )
        work.run(
            "INSERT INTO focus SELECT a.shape, a.node, coalesce(max(a.ways) FILTER (WHERE a.target), 0)"
            " + coalesce(sum(a.ways) FILTER (WHERE NOT a.target), 0) FROM asked a"
            f" JOIN kind k ON k.shape = a.shape AND k.depth = {depth} GROUP BY a.shape, a.node"
        )
        _collect(work, depth)


def _target(work: Work) -> None:
    numbered = enumerate(work.plan.shapes)
    targets = [(number, target.kind, target.term) for number, shape in numbered for target in shape.targets]
    kinds = {kind for _, kind, _ in targets}
    work.run("CREATE TEMP TABLE target (shape INTEGER, kind VARCHAR, name VARCHAR)")
    work.fill("target", targets)
    work.run("CREATE TEMP TABLE asked (shape INTEGER, node UBIGINT, ways BIGINT, target BOOLEAN)")
    name = work.number("k.name")
    predicate = "target k JOIN predicate p ON p.name = k.name JOIN edge e ON e.p = p.p"
    for kind, query in (
        ("class", f"SELECT k.shape, i.node, 1, true FROM target k JOIN isa i ON i.class = {name}"),
        ("node", f"SELECT k.shape, {name}, 1, true FROM target k"),
        ("subjectsOf", f"SELECT k.shape, e.s, 1, true FROM {predicate}"),
        ("objectsOf", f"SELECT k.shape, e.o, 1, true FROM {predicate}"),
    ):
        if kind in kinds:
            work.run(f"INSERT INTO asked {query} WHERE k.kind = {text(kind)}")


def _collect(work: Work, depth: int) -> None:
    """The value nodes of the shapes of a depth whose value nodes are needed."""
    plan = work.plan
    here = [(n, shape) for n, shape in enumerate(plan.shapes) if plan.depths[n] == depth and plan.collects(n)]
    ways = {}
    start = f"FROM focus f JOIN kind k ON k.shape = f.shape AND k.depth = {depth} AND k.mode = "
    for n, shape in here:
        path = shape.path
        if path is None:
            ways["node"] = f"SELECT f.shape, f.node, f.node {start}'node'"
        elif not is_simple(path):
            starts = f"SELECT node FROM focus WHERE shape = {n}"
            ways[str(n)] = f"SELECT {n}, a, n FROM ({pairs(path, starts, work.ids, 'edge')})"
        elif path.kind == "predicate":
            joined = "JOIN edge e ON e.s = f.node AND e.p = k.p"
            ways["forward"] = f"SELECT f.shape, f.node, e.o {start}'forward' {joined}"
        else:
            joined = "JOIN edge e ON e.o = f.node AND e.p = k.p"
            ways["inverse"] = f"SELECT f.shape, f.node, e.s {start}'inverse' {joined}"
    if ways:
        work.run("INSERT INTO val " + " UNION ALL ".join(ways.values()))
