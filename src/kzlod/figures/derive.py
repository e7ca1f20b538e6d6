"""The nodes that are computed from figures: conflict sets, and the verdicts of consistency checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from kzlod.figures.conflicts import ConflictSet, conflict_sets
from kzlod.figures.consistency import plain, verdict
from kzlod.figures.observations import Observation, code, observations
from kzlod.quads import QuadTable
from kzlod.terms import iri, literal, to_decimal
from kzlod.vocab import DCTERMS, KZ, PROV, RDF, SCHEMA, XSD

COMPUTED = "(computed)"
Triple = tuple[str, str, str]


def derive(table: QuadTable, *, base: str, graph: str) -> None:
    """Add what is computed from the figures of a table to it, in a graph (its token).

    `base` is where the dataset's IRIs begin: a conflict set is `<base>conflict/<key>`, codes are `<base>code/…`.
    """
    figures = observations(table)
    triples = [*_conflicts(figures, base), *_verdicts(table, figures, base)]
    if triples:
        table.add(((s, p, o, graph, 0) for s, p, o in triples), table.source(COMPUTED))


def _decimal(text: str) -> str:
    return literal(text, datatype=XSD + "decimal")


def _conflicts(figures: dict[str, Observation], base: str) -> Iterator[Triple]:
    for conflict in conflict_sets(figures.values()):
        node = iri(f"{base}conflict/{conflict.key}")
        yield node, f"<{RDF}type>", f"<{KZ}ConflictSet>"
        yield node, f"<{DCTERMS}type>", iri(f"{base}code/grade/{conflict.grade}")
        yield from ((node, p, o) for p, o in _described(conflict))


def _described(conflict: ConflictSet) -> Iterator[tuple[str, str]]:
    first = conflict.members[0]
    dimensions = {"indicator": first.indicator, "about": first.about, "counterpart": first.counterpart}
    for name, value in (dimensions | {"status": first.status}).items():
        if value:
            yield f"<{KZ}{name}>", value
    yield f"<{KZ}spread>", _decimal(plain(conflict.spread))
    if conflict.ratio is not None:
        yield f"<{KZ}ratio>", _decimal(plain(conflict.ratio))
    for member in conflict.members:
        yield f"<{PROV}hadMember>", member.id


def _verdicts(table: QuadTable, figures: dict[str, Observation], base: str) -> Iterator[Triple]:
    query = """
        SELECT node.s, rule.o, result.o FROM quads node
        LEFT JOIN quads rule ON rule.s = node.s AND rule.p = $rule
        LEFT JOIN quads result ON result.s = node.s AND result.p = $result
        WHERE node.p = $type AND node.o = $check ORDER BY ALL
    """
    keys = {
        "rule": f"<{DCTERMS}type>",
        "result": f"<{KZ}result>",
        "type": f"<{RDF}type>",
        "check": f"<{KZ}ConsistencyCheck>",
    }
    operands = _operands(table)
    for node, rule, result in table.rows(query, keys):
        found = verdict(code(rule or ""), figures.get(result), [figures.get(one) for one in operands[node]])
        yield node, f"<{KZ}verdict>", iri(f"{base}code/verdict/{found.code}")
        yield node, f"<{DCTERMS}description>", literal(found.reason, language="en")
        if found.expected is not None and found.expected.is_finite():
            yield node, f"<{RDF}value>", _decimal(plain(found.expected))


def _operands(table: QuadTable) -> dict[str, list[str]]:
    query = """
        SELECT element.s, position.o, item.o FROM quads element
        JOIN quads position ON position.s = element.o AND position.p = $position
        JOIN quads item ON item.s = element.o AND item.p = $item WHERE element.p = $element
    """
    keys = {"position": f"<{SCHEMA}position>", "item": f"<{SCHEMA}item>", "element": f"<{SCHEMA}itemListElement>"}
    found: dict[str, list[tuple[Decimal, str]]] = defaultdict(list)
    for node, position, item in table.rows(query, keys):
        found[node].append((to_decimal(position) or Decimal(0), item))
    return defaultdict(list, {node: [item for _, item in sorted(items)] for node, items in found.items()})
