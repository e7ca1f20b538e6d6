"""Links inside a dataset: what it points to in its own namespace must be there."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Finding
from kzlod.sssom import FOLDER
from kzlod.terms import local_name
from kzlod.vocab import OWL, SKOS

_SAME = [f"<{SKOS}exactMatch>", f"<{OWL}sameAs>"]


def check_links(dataset: Dataset) -> Iterator[Finding]:
    """The objects, predicates and graphs below the dataset's base that no statement is about."""
    own = f"<{dataset.project.base}"
    query = """
        WITH known AS (SELECT DISTINCT s FROM quads)
        SELECT min(s), p, o, o FROM quads WHERE starts_with(o, $own) AND o NOT IN (FROM known) GROUP BY p, o
        UNION ALL
        SELECT min(s), p, '', p FROM quads WHERE starts_with(p, $own) AND p NOT IN (FROM known) GROUP BY p
        ORDER BY ALL
    """
    for s, p, o, missing in dataset.table.rows(query, {"own": own}):
        message = f"{missing[1:-1]} is not there"
        yield dataset.finding("link.missing", message, s=s, p=p, o=o, remedy="correct the name, or add what it names")


def check_matches(dataset: Dataset) -> Iterator[Finding]:
    """Links to other datasets whose subject is not described, and those that make two things one.

    A thing is the same as one thing of another dataset at most, and the other way round (the predicates exactMatch and
    sameAs, namespace by namespace).
    """
    query = """
        WITH link AS (SELECT DISTINCT s FROM quads JOIN sources ON source = id WHERE starts_with(path, $folder))
        SELECT s FROM link WHERE s NOT IN (
            SELECT s FROM quads JOIN sources ON source = id WHERE NOT starts_with(path, $folder)) ORDER BY s
    """
    for (s,) in dataset.table.rows(query, {"folder": FOLDER}):
        yield dataset.finding("link.subject", f"{s[1:-1]} is not there", s=s, remedy="correct the name, or take it out")
    space = "regexp_extract(o, '^<(.*[/#:])', 1)"
    for one, other in (("s", "o"), ("o", "s")):
        query = f"""
            WITH link AS (SELECT DISTINCT s, p, o, {space} AS space FROM quads WHERE list_contains($same, p))
            SELECT s, p, o, {one}, {other}, (SELECT min(other.{other}) FROM link AS other
                WHERE other.{one} = link.{one} AND other.space = link.space AND other.{other} < link.{other}) AS first
            FROM link WHERE first IS NOT NULL ORDER BY ALL
        """
        for s, p, o, *shared in dataset.table.rows(query, {"same": _SAME}):
            both, second, first = map(local_name, shared)
            remedy = "keep the link that is right, or make the others closeMatch"
            message = f"{both} is said to be the same as both {first} and {second}"
            yield dataset.finding("link.two", message, s=s, p=p, o=o, remedy=remedy)
