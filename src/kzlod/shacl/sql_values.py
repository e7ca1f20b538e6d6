"""Shapes whose value nodes are collected: constraints on values, on all values of a node together, and on order."""

from __future__ import annotations

from kzlod.shacl.plan import BOUNDS, COUNTS, LESS, TESTS
from kzlod.shacl.sql_order import of_type, ordered
from kzlod.shacl.sql_terms import language, texts
from kzlod.shacl.sql_tests import cases, in_order
from kzlod.shacl.sql_work import Work

_VALUE = "INSERT INTO found (number, focus, value) SELECT r.number, v.focus, v.value FROM val v"
_FOCUS = "INSERT INTO found (number, focus) SELECT r.number, f.node FROM focus f"
_RULE = "JOIN rule r ON r.shape = {}.shape AND {}"


def values(work: Work) -> None:
    """The constraints on single values."""
    tests = [c for c in work.plan.of(*TESTS) if c.shape not in work.plan.hosts]
    if tests:
        asked = (
            "SELECT r.number, v.focus, v.value, x.token FROM val v"
            f" {_RULE.format('v', work.numbers(TESTS, local=False))} JOIN term x ON x.id = v.value"
        )
        judge = f"SELECT number, focus, value FROM part WHERE NOT {cases(tests, 'number', 'token')}"
        work.run(f"INSERT INTO found (number, focus, value) SELECT * FROM {work.judged(asked, judge)}")
    if work.plan.of("Class"):
        work.run(
            f"{_VALUE} {_RULE.format('v', work.numbers(('Class',), local=False))}"
            " ANTI JOIN isa i ON i.class = r.term AND i.node = v.value"
        )


def orders(work: Work) -> None:
    """The constraints that ask which of two terms comes first, of local shapes too."""
    plan = work.plan
    other = plan.has(*BOUNDS, local=False)
    local = plan.has(*BOUNDS, local=True) and bool(work.run("SELECT 1 FROM suspect LIMIT 1").fetchall())
    less = bool(plan.of(*LESS))
    if not (local or other or less):
        return
    bound, pair = f"r.component IN {texts(BOUNDS)}", f"r.component IN {texts(LESS)}"
    sides = [f"SELECT r.token FROM rule r WHERE {bound}"] if local or other else []
    if local:
        sides.append(f"SELECT x.token FROM suspect x JOIN rule r ON r.p = x.p AND r.local AND {bound}")
    if other:
        sides.append(f"SELECT x.token FROM val v {_RULE.format('v', bound)} JOIN term x ON x.id = v.value")
    both = f"val v {_RULE.format('v', pair)} JOIN edge e ON e.s = v.focus AND e.p = r.p"
    if less:
        sides += [f"SELECT x.token FROM {both} JOIN term x ON x.id = {side}" for side in ("v.value", "e.o")]
    work.run(f"CREATE TEMP TABLE side AS SELECT DISTINCT token FROM ({' UNION ALL '.join(sides)})")
    side = "SELECT token FROM side"
    typed = work.judged(side, f"SELECT {of_type('token')} AS type FROM part")
    types = [name for (name,) in work.run(f"SELECT DISTINCT type FROM {typed}").fetchall()]
    work.run(f"CREATE TEMP TABLE sorted AS SELECT * FROM {work.judged(side, ordered('part', types))}")
    if local:
        work.run(
            "INSERT INTO found (number, focus, token) SELECT DISTINCT r.number, s.focus, s.token FROM suspect s"
            f" JOIN rule r ON r.p = s.p AND {work.numbers(tuple(BOUNDS), local=True)}"
            " JOIN host h ON h.shape = r.shape JOIN focus f ON f.shape = h.host AND f.node = s.focus"
            " JOIN sorted x ON x.token = s.token JOIN sorted y ON y.token = r.token"
            f" WHERE NOT {in_order(BOUNDS)}"
        )
    if other:
        work.run(
            f"{_VALUE} {_RULE.format('v', work.numbers(tuple(BOUNDS), local=False))} JOIN term t ON t.id = v.value"
            f" JOIN sorted x ON x.token = t.token JOIN sorted y ON y.token = r.token WHERE NOT {in_order(BOUNDS)}"
        )
    if less:
        work.run(
            f"INSERT INTO found (number, focus, value) SELECT r.number, v.focus, v.value FROM {both}"
            " JOIN term a ON a.id = v.value JOIN sorted x ON x.token = a.token"
            f" JOIN term b ON b.id = e.o JOIN sorted y ON y.token = b.token WHERE NOT {in_order(LESS)}"
        )


def sets(work: Work) -> None:
    """The constraints that look at all values of a node together."""
    plan = work.plan
    if plan.has(*COUNTS, local=False):
        counted = work.numbers(COUNTS, local=False)
        work.run(
            f"{_FOCUS} {_RULE.format('f', counted)} LEFT JOIN (SELECT v.shape, v.focus, count(*) AS many FROM val v"
            f" SEMI {_RULE.format('v', counted)} GROUP BY v.shape, v.focus) v ON v.shape = f.shape AND v.focus = f.node"
            " WHERE CASE r.component WHEN 'MinCount' THEN coalesce(v.many, 0) < r.many"
            " ELSE coalesce(v.many, 0) > r.many END"
        )
    if plan.has("HasValue", local=False):
        work.run(
            f"{_FOCUS} {_RULE.format('f', work.numbers(('HasValue',), local=False))}"
            " ANTI JOIN val v ON v.shape = f.shape AND v.focus = f.node AND v.value = r.term"
        )
    if plan.of("UniqueLang"):
        asked = (
            "SELECT r.number, v.focus, x.token FROM val v"
            f" {_RULE.format('v', work.numbers(('UniqueLang',), local=False))} JOIN term x ON x.id = v.value"
        )
        tagged = work.judged(asked, f"SELECT number, focus, {language('token')} AS tag FROM part")
        work.run(
            f"INSERT INTO found (number, focus) SELECT number, focus FROM {tagged}"
            " WHERE tag <> '' GROUP BY number, focus, tag HAVING count(*) > 1"
        )
    if plan.of("Disjoint"):
        work.run(
            f"{_VALUE} {_RULE.format('v', work.numbers(('Disjoint',), local=False))}"
            " JOIN edge e ON e.s = v.focus AND e.p = r.p AND e.o = v.value"
        )
    if plan.of("Equals"):
        equals = work.numbers(("Equals",), local=False)
        work.run(
            f"{_VALUE} {_RULE.format('v', equals)} ANTI JOIN edge e ON e.s = v.focus AND e.p = r.p AND e.o = v.value"
        )
        work.run(
            f"INSERT INTO found (number, focus, value) SELECT r.number, f.node, e.o FROM focus f"
            f" {_RULE.format('f', equals)} JOIN edge e ON e.s = f.node AND e.p = r.p"
            " ANTI JOIN val v ON v.shape = f.shape AND v.focus = f.node AND v.value = e.o"
        )
    for c in plan.of("Closed"):
        allowed = ", ".join(str(work.ids[p]) for p in c.constraint.terms if p in work.ids) or "NULL"
        work.run(
            f"INSERT INTO found (number, focus, value, path) SELECT {c.number}, v.focus, e.o, k.name FROM val v"
            f" JOIN edge e ON e.s = v.value JOIN predicate k ON k.p = e.p"
            f" WHERE v.shape = {c.shape} AND coalesce(e.p NOT IN ({allowed}), true)"
        )
