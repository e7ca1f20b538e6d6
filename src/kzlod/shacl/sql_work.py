"""The tables that a validation works on: the plan as tables, terms, triples, instances (temporary tables of DuckDB).

Terms are compared as 64-bit numbers, DuckDB's hashes of their tokens. That no two terms share a number is proved on
all terms that are compared; where two do, all numbers are made anew with another salt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import count
from typing import Any

import duckdb

from kzlod.quads.scan import object_form, subject_form
from kzlod.shacl.plan import BOUNDS, COUNTS, LOGIC, PAIRS, SUBCLASS, TESTS, TYPE, Numbered, Plan, is_simple
from kzlod.shacl.sql_terms import text, texts
from kzlod.shacl.sql_tests import proving, sure_tests

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
_NEAR = "s VARCHAR, p INTEGER, o VARCHAR, linked BOOLEAN, sure BOOLEAN, again BOOLEAN"
_RULE = """number INTEGER, shape INTEGER, depth INTEGER, component VARCHAR, many BIGINT, term UBIGINT, p INTEGER,
    token VARCHAR, local BOOLEAN"""
Checked = Callable[[Collection[str]], str]
_WORD = 60
"""How many things one number tells the presence of."""
_ANY, _AGAIN = "", "again"
"""Stand for a value: any that a predicate has, and one that must be looked at again. Neither is a token."""


class Work:
    """A connection to a table of quads, with temporary tables of its own that go when it is closed.

    `source` is a query with the columns s, p, o: the data. `checked` makes the query for the first pass over it from
    the predicates that matter: it looks for wrong lines in files, but not at subjects and objects that this looks at
    itself. `words` is how many numbers (`h0`, `h1` …) tell what each subject has: a bit for each predicate that is
    counted, for each value that must be there, for each class, and for each predicate with an object that must be
    looked at again.
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
        self._tested = [c for c in local if c.constraint.component in (*TESTS, *BOUNDS)]
        by_bits = len(plan.classes) <= _WORD and TYPE not in plan.linked and not plan.closed
        self._told = plan.classes if by_bits else ()
        what = [(self._group(c), _ANY) for c in local if c.constraint.component in COUNTS]
        what += [(self._group(c), c.constraint.terms[0]) for c in local if c.constraint.component == "HasValue"]
        what += [(TYPE, name) for name in self._told]
        what += [(name, _AGAIN) for name in (*map(self._group, self._tested), *self._axioms)]
        self._bits = {one: number for number, one in enumerate(dict.fromkeys(what))}
        self.words = -(-len(self._bits) // _WORD)

    @property
    def _axioms(self) -> tuple[str, ...]:
        """The predicate because of which types must be looked at again, where bits tell them."""
        return (SUBCLASS,) if self._told else ()

    def _group(self, numbered: Numbered) -> str:
        """The token of the predicate that a local constraint looks at."""
        return self.predicate(numbered.shape)

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
        return self.bits(*(what for what in self._bits if what[1] == _ANY))

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
        """Make all tables, in one pass over the data, and in a second one for objects that matter beyond the first."""
        words = "".join(f", b{w} BIGINT" for w in range(self.words))
        for table in (*_TABLES, f"rule ({_RULE}{words})"):
            self.run(f"CREATE TEMP TABLE {table}")
        self._predicates()
        for attempt in count():
            self._salt = str(attempt) if attempt else ""
            self._subjects()
            linked, suspects = self._open()
            self._near(linked, suspects)
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
        self._classify(by_bits=bool(self._told) and SUBCLASS not in linked)

    def _predicates(self) -> None:
        """Number the predicates that matter."""
        plan = self.plan
        names = list(plan.predicates)
        if plan.closed:
            known = set(names)
            names += [name for name in self._names() if name not in known]
        self.ids = {name: number for number, name in enumerate(names)}
        words = "".join(f", {kind}{w} BIGINT" for kind in "ha" for w in range(self.words))
        self.run(f"CREATE TEMP TABLE predicate (p INTEGER, name VARCHAR, counted BOOLEAN{words})")
        self.fill("predicate", self._numbered())

    def _numbered(self) -> list[tuple[Any, ...]]:
        """The rows of `predicate`: `h` has the bit of what is counted, `a` that of what must be looked at again."""
        return [
            (number, name, (name, _ANY) in self._bits, *self.bits((name, _ANY)), *self.bits((name, _AGAIN)))
            for name, number in self.ids.items()
        ]

    def _names(self) -> list[str]:
        """All predicates of the data."""
        return [name for (name,) in self.run(f"SELECT DISTINCT p FROM ({self.source})").fetchall()]

    def _subjects(self) -> None:
        """Make `tally`: the subjects, and what each has; `many` counts triples, `several` more triples than bits."""
        values = [what for what in self._bits if what[1] not in (_ANY, _AGAIN)]
        columns = ["q.s", "k.counted", f"{self._sure(again=self._axioms)} AS sure"]
        for word in range(self.words):
            whens = " ".join(
                f"WHEN k.p = {self.ids[name]} AND q.o = {text(value)} THEN {bit}"
                for name, value in values
                if (bit := self.bits((name, value))[word])
            )
            has = f"k.h{word} | CASE {whens} ELSE 0 END" if whens else f"k.h{word}"
            columns += [f"{has} AS h{word}", f"k.a{word}"]
        told = [f"bit_or(h{word} | CASE WHEN sure THEN 0 ELSE a{word} END) AS h{word}" for word in range(self.words)]
        proofs = [f"WHEN h{word} & {bits} <> 0 THEN true" for word, bits in enumerate(self.bits(*values)) if bits]
        if sure := [str(self.ids[name]) for name in sorted(proving(self._tested, self._group))]:
            proofs.append(f"WHEN sure AND p IN ({', '.join(sure)}) THEN true")
        counts = ", ".join(["count(*) FILTER (WHERE counted) AS many", *told])
        self._tally(", ".join(columns), counts, " ".join(proofs))
        held = " + ".join(f"bit_count(h{w} & {bits})" for w, bits in enumerate(self.counted)) or "0"
        self.run(f"CREATE OR REPLACE TEMP TABLE several AS SELECT id FROM tally WHERE many > {held}")

    def _tally(self, columns: str, counts: str, proofs: str) -> None:
        """Count rows with some columns by subject; `proofs` are the cases in which an object is surely a token."""
        source = self._checked(self.ids) if self._checked else f"SELECT *, true AS whole FROM ({self.source})"
        rows = f"SELECT {columns}, k.p, q.o, q.whole FROM ({source}) q JOIN predicate k ON q.p = k.name"
        checked = f" WHERE CASE WHEN whole THEN true {proofs} ELSE {object_form('o')} END" if self._checked else ""
        self.run(
            f"CREATE OR REPLACE TEMP TABLE tally AS SELECT {self.number('s')} AS id, s AS token, {counts}"
            f" FROM ({rows}){checked} GROUP BY s"
        )
        if self._checked:
            self.run(f"SELECT count(*) FROM tally WHERE {subject_form('token')}")

    def _sure(self, *, again: Collection[str] = ()) -> str:
        """SQL: whether an object surely satisfies the tests of local shapes; not those of some predicates."""
        tests: dict[str, list[str]] = {"false": [str(self.ids[name]) for name in again]} if again else {}
        for name, test in sure_tests(self._tested, "q.o", self._group).items():
            if name not in again:
                tests.setdefault(test, []).append(str(self.ids[name]))
        whens = " ".join(f"WHEN k.p IN ({', '.join(ids)}) THEN coalesce({test}, false)" for test, ids in tests.items())
        return f"CASE {whens} ELSE true END" if whens else "true"

    def _open(self) -> tuple[set[str], set[str]]:
        """The predicates whose objects are compared, and those that have an object which may violate something."""
        linked = set(self.ids) if self.plan.closed else set(self.plan.linked)
        found = set()
        if self.words:
            (words,) = self.run(f"SELECT {', '.join(f'bit_or(h{w})' for w in range(self.words))} FROM tally").fetchall()
            for name, value in self._bits:
                bits = self.bits((name, value)) if value == _AGAIN else ()
                if any((word or 0) & bit for word, bit in zip(words, bits, strict=False)):
                    found.add(name)
        if self.plan.classes and (not self._told or SUBCLASS in found):
            linked |= {TYPE, SUBCLASS}
        return linked, found

    def _near(self, linked: set[str], suspects: set[str]) -> None:
        """Make `near`: the triples whose objects are compared (`linked`), that do not surely satisfy the tests of local
        shapes (NOT `sure`), or that are to be counted out (`again`)."""
        several = self.run("SELECT 1 FROM several LIMIT 1").fetchall()
        counted = {name for name, value in self._bits if value == _ANY} if several else set()
        if names := linked | suspects | counted:
            self._keep(self._sure(), self._one_of(linked), self._one_of(names), plural=bool(counted))
        else:
            self.run(f"CREATE OR REPLACE TEMP TABLE near ({_NEAR})")

    def _one_of(self, names: Collection[str]) -> str:
        """SQL: whether a predicate is one of some."""
        return f"k.p IN ({', '.join(str(self.ids[name]) for name in sorted(names))})" if names else "false"

    def _keep(self, sure: str, linked: str, some: str, *, plural: bool) -> None:
        again = f"k.counted AND {self.number('q.s')} IN (SELECT id FROM several)" if plural else "false"
        self.run(
            f"CREATE OR REPLACE TEMP TABLE near AS SELECT * FROM (SELECT q.s, k.p, q.o, {linked} AS linked,"
            f" {sure} AS sure, {again} AS again FROM ({self.source}) q JOIN predicate k ON q.p = k.name AND {some})"
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
            "SELECT (SELECT count(*) FROM (SELECT id FROM tally GROUP BY id HAVING count(*) > 1))"
            " + (SELECT count(*) FROM other WHERE shared)"
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

    def _classify(self, *, by_bits: bool) -> None:
        """The instances of the classes that are asked about, by subclasses too (SHACL, section 1.1)."""
        if by_bits:
            for name in self.plan.classes:
                has = " OR ".join(f"h{w} & {bits} <> 0" for w, bits in enumerate(self.bits((TYPE, name))) if bits)
                self.run(f"INSERT INTO isa SELECT {self.number(text(name))}, id FROM tally WHERE {has}")
            return
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
