"""Whether the values of coded dimensions are in their code lists (IC-19 to IC-21).

Each value of a dimension is looked up once, not once for each observation; where one is not in the list, the
observations that have it are sought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kzlod.cube.structure import of_class, said
from kzlod.cube.terms import COLLECTION, CONCEPT, IN_SCHEME, INVERSE, MEMBER, SCHEME, TYPE, is_literal, qb
from kzlod.cube.violations import Search, Told, Violation, name
from kzlod.quads.sqltext import text

_BLANK = "(starts_with({0}, '_:') OR contains({0}, '/.well-known/genid/'))"
"""SQL: whether a token is a blank node, or an IRI that stands for one (RDF 1.1 Concepts, section 3.5)."""


def codes(search: Search) -> Iterator[Violation]:
    """The violations of IC-19 to IC-21."""
    search.run(
        "CREATE TEMP TABLE coded AS SELECT DISTINCT dsd, prop, o AS list FROM part SEMI JOIN structured s USING (dsd)"
        f" SEMI JOIN {of_class(qb('DimensionProperty'))} d ON d.s = prop JOIN {said(qb('codeList'))} l ON l.s = prop"
    )
    if not search.rows("SELECT 1 FROM coded LIMIT 1"):
        return
    search.run("CREATE TEMP TABLE listed AS SELECT DISTINCT prop, list FROM coded")
    search.run(
        "CREATE TEMP TABLE code AS SELECT DISTINCT p AS prop, o AS value FROM n WHERE p IN (SELECT prop FROM coded)"
    )
    yield from search.found(19, _users(_not_listed(search)), _tell("is no concept of {}"))
    hierarchies = of_class(qb("HierarchicalCodeList"))
    properties = f"SELECT o FROM {said(qb('parentChildProperty'))} SEMI JOIN {hierarchies} h USING (s)"
    inverses = f"SELECT v.o FROM ({properties}) k JOIN {said(INVERSE)} v ON v.s = k.o WHERE {_BLANK.format('k.o')}"
    roots = f"SELECT s AS list, o AS node FROM {said(qb('hierarchyRoot'))} WHERE s IN (SELECT list FROM coded)"
    for number, found, step in ((20, properties, "s AS parent, o AS child"), (21, inverses, "o AS parent, s AS child")):
        predicates = f"SELECT DISTINCT o FROM ({found}) WHERE NOT {_BLANK.format('o')} AND NOT {is_literal('o')}"
        for (predicate,) in search.rows(f"{predicates} ORDER BY o"):
            _reach(search, roots, f"SELECT {step} FROM n WHERE p = {text(predicate)}")
            outside = f"{_listed(qb('HierarchicalCodeList'))} ANTI JOIN below b ON b.list = l.list AND b.node = v.value"
            how = f"is not reached from a root of {{}} by {name(predicate)}"
            yield from search.found(number, _users(outside), _tell(how))


def _listed(class_: str) -> str:
    """SQL: dimensions, their code lists of a class, the dimensions' values."""
    listed = f"listed l SEMI JOIN {of_class(class_)} c ON c.s = l.list"
    return f"SELECT l.prop, l.list, v.value FROM {listed} JOIN code v USING (prop)"


def _not_listed(search: Search) -> str:
    """SQL: dimensions, their schemes or collections, and values that are no concept of those."""
    concept = f"(SELECT s FROM n WHERE p = {text(TYPE)} AND o = {text(CONCEPT)})"
    scheme = f"(SELECT i.s, i.o FROM n i SEMI JOIN {concept} c ON c.s = i.s WHERE i.p = {text(IN_SCHEME)})"
    query = f"{_listed(SCHEME)} ANTI JOIN {scheme} i ON i.s = v.value AND i.o = l.list"
    collections = f"SELECT list, list AS node FROM listed SEMI JOIN {of_class(COLLECTION)} c ON c.s = list"
    if search.rows(f"{collections} LIMIT 1"):
        step = f"SELECT s AS parent, o AS child FROM n WHERE p = {text(MEMBER)}"
        _reach(search, f"SELECT list, child FROM ({collections}) JOIN ({step}) ON parent = list", step)
        member = f"(SELECT list, node FROM below SEMI JOIN {concept} c ON c.s = node)"
        query += f" UNION {_listed(COLLECTION)} ANTI JOIN {member} m ON m.list = l.list AND m.node = v.value"
    return query


def _reach(search: Search, start: str, step: str) -> None:
    """Make `below` (list, node): what is reached from the nodes of lists by any number of steps (parent, child)."""
    search.run(f"CREATE OR REPLACE TEMP TABLE step AS SELECT DISTINCT * FROM ({step})")
    search.run(
        f"CREATE OR REPLACE TEMP TABLE below AS WITH RECURSIVE r (list, node) AS ({start} UNION"
        " SELECT r.list, step.child FROM r JOIN step ON step.parent = r.node) FROM r"
    )


def _users(outside: str) -> str:
    """SQL: the observations that have values (prop, list, value) that are outside their code list."""
    return (
        f"SELECT DISTINCT obs.s, x.prop, x.value, x.list FROM ({outside}) x JOIN n ON n.p = x.prop AND n.o = x.value"
        " JOIN obs ON obs.s = n.s JOIN member m ON m.obs = obs.id JOIN structured d USING (dataset)"
        " SEMI JOIN coded c ON c.dsd = d.dsd AND c.prop = x.prop AND c.list = x.list"
    )


def _tell(how: str) -> Callable[..., Told]:
    def tell(s: str, prop: str, value: str, list_: str) -> Told:
        return s, prop, value, f"the {name(prop)} {name(value)} {how.format(name(list_))}"

    return tell
