"""The tables that a validation works on: the plan as tables, terms, triples, instances (temporary tables of DuckDB).

Terms are compared as 64-bit numbers, DuckDB's hashes of their tokens. That no two terms share a number is proved on
all terms that are compared; where two do, all numbers are made anew with another salt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count
from typing import Any

import duckdb

from kzlod.quads.scan import subject_form
from kzlod.shacl.plan import BOUNDS, COUNTS, LOGIC, PAIRS, SUBCLASS, TESTS, TYPE, Plan, is_simple
from kzlod.shacl.sql_terms import text, texts
from kzlod.shacl.sql_tests import sure_tests

# kind: the shapes; rule: the constraints; ref: which shape refers to which; host: whose focus nodes are whose.
# focus: what each shape is asked about, and in how many ways `sh:property` and targets lead there, each a result.
# val: value nodes; found: what violates which constraint; bad: what does not conform to which shape.
_TABLES = (
    "kind (shape INTEGER, depth INTEGER, mode VARCHAR, p INTEGER)",
    "ref (number INTEGER, shape INTEGER, depth INTEGER, member INTEGER, below INTEGER, property BOOLEAN,"
    " embedded BOOLEAN)",
    "host (shape INTEGER, host INTEGER)",
    "focus (shape INTEGER, node UBIGINT, ways BIGINT)",
    "val (shape INTEGER, focus UBIGINT, value UBIGINT)",
    "found (number INTEGER, focus UBIGINT, value UBIGINT, token VARCHAR, path VARCHAR, message VARCHAR)",
    "bad (shape INTEGER, node UBIGINT)",
    "isa (class UBIGINT, node UBIGINT)",
)
_RULE = """number INTEGER, shape INTEGER, depth INTEGER, component VARCHAR, many BIGINT, term UBIGINT, p INTEGER,
    token VARCHAR, local BOOLEAN"""
Checked = Callable[[Collection[str]], str]
_WORD = 60
"""How many things one number tells the presence of."""


class Work:
    """A connection to a table of quads, with temporary tables of its own that go when it is closed.

    `source` is a query with the columns s, p, o: the data. `checked` makes the query for the first pass over it from
    the predicates that matter: it looks for wrong lines in files, but not at subjects, each of which is looked at once
    after that. `words` is how many numbers (`h0`, `h1` …) tell what each subject has: a bit for each predicate that is
    counted, and for each value that must be there.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: str, plan: Plan, checked: Checked | None = None
    ) -> None:
        self.plan, self.source = plan, source
        self._checked = checked
        self.ids: dict[str, int] = {}
        self._sql = connection
        self._salt = ""
        local = [c for c in plan.constraints if c.shape in plan.hosts]
        counted = [(self.predicate(c.shape), "") for c in local if c.constraint.component in COUNTS]
        wanted = [
            (self.predicate(c.shape), c.constraint.terms[0]) for c in local if c.constraint.component == "HasValue"
        ]
        self._bits = {what: number for number, what in enumerate(dict.fromkeys(counted + wanted))}
        self.words = -(-len(self._bits) // _WORD)

    def predicate(self, shape: int) -> str:
        """The token of the predicate that a local shape looks at."""
        return str(self.plan.shapes[shape].path)

    def bits(self, *what: tuple[str, str]) -> list[int]:
        """The numbers with the bits of some predicates, or of some of their values (tokens)."""
        places = [self._bits[one] for one in what if one in self._bits]
        return [sum(1 << place % _WORD for place in places if place // _WORD == word) for word in range(self.words)]

    @property
    def counted(self) -> list[int]:
        """The numbers with the bits of all predicates that are counted."""
        return self.bits(*(what for what in self._bits if not what[1]))

    def close(self) -> None:
        """Drop all tables but those that the results go into."""
        kept = "SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name NOT IN ('raw', 'meaning')"
        for (name,) in self.run(kept).fetchall():
            self.run(f"DROP TABLE {name}")
        self.run("DROP VIEW IF EXISTS term")

    def run(self, statement: str, parameters: Sequence[object] | None = None) -> duckdb.DuckDBPyConnection:
        """Run a statement."""
        return self._sql.execute(statement, parameters)

    def number(self, x: str) -> str:
        """SQL: the number of a token."""
        return f"hash({text(self._salt)} || {x})" if self._salt else f"hash({x})"

    def fill(self, table: str, values: Sequence[Sequence[object]], **made: str) -> None:
        """Add rows to a table: as lists, which DuckDB takes faster than many values; `made` wraps columns by number."""
        if values:
            shown = [made.get(f"c{n}", "{}").format("unnest(?)") for n in range(len(values[0]))]
            lists = [list(column) for column in zip(*values, strict=True)]
            self.run(f"INSERT INTO {table} SELECT {', '.join(shown)}", lists)

    def judged(self, asked: str, judge: str) -> str:
        """SQL: what `judge`, a query of DuckDB over the rows `part`, says of each row of a query."""
        return f"(WITH part AS ({asked}) {judge})"

    def gather(self, results: str) -> None:
        """Put results into the table `raw`: a query with its columns and the number of times (`ways`)."""
        columns = "r.meaning, r.focus, r.value, r.path, r.message"
        self.run(f"INSERT INTO raw SELECT {columns} FROM ({results}) r JOIN range(0, r.ways) ON true")

    def load(self) -> None:
        """Make all tables, in two passes over the data: one for the subjects, one for the objects that matter."""
        words = "".join(f", b{w} BIGINT" for w in range(self.words))
        for table in (*_TABLES, f"rule ({_RULE}{words})"):
            self.run(f"CREATE TEMP TABLE {table}")
        self._predicates()
        for attempt in count():
            self._salt = str(attempt) if attempt else ""
            self._subjects()
            self._near()
            if self._terms():
                break
        self.run(
            f"CREATE TEMP TABLE edge AS SELECT DISTINCT {self.number('s')} AS s, p, {self.number('o')} AS o"
            " FROM near WHERE linked"
        )
        self.run(
            f"CREATE TEMP TABLE suspect AS SELECT DISTINCT {self.number('s')} AS focus, p, o AS token"
            " FROM near WHERE NOT sure"
        )
        self._describe()
        self._classify()

    def _predicates(self) -> None:
        """Number the predicates that matter."""
        plan = self.plan
        names = list(plan.predicates)
        if plan.closed:
            known = set(names)
            names += [name for name in self._names() if name not in known]
        self.ids = {name: number for number, name in enumerate(names)}
        words = "".join(f", h{w} BIGINT" for w in range(self.words))
        self.run(f"CREATE TEMP TABLE predicate (p INTEGER, name VARCHAR, linked BOOLEAN, counted BOOLEAN{words})")
        self.fill("predicate", self._numbered())

    def _numbered(self) -> list[tuple[Any, ...]]:
        """The rows of `predicate`."""
        plan = self.plan
        return [
            (number, name, name in plan.linked or plan.closed, (name, "") in self._bits, *self.bits((name, "")))
            for name, number in self.ids.items()
        ]

    def _names(self) -> list[str]:
        """All predicates of the data."""
        return [name for (name,) in self.run(f"SELECT DISTINCT p FROM ({self.source})").fetchall()]

    def _subjects(self) -> None:
        """Make `tally`: the subjects, and what each has; `many` counts triples, `several` more triples than bits."""
        bits = []
        for word in range(self.words):
            values = " ".join(
                f"WHEN k.p = {self.ids[name]} AND q.o = {text(value)} THEN {self.bits((name, value))[word]}"
                for name, value in self._bits
                if value and self.bits((name, value))[word]
            )
            has = f"k.h{word} | CASE {values} ELSE 0 END" if values else f"k.h{word}"
            bits.append(f", bit_or({has}) AS h{word}")
        self._tally("".join(bits))
        held = " + ".join(f"bit_count(h{w} & {bits})" for w, bits in enumerate(self.counted)) or "0"
        self.run(f"CREATE OR REPLACE TEMP TABLE several AS SELECT id FROM tally WHERE many > {held}")

    def _tally(self, bits: str) -> None:
        source = self._checked(self.ids) if self._checked else self.source
        self.run(
            f"CREATE OR REPLACE TEMP TABLE tally AS SELECT {self.number('q.s')} AS id, min(q.s) AS token,"
            f" max(q.s) <> min(q.s) AS shared, sum(k.counted) AS many{bits}"
            f" FROM ({source}) q JOIN predicate k ON q.p = k.name GROUP BY 1"
        )
        if self._checked:
            self.run(f"SELECT count(*) FROM tally WHERE {subject_form('token')}")

    def _near(self) -> None:
        """Make `near`: the triples whose objects are compared (`linked`), that do not surely satisfy the tests of local
        shapes (NOT `sure`), or that are to be counted out (`again`)."""
        tests: dict[str, list[str]] = {}
        local = (c for c in self.plan.of(*TESTS, *BOUNDS) if c.shape in self.plan.hosts)
        for predicate, test in sure_tests(local, "q.o", lambda c: self.predicate(c.shape)).items():
            tests.setdefault(test, []).append(str(self.ids[predicate]))
        whens = " ".join(f"WHEN k.p IN ({', '.join(ids)}) THEN coalesce({test}, false)" for test, ids in tests.items())
        sure = f"CASE {whens} ELSE true END" if tests else "true"
        plural = bool(self.run("SELECT 1 FROM several LIMIT 1").fetchall())
        self._keep(sure, "" if tests or plural else " AND k.linked", plural=plural)

    def _keep(self, sure: str, only: str, *, plural: bool) -> None:
        again = f"k.counted AND {self.number('q.s')} IN (SELECT id FROM several)" if plural else "false"
        self.run(
            f"CREATE OR REPLACE TEMP TABLE near AS SELECT * FROM (SELECT q.s, k.p, q.o, k.linked, {sure} AS sure,"
            f" {again} AS again FROM ({self.source}) q JOIN predicate k ON q.p = k.name{only})"
            " WHERE linked OR NOT sure OR again"
        )

    def _terms(self) -> bool:
        """Make `term`; false where two terms that are compared share a number."""
        self.run("CREATE OR REPLACE TEMP TABLE constant (t VARCHAR)")
        self.fill("constant", [(token,) for token in sorted(self._constants())])
        self.run(
            "CREATE OR REPLACE TEMP TABLE other AS SELECT id, min(t) AS token, min(t) <> max(t) AS shared FROM"
            f" (SELECT {self.number('t')} AS id, t FROM (SELECT o AS t FROM near WHERE linked UNION ALL"
            " SELECT t FROM constant)) GROUP BY id"
        )
        shared = (
            "SELECT (SELECT count(*) FROM tally WHERE shared) + (SELECT count(*) FROM other WHERE shared)"
            " + (SELECT count(*) FROM tally JOIN other USING (id) WHERE tally.token <> other.token)"
        )
        if self.run(shared).fetchall()[0][0]:
            return False
        self.run(
            "CREATE TEMP VIEW term AS SELECT id, token FROM tally UNION ALL SELECT id, token FROM other"
            " ANTI JOIN tally USING (id)"
        )
        return True

    def _constants(self) -> set[str]:
        plan = self.plan
        found = set(plan.classes)
        found |= {target.term for shape in plan.shapes for target in shape.targets}
        return found | {term for c in plan.of("HasValue", *BOUNDS) for term in c.constraint.terms}

    def _describe(self) -> None:
        """Write the plan into tables, so that the statements need not repeat it."""
        plan = self.plan
        shapes = []
        for number, shape in enumerate(plan.shapes):
            path, mode, predicate = shape.path, "path", None
            if path is None:
                mode = "node"
            elif is_simple(path):
                forward = path.kind == "predicate"
                mode = "forward" if forward else "inverse"
                predicate = self.ids[(path if forward else path.parts[0]).predicate]
            mode = mode if plan.collects(number) else "none"
            shapes.append((number, plan.depths[number], mode, predicate))
        self.fill("kind", shapes)
        rules, refs = [], []
        for c in plan.constraints:
            constraint, depth, local = c.constraint, plan.depths[c.shape], c.shape in plan.hosts
            predicate = term = None
            if constraint.component in PAIRS:
                predicate = self.ids[constraint.terms[0]]
            elif local:
                predicate = shapes[c.shape][3]
            if constraint.component in ("HasValue", "Class", *BOUNDS):
                term = constraint.terms[0]
            many = len(constraint.shapes) if constraint.component in LOGIC else constraint.count
            bits = [0] * self.words
            if local and constraint.component in (*COUNTS, "HasValue"):
                value = term if term and constraint.component == "HasValue" else ""
                bits = self.bits((self.predicate(c.shape), value))
            rules.append((c.number, c.shape, depth, constraint.component, many, term, predicate, term, local, *bits))
            property_ = constraint.component == "Property"
            for member in constraint.shapes:
                below = plan.numbers[member]
                embedded = property_ and plan.embedded(below)
                refs.append((c.number, c.shape, depth, below, plan.depths[below], property_, embedded))
        self.fill("rule", rules, c5=self.number("{}::VARCHAR"))
        self.fill("ref", refs)
        hosts = {shape: plan.hosts.get(shape, (shape,)) for shape in range(len(plan.shapes))}
        self.fill("host", [(shape, host) for shape, found in hosts.items() for host in dict.fromkeys(found)])

    def _classify(self) -> None:
        """The instances of the classes that are asked about, by subclasses too (SHACL, section 1.1)."""
        if not self.plan.classes:
            return
        self.run("CREATE TEMP TABLE below (class UBIGINT, sub UBIGINT)")
        same = self.number("{}::VARCHAR")
        self.fill("below", [(name, name) for name in self.plan.classes], c0=same, c1=same)
        self._subclasses()
        self.run(
            "INSERT INTO isa SELECT DISTINCT k.class, e.s FROM below k"
            f" JOIN edge e ON e.o = k.sub AND e.p = {self.ids[TYPE]}"
        )

    def _subclasses(self) -> None:
        """Add to `below` what is a subclass, in any number of steps."""
        self.run(
            "INSERT INTO below WITH RECURSIVE found(class, sub) AS (SELECT class, sub FROM below UNION"
            " SELECT b.class, e.s FROM found b JOIN edge e ON e.o = b.sub"
            f" AND e.p = {self.ids[SUBCLASS]}) SELECT * FROM found ANTI JOIN below USING (class, sub)"
        )

    def numbers(self, components: Sequence[str], *, local: bool) -> str:
        """SQL: the condition that `r`, a row of `rule`, is of some components, and local or not."""
        return f"r.component IN {texts(components)} AND r.local = {str(local).lower()}"
