"""Labels: every named thing has one in the main language, in a language that is declared, and of its own.

A thing of the dataset is *named* if it has a label, or if another thing of one of its classes has one: where some
periods are called something, the period without a label is what was forgotten. The main language is the first that
`kzlod.toml` lists. What the project's own files say counts, not the engine's vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import VOCABULARY, Dataset
from kzlod.findings import Unplaced
from kzlod.quads.sqltext import text
from kzlod.terms import local_name
from kzlod.vocab import DCTERMS, FOAF, RDF, RDFS, SCHEMA, SKOS

_PROPERTIES = (RDFS + "label", SKOS + "prefLabel", SCHEMA + "name", "https://schema.org/name")
_NAMING = ", ".join(text(f"<{name}>") for name in (*_PROPERTIES, DCTERMS + "title", FOAF + "name"))
_LABELS = f"""
    WITH own AS (SELECT s, p, o FROM quads JOIN sources ON source = id
                 WHERE path <> {text(VOCABULARY)} AND starts_with(s, $own)),
         label AS (SELECT DISTINCT s, p, o, regexp_extract(o, '"@([a-z0-9-]+)$', 1) AS tag
                   FROM own WHERE p IN ({_NAMING})),
         class AS (SELECT DISTINCT s, o AS class FROM own WHERE p = '<{RDF}type>')
"""


def check_labels(dataset: Dataset) -> Iterator[Unplaced]:
    """What is wrong with the labels of the things below the dataset's base."""
    own = f"<{dataset.project.base}"
    languages = [tag.lower() for tag in dataset.project.languages]
    if languages:
        yield from _missing(dataset, own, languages[0])
    yield from _undeclared(dataset, own, languages)
    yield from _of_two_things(dataset, own)
    yield from _two_of_a_thing(dataset, own)


def _missing(dataset: Dataset, own: str, main: str) -> Iterator[Unplaced]:
    """The named things without a label in the main language, in a variety of it, or in none."""
    query = f"""{_LABELS},
        named AS (SELECT class, min(p) AS p FROM class JOIN label USING (s) GROUP BY class),
        spoken AS (SELECT s FROM label WHERE tag IN ('', $main) OR starts_with(tag, $main || '-'))
        SELECT s, min(named.p), string_agg(DISTINCT tag, ', ' ORDER BY tag) FROM class JOIN named USING (class)
        LEFT JOIN label USING (s) WHERE s NOT IN (FROM spoken) GROUP BY s ORDER BY s
    """
    for s, p, tags in dataset.table.rows(query, {"own": own, "main": main}):
        message = f"has no label in {main}, only in {tags}" if tags else "has no label, which others of its class have"
        yield Unplaced("label.missing", message, s, p, remedy=f"say in {main} what it is called", severity="warning")


def _undeclared(dataset: Dataset, own: str, languages: list[str]) -> Iterator[Unplaced]:
    """The labels in a language that `kzlod.toml` does not list; with a language each variety of it is declared."""
    query = f"""{_LABELS}
        SELECT s, p, o, tag FROM label WHERE tag <> '' AND NOT list_contains($languages, tag)
            AND NOT list_contains($languages, split_part(tag, '-', 1)) ORDER BY ALL
    """
    for s, p, o, tag in dataset.table.rows(query, {"own": own, "languages": languages}):
        message = f"the label {local_name(o)!r} is in {tag}, which kzlod.toml does not list"
        remedy = f'add "{tag}" to `languages` there, or correct the language'
        yield Unplaced("label.language", message, s, p, o, remedy, "warning")


def _of_two_things(dataset: Dataset, own: str) -> Iterator[Unplaced]:
    """The labels that two concepts of a scheme share, or two things of a class; what comes later is told."""
    query = f"""{_LABELS},
        scheme AS (SELECT DISTINCT s, o AS class FROM own WHERE p = '<{SKOS}inScheme>'),
        among AS (FROM scheme UNION FROM class WHERE s NOT IN (SELECT s FROM scheme))
        SELECT DISTINCT unnest(list(s ORDER BY s)[2:]) AS other, p, o, min(s) FROM label JOIN among USING (s)
        GROUP BY p, o, class HAVING count(*) > 1 ORDER BY ALL
    """
    for s, p, o, first in dataset.table.rows(query, {"own": own}):
        message = f"{local_name(s)} is called {local_name(o)!r}, as {local_name(first)} is"
        remedy = "say in the label what tells the one from the other"
        yield Unplaced("label.same", message, s, p, o, remedy, "warning")


def _two_of_a_thing(dataset: Dataset, own: str) -> Iterator[Unplaced]:
    """The things with two labels of one property in a language (SKOS Reference, S14, of preferred labels)."""
    query = f"""{_LABELS}
        SELECT s, p, max(o), min(o), tag FROM label WHERE tag <> '' GROUP BY s, p, tag HAVING min(o) <> max(o)
        ORDER BY ALL
    """
    for s, p, o, first, tag in dataset.table.rows(query, {"own": own}):
        message = f"has two labels in {tag}, {local_name(first)!r} and {local_name(o)!r}"
        yield Unplaced("label.two", message, s, p, o, "keep one, and make the other a skos:altLabel", "warning")
