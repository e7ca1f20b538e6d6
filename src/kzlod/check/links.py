"""Links inside a dataset: what it points to in its own namespace must be there, and terms must be declared."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.sssom import FOLDER
from kzlod.terms import local_name
from kzlod.vocab import OWL, RDF, SKOS

_SAME = [f"<{SKOS}exactMatch>", f"<{OWL}sameAs>"]
_FEW = 20
"""How many things that one predicate points to may be missing before they are told together."""
_EXAMPLES = 3


def check_links(dataset: Dataset) -> Iterator[Unplaced]:
    """The objects, predicates and graphs below the dataset's base that no statement is about.

    What was a blank node need not be described. Where very many objects of a predicate in a file are missing, as when
    a table is not there, they are told once.
    """
    own = f"<{dataset.project.base}"
    query = f"""
        WITH known AS (SELECT DISTINCT s FROM quads),
             missing AS (SELECT p, o, min(s) AS s, min(source) AS source FROM quads
                         WHERE starts_with(o, $own) AND NOT starts_with(o, $genid) AND o NOT IN (FROM known)
                         GROUP BY p, o),
             counted AS (SELECT *, count(*) OVER alike AS many, row_number() OVER (alike ORDER BY s, o) AS n
                         FROM missing WINDOW alike AS (PARTITION BY p, source))
        SELECT min(s), p, min(o), 1, [min(o)] FROM counted WHERE many <= {_FEW} GROUP BY p, o
        UNION ALL
        SELECT min(s) FILTER (n = 1), p, min(o) FILTER (n = 1), count(*), list(o ORDER BY n) FILTER (n <= {_EXAMPLES})
        FROM counted WHERE many > {_FEW} GROUP BY p, source
        UNION ALL
        SELECT min(s), p, '', 1, [p] FROM quads WHERE starts_with(p, $own) AND p NOT IN (FROM known) GROUP BY p
        ORDER BY ALL
    """
    for s, p, o, count, missing in dataset.table.rows(query, {"own": own, "genid": f"{own}.well-known/genid/"}):
        names = [name[1:-1] for name in missing]
        message, remedy = f"{names[0]} is not there", "correct the name, or add what it names"
        if count > 1:
            message = f"{count:,} of the things that {local_name(p)} leads to are not there: {', '.join(names)} …"
            remedy = "correct the names, or add what they name"
        yield Unplaced("link.missing", message, s, p, o, remedy)


def check_terms(dataset: Dataset) -> Iterator[Unplaced]:
    """The classes and predicates in the namespace of an ontology of the inputs that it does not declare.

    What is below the dataset's base is no business of this check: `check_links` asks about it.
    """
    query = """
        WITH known AS (SELECT DISTINCT s FROM quads),
             space AS (SELECT DISTINCT rtrim(s, '>#/') AS name FROM quads WHERE p = $type AND o = $ontology),
             used AS (SELECT min(s) AS s, p, '' AS o, p AS term FROM quads GROUP BY p
                      UNION ALL SELECT min(s), p, o, o FROM quads WHERE p = $type GROUP BY p, o)
        SELECT s, p, o, term FROM used WHERE term NOT IN (FROM known) AND NOT starts_with(term, $own)
            AND EXISTS (FROM space WHERE starts_with(term, name) AND substring(term, length(name) + 1, 1) IN ('#', '/'))
        ORDER BY ALL
    """
    keys = {"type": f"<{RDF}type>", "ontology": f"<{OWL}Ontology>", "own": f"<{dataset.project.base}"}
    for s, p, o, term in dataset.table.rows(query, keys):
        kind = "class" if o else "predicate"
        message = f"{term[1:-1]} is no {kind} that its ontology declares"
        yield Unplaced("link.term", message, s, p, o, "correct the name, or declare it there")


def check_matches(dataset: Dataset) -> Iterator[Unplaced]:
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
        yield Unplaced("link.subject", f"{s[1:-1]} is not there", s, remedy="correct the name, or take it out")
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
            yield Unplaced("link.two", f"{both} is said to be the same as both {first} and {second}", s, p, o, remedy)
