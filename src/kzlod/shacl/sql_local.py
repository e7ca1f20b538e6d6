"""Local shapes: all their constraints in a pass over the triples for the values and one for the counts.

The first pass keeps the triples that may violate something, by tests that never let a violation through; what exactly
they violate is asked of those alone. Counting is a matter of bits: a subject has a bit for each counted predicate that
it has at all, and only subjects with more triples than bits are counted out, each triple once.
"""

from __future__ import annotations

from kzlod.shacl.plan import BOUNDS, COUNTS, TESTS, Numbered
from kzlod.shacl.sql_tests import cases, surely
from kzlod.shacl.sql_work import Work

_INTO = "INSERT INTO found (number, focus, token) SELECT DISTINCT r.number, x.focus, x.token"
_ASKED = "JOIN host h ON h.shape = r.shape JOIN focus f ON f.shape = h.host AND f.node = x.focus"


def suspects(work: Work) -> None:
    """Make `suspect`: the triples whose objects do not surely satisfy all tests of local shapes."""
    plan = work.plan
    tests: dict[int, dict[str, None]] = {}
    known: dict[int, set[str]] = {}
    local = [c for c in plan.of(*TESTS, *BOUNDS) if c.shape in plan.hosts]
    for c in local:
        if c.constraint.component in ("Datatype", "NodeKind"):
            known.setdefault(_predicate(work, c), set()).add(c.constraint.terms[0].strip("<>"))
    for c in sorted(local, key=lambda c: (c.constraint.component in BOUNDS, c.constraint.component == "Pattern")):
        p = _predicate(work, c)
        tests.setdefault(p, {})[surely(c.constraint, "q.o", known.get(p, set()))] = None
    same: dict[str, list[str]] = {}
    for p, asked in tests.items():
        same.setdefault(" AND ".join(asked), []).append(str(p))
    whens = " ".join(f"WHEN k.p IN ({', '.join(found)}) THEN {test}" for test, found in same.items())
    work.run("CREATE TEMP TABLE suspect (focus UBIGINT, p INTEGER, token VARCHAR)")
    if tests:
        work.run(
            f"INSERT INTO suspect SELECT DISTINCT {work.number('q.s')}, k.p, q.o FROM ({work.source}) q"
            f" JOIN predicate k ON q.p = k.name AND k.p IN ({', '.join(map(str, tests))})"
            f" WHERE NOT coalesce(CASE {whens} END, false)"
        )


def _predicate(work: Work, c: Numbered) -> int:
    return work.ids[str(work.plan.shapes[c.shape].path)]


def values(work: Work) -> None:
    """What the suspects violate; bounds are left to `sql_values.orders`."""
    here = {p for (p,) in work.run("SELECT DISTINCT p FROM suspect").fetchall()}
    local = [c for c in work.plan.of(*TESTS) if c.shape in work.plan.hosts]
    tests = [c for c in local if _predicate(work, c) in here]
    if tests and here:
        work.run(
            f"{_INTO} FROM suspect x JOIN rule r ON r.p = x.p AND {work.numbers(TESTS, local=True)} {_ASKED}"
            f" WHERE NOT {cases(tests, 'r.number', 'x.token')}"
        )


def counts(work: Work) -> None:
    """The constraints on how many values there are."""
    if not work.words:
        return
    words = range(work.words)
    held = " + ".join(f"bit_count(t.h{w})" for w in words)
    work.run(
        "CREATE TEMP TABLE plural AS SELECT focus, p, count(*) AS n FROM"
        f" (SELECT DISTINCT {work.number('q.s')} AS focus, k.p, q.o FROM ({work.source}) q"
        " JOIN predicate k ON q.p = k.name AND k.counted"
        f" SEMI JOIN (SELECT id FROM tally t WHERE t.many > {held}) t ON t.id = {work.number('q.s')})"
        " GROUP BY focus, p HAVING count(*) > 1"
    )
    local = f"{work.numbers(COUNTS, local=True)}"
    none = "NULL AS token"
    work.run(
        f"{_INTO} FROM (SELECT *, {none} FROM plural) x JOIN rule r ON r.p = x.p AND {local} {_ASKED}"
        " WHERE CASE r.component WHEN 'MinCount' THEN x.n < r.many ELSE x.n > r.many END"
    )
    bits = ", ".join(f"bit_or(CASE WHEN {{}} THEN k.h{w} ELSE 0 END) AS {{}}{w}" for w in words)
    least, never = "r.component = 'MinCount' AND r.many > 0", "r.component = 'MaxCount' AND r.many = 0"
    need = (
        f"SELECT h.host, {bits.format(*(least, 'n') * work.words)}, {bits.format(*(never, 'z') * work.words)}"
        f" FROM rule r JOIN host h ON h.shape = r.shape JOIN predicate k ON k.p = r.p WHERE {local} GROUP BY h.host"
    )
    has = ", ".join(f"coalesce(t.h{w}, 0) AS h{w}" for w in words)
    lacks = " OR ".join(f"(n{w} & ~h{w}) <> 0 OR (z{w} & h{w}) <> 0" for w in words)
    bit = " | ".join(f"(k.h{w} & x.h{w})" for w in words)
    work.run(
        f"{_INTO} FROM (SELECT *, {none} FROM (SELECT f.shape, f.node AS focus, {has}, n.* EXCLUDE (host)"
        f" FROM focus f JOIN ({need}) n ON n.host = f.shape LEFT JOIN tally t ON t.id = f.node) WHERE {lacks}) x"
        f" JOIN host h ON h.host = x.shape JOIN rule r ON r.shape = h.shape AND {local} JOIN predicate k ON k.p = r.p"
        f" WHERE CASE WHEN {least} THEN ({bit}) = 0 WHEN {never} THEN ({bit}) <> 0 ELSE false END"
    )
    if any(c.constraint.count > 1 for c in work.plan.of("MinCount") if c.shape in work.plan.hosts):
        work.run(
            f"{_INTO} FROM (SELECT f.shape, f.node AS focus, {none}, t.* FROM focus f JOIN tally t ON t.id = f.node) x"
            f" JOIN host h ON h.host = x.shape JOIN rule r ON r.shape = h.shape AND {local} AND r.many > 1"
            f" AND r.component = 'MinCount' JOIN predicate k ON k.p = r.p"
            " ANTI JOIN plural y ON y.focus = x.focus AND y.p = r.p"
            f" WHERE ({bit}) <> 0"
        )


def has_value(work: Work) -> None:
    """`sh:hasValue` of local shapes."""
    if work.plan.has("HasValue", local=True):
        local = work.numbers(("HasValue",), local=True)
        work.run(
            f"{_INTO} FROM (SELECT shape, node AS focus, NULL AS token FROM focus) x JOIN host h ON h.host = x.shape"
            f" JOIN rule r ON r.shape = h.shape AND {local}"
            f" ANTI JOIN (SELECT {work.number('q.s')} AS focus, r.number FROM ({work.source}) q"
            f" JOIN predicate k ON q.p = k.name JOIN rule r ON r.p = k.p AND r.token = q.o AND {local}) y"
            " ON y.focus = x.focus AND y.number = r.number"
        )
