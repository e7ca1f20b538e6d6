"""Local shapes: what their suspects violate, and how many values there are.

What `sql_work` finds are the triples whose objects may violate something, and for each subject a bit for each counted
predicate that it has at all and for each value that must be there. Only subjects with more triples than bits are
counted out, each triple once.
"""

from __future__ import annotations

from kzlod.shacl.plan import COUNTS, TESTS
from kzlod.shacl.sql_tests import cases
from kzlod.shacl.sql_work import Work

_INTO = "INSERT INTO found (number, focus, token) SELECT DISTINCT r.number, x.focus, x.token"
_ASKED = "JOIN host h ON h.shape = r.shape JOIN focus f ON f.shape = h.host AND f.node = x.focus"
_LEAST = "(r.component = 'MinCount' AND r.many > 0 OR r.component = 'HasValue')"
_NEVER = "(r.component = 'MaxCount' AND r.many = 0)"


def values(work: Work) -> None:
    """What the suspects violate; bounds are left to `sql_values.orders`."""
    here = {p for (p,) in work.run("SELECT DISTINCT p FROM suspect").fetchall()}
    local = [c for c in work.plan.of(*TESTS) if c.shape in work.plan.hosts]
    tests = [c for c in local if work.ids[work.predicate(c.shape)] in here]
    if tests:
        asked = (
            "SELECT r.number, x.focus, x.token FROM suspect x"
            f" JOIN rule r ON r.p = x.p AND {work.numbers(TESTS, local=True)} {_ASKED}"
        )
        judge = f"SELECT number, focus, token FROM part WHERE NOT {cases(tests, 'number', 'token')}"
        work.run(f"INSERT INTO found (number, focus, token) SELECT DISTINCT * FROM {work.judged(asked, judge)}")


def counts(work: Work) -> None:
    """The constraints on how many values there are, and on what must be one of them."""
    if not work.words:
        return
    words = range(work.words)
    none = "NULL AS token"
    local = work.numbers((*COUNTS, "HasValue"), local=True)
    sums = ", ".join(f"bit_or(CASE WHEN {{}} THEN r.b{w} ELSE 0 END) AS {{}}{w}" for w in words)
    need = (
        f"SELECT h.host, {sums.format(*(_LEAST, 'n') * work.words)}, {sums.format(*(_NEVER, 'z') * work.words)}"
        f" FROM rule r JOIN host h ON h.shape = r.shape WHERE {local} GROUP BY h.host"
    )
    has = ", ".join(f"coalesce(t.h{w}, 0) AS h{w}, n.n{w}, n.z{w}" for w in words)
    lacks = " OR ".join(f"(n{w} & ~h{w}) <> 0 OR (z{w} & h{w}) <> 0" for w in words)
    bit = " | ".join(f"(r.b{w} & x.h{w})" for w in words)
    work.run(
        f"{_INTO} FROM (SELECT *, {none} FROM (SELECT f.shape, f.node AS focus, {has}"
        f" FROM focus f JOIN ({need}) n ON n.host = f.shape LEFT JOIN tally t ON t.id = f.node) WHERE {lacks}) x"
        f" JOIN host h ON h.host = x.shape JOIN rule r ON r.shape = h.shape AND {local}"
        f" WHERE CASE WHEN {_LEAST} THEN ({bit}) = 0 WHEN {_NEVER} THEN ({bit}) <> 0 ELSE false END"
    )
    work.run(
        "CREATE TEMP TABLE plural AS SELECT focus, p, count(*) AS n FROM"
        f" (SELECT DISTINCT {work.number('s')} AS focus, p, o FROM near WHERE again) GROUP BY focus, p"
        " HAVING count(*) > 1"
    )
    if work.run("SELECT 1 FROM plural LIMIT 1").fetchall():
        work.run(
            f"{_INTO} FROM (SELECT *, {none} FROM plural) x"
            f" JOIN rule r ON r.p = x.p AND {work.numbers(COUNTS, local=True)} {_ASKED}"
            f" WHERE NOT {_NEVER} AND CASE r.component WHEN 'MinCount' THEN x.n < r.many ELSE x.n > r.many END"
        )
    held = f"f.shape, f.node AS focus, {none}, " + ", ".join(f"t.h{w}" for w in words)
    if any(c.constraint.count > 1 for c in work.plan.of("MinCount") if c.shape in work.plan.hosts):
        work.run(
            f"{_INTO} FROM (SELECT {held} FROM focus f JOIN tally t ON t.id = f.node) x"
            f" JOIN host h ON h.host = x.shape JOIN rule r ON r.shape = h.shape AND r.local AND r.many > 1"
            " AND r.component = 'MinCount' ANTI JOIN plural y ON y.focus = x.focus AND y.p = r.p"
            f" WHERE ({bit}) <> 0"
        )
