"""From the bottom up: the constraints that ask whether values conform to other shapes."""

from __future__ import annotations

from kzlod.shacl.plan import LOGIC, QUALIFIED
from kzlod.shacl.sql_terms import texts
from kzlod.shacl.sql_work import Work


def conclude(work: Work, depth: int) -> None:
    """The violations of a depth's shapes that rest on the shapes below, then which nodes do not conform to them."""
    _logic(work, depth)
    _qualified(work, depth)
    if depth:
        work.run(
            "INSERT INTO bad SELECT r.shape, x.focus FROM found x"
            f" JOIN rule r ON r.number = x.number AND r.depth = {depth} UNION SELECT v.shape, v.focus FROM val v"
            f" JOIN ref r ON r.shape = v.shape AND r.depth = {depth} AND r.property"
            " JOIN bad b ON b.shape = r.member AND b.node = v.value"
        )


def _logic(work: Work, depth: int) -> None:
    if any(work.plan.depths[c.shape] == depth for c in work.plan.of(*LOGIC)):
        failed = "count(b.node)"
        work.run(
            "INSERT INTO found (number, focus, value) SELECT r.number, v.focus, v.value FROM val v"
            f" JOIN rule r ON r.shape = v.shape AND r.depth = {depth} AND r.component IN {texts(LOGIC)}"
            " LEFT JOIN ref m ON m.number = r.number LEFT JOIN bad b ON b.shape = m.member AND b.node = v.value"
            " GROUP BY r.number, r.component, r.many, v.focus, v.value"
            f" HAVING CASE r.component WHEN 'Not' THEN {failed} = 0 WHEN 'Or' THEN {failed} = r.many"
            f" WHEN 'Xone' THEN r.many - {failed} <> 1 ELSE {failed} > 0 END"
        )


def _qualified(work: Work, depth: int) -> None:
    plan = work.plan
    for c in plan.of(*QUALIFIED):
        if plan.depths[c.shape] != depth:
            continue
        shape, *siblings = (plan.numbers[name] for name in c.constraint.shapes)
        conforms = f"NOT EXISTS (SELECT 1 FROM bad b WHERE b.shape = {shape} AND b.node = v.value)"
        for sibling in siblings:
            conforms += f" AND EXISTS (SELECT 1 FROM bad b WHERE b.shape = {sibling} AND b.node = v.value)"
        operator = "<" if c.constraint.component == "QualifiedMinCount" else ">"
        work.run(
            f"INSERT INTO found (number, focus) SELECT {c.number}, f.node FROM focus f"
            f" LEFT JOIN (SELECT focus, count(*) AS many FROM val v WHERE v.shape = {c.shape} AND {conforms}"
            " GROUP BY focus) v ON v.focus = f.node"
            f" WHERE f.shape = {c.shape} AND coalesce(v.many, 0) {operator} {c.constraint.count}"
        )
