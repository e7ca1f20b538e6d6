"""What is in a dataset: counts by class, by source and by language."""

from __future__ import annotations

from dataclasses import dataclass

from kzlod.dataset import Dataset
from kzlod.terms import parse
from kzlod.vocab import DCTERMS, KZ, RDF, RDFS


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source: its paragraphs, how many facts name as evidence, how many are omitted for a reason, and the facts."""

    id: str
    title: str
    passages: int
    cited: int
    omitted: int
    facts: int


@dataclass(frozen=True, slots=True)
class Info:
    """What is in a dataset."""

    id: str
    title: str
    version: str
    iri: str
    triples: int
    classes: dict[str, int]
    sources: tuple[SourceCount, ...]
    labels: dict[str, int]
    """How many labelled nodes have a label in each language of the dataset."""
    labelled: int


def info(dataset: Dataset) -> Info:
    """Count what is in a dataset.

    >>> from kzlod.project import Project
    >>> counted = info(Dataset.open(Project.reference()))
    >>> counted.labels["en"] == counted.labelled
    True
    """
    table, project = dataset.table, dataset.project
    classes = table.rows(
        f"SELECT o, count(DISTINCT s) FROM quads WHERE p = '<{RDF}type>' GROUP BY o ORDER BY 2 DESC, 1"
    )
    labels = table.rows(
        "SELECT regexp_extract(o, '\"@([a-z0-9-]+)$', 1) AS tag, count(DISTINCT s) FROM quads"
        f" WHERE p = '<{RDFS}label>' GROUP BY tag"
    )
    counted = dict(labels)
    labelled = table.rows(f"SELECT count(DISTINCT s) FROM quads WHERE p = '<{RDFS}label>'")[0][0]
    return Info(
        id=project.id,
        title=project.title.get("en", project.id),
        version=project.version,
        iri=project.dataset_iri,
        triples=len(table),
        classes={_shorten(token[1:-1], project.prefixes): count for token, count in classes},
        sources=_sources(dataset),
        labels={language: counted.get(language, 0) for language in project.languages},
        labelled=labelled,
    )


def _sources(dataset: Dataset) -> tuple[SourceCount, ...]:
    query = """
        WITH part AS (SELECT DISTINCT s, o FROM quads WHERE p = $part),
             source AS (SELECT DISTINCT s FROM quads WHERE p = $type AND o = $source),
             passage AS (SELECT part.s AS passage, part.o AS source FROM part JOIN source ON part.o = source.s),
             place AS (SELECT passage AS place, passage, source FROM passage UNION ALL
                       SELECT part.s, passage.passage, passage.source
                       FROM part JOIN passage ON part.o = passage.passage),
             omission AS (SELECT about.o FROM quads about JOIN quads kind ON kind.s = about.s
                          WHERE about.p = $about AND kind.p = $type AND kind.o = $omission),
             fact AS (SELECT DISTINCT s, o FROM quads WHERE p = $evidence AND s NOT IN (FROM source))
        SELECT place.source, min(title.o), count(DISTINCT place.passage),
               count(DISTINCT CASE WHEN fact.s IS NOT NULL THEN place.passage END),
               count(DISTINCT omission.o), count(DISTINCT fact.s)
        FROM place LEFT JOIN fact ON fact.o = place.place
        LEFT JOIN omission ON omission.o = place.place
        LEFT JOIN quads title ON title.s = place.source AND title.p = $title
        GROUP BY place.source ORDER BY place.source
    """
    keys = {
        "part": f"<{DCTERMS}isPartOf>",
        "type": f"<{RDF}type>",
        "source": f"<{KZ}Source>",
        "evidence": f"<{KZ}evidence>",
        "about": f"<{KZ}about>",
        "omission": f"<{KZ}Omission>",
        "title": f"<{DCTERMS}title>",
    }
    return tuple(
        SourceCount(source[1:-1].rpartition("/")[2], parse(title).value if title else "", *counts)
        for source, title, *counts in dataset.table.rows(query, keys)
    )


def _shorten(iri: str, prefixes: dict[str, str]) -> str:
    fitting = [(namespace, prefix) for prefix, namespace in prefixes.items() if iri.startswith(namespace)]
    namespace, prefix = max(fitting, key=lambda item: len(item[0]), default=("", ""))
    return f"{prefix}:{iri[len(namespace) :]}" if prefix else iri
