"""VoID: what is in a release, in figures, each equal to what SPARQL counts over the union of the graphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kzlod.dataset import Dataset
from kzlod.formats import FORMATS
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.quads.layout import standing, triples
from kzlod.release.authorities import agent
from kzlod.release.description import (
    Description,
    day,
    descriptions,
    english,
    file_iri,
    number,
    publisher,
    title,
    titles,
    write_bytes,
)
from kzlod.release.files import VOID_FILE, WELL_KNOWN, File
from kzlod.sssom import LINKS
from kzlod.terms import iri, literal
from kzlod.vocab import DCTERMS, FOAF, RDF, VOID

ENDPOINT = "sparql"
"""Where an endpoint stands, from the base IRI."""
_EXAMPLES = 5
_SUBSETS = ("subsets/table-", "subsets/source-")


@dataclass(frozen=True, slots=True, order=True)
class PropertyCount:
    """A property partition: how many triples have the property, with how many different subjects and objects."""

    iri: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True, order=True)
class ClassCount:
    """A class partition: how many different things are of the class, and the first of them."""

    iri: str
    entities: int
    first: str


@dataclass(frozen=True, slots=True, order=True)
class Linkset:
    """The triples of one link predicate whose objects' IRIs begin with one namespace."""

    predicate: str
    target: str
    triples: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a dataset: the union of its graphs, each triple once.

    >>> table = QuadTable()
    >>> quads = [(f"<http://e/{s}>", "<http://e/p>", '"x"', g, 0) for s in "ab" for g in ("", "<http://e/g>")]
    >>> table.add(quads, table.source("a.nq"))
    >>> counted = statistics(table)
    >>> counted.triples, counted.subjects, counted.objects, counted.entities
    (2, 2, 1, 0)
    >>> counted.properties
    (PropertyCount(iri='http://e/p', triples=2, subjects=2, objects=1),)
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    """How many different subjects have a class."""
    properties: tuple[PropertyCount, ...]
    classes: tuple[ClassCount, ...]
    linksets: tuple[Linkset, ...]

    @property
    def vocabularies(self) -> tuple[str, ...]:
        """The namespaces of the properties and classes."""
        terms = [each.iri for each in self.properties] + [each.iri for each in self.classes]
        return tuple(sorted(set(map(namespace, terms))))

    @property
    def examples(self) -> tuple[str, ...]:
        """The first thing of each of the classes that have most."""
        largest = sorted(self.classes, key=lambda each: (-each.entities, each.iri))[:_EXAMPLES]
        return tuple(sorted({each.first for each in largest}))


def statistics(table: QuadTable, *, base: str = "") -> Statistics:
    """Count what is in a table; IRIs that begin with `base` are no links to other datasets.

    Source: Describing Linked Datasets with the VoID Vocabulary, sections 4.6 (statistics) and 5 (linksets).
    """
    # The triples come ordered by subject and predicate, so that different ones are counted where they change.
    type_, union = iri(RDF + "type"), triples(table)
    counted = table.rows(
        "SELECT p, count(*), count(*) FILTER (new_p), count(*) FILTER (new_s)"
        f" FROM ({standing(union)}) GROUP BY p ORDER BY p"
    )
    objects, per_property = _objects(table)
    classes = table.rows(
        f"SELECT o, count(*), min(s) FROM ({union}) WHERE p = ? AND o[1] = '<' GROUP BY o ORDER BY o", [type_]
    )
    return Statistics(
        triples=sum(n for _, n, _, _ in counted),
        subjects=sum(firsts for _, _, _, firsts in counted),
        objects=objects,
        entities=next((subjects for p, _, subjects, _ in counted if p == type_), 0),
        properties=tuple(PropertyCount(p[1:-1], n, subjects, per_property[p]) for p, n, subjects, _ in counted),
        classes=tuple(ClassCount(o[1:-1], n, first[1:-1]) for o, n, first in classes),
        linksets=tuple(linksets(table, base=base)),
    )


def _objects(table: QuadTable) -> tuple[int, dict[str, int]]:
    """How many different objects there are, in all and with each property.

    They are told apart by a hash, as the texts of millions would not fit in memory (30 s and 14 GB for 9 million). The
    hash has 128 bits: of 64, two of ten million objects are equal once in some hundred thousand datasets, of 128 never.
    """
    ordered = table.order()
    table.sql.execute(f"""
        CREATE OR REPLACE TEMP TABLE predicate_numbers AS
            SELECT p, CAST(row_number() OVER (ORDER BY p) AS UINTEGER) AS i FROM (SELECT DISTINCT p FROM {ordered});
        CREATE OR REPLACE TEMP TABLE object_hashes AS
            SELECT i, md5_number(o) AS h FROM {ordered} JOIN predicate_numbers USING (p) GROUP BY i, h;
    """)
    per_property = table.rows("SELECT p, count(*) FROM object_hashes JOIN predicate_numbers USING (i) GROUP BY p")
    different = table.rows("SELECT count(*) FROM (SELECT h FROM object_hashes GROUP BY h)")[0][0]
    table.sql.execute("DROP TABLE object_hashes; DROP TABLE predicate_numbers")
    return different, dict(per_property)


def linksets(table: QuadTable, *, base: str = "") -> Iterable[Linkset]:
    """The linksets of a table; IRIs that begin with `base` are no links to other datasets."""
    found = table.rows(
        "SELECT p, regexp_extract(o, '^<(.*[/#:])', 1) AS space, count(*) FROM"
        " (SELECT DISTINCT s, p, o FROM quads WHERE list_contains(?, p) AND o[1] = '<')"
        " GROUP BY p, space ORDER BY p, space",
        [[iri(link) for link in LINKS]],
    )
    counts: dict[tuple[str, str], int] = {}
    outer = ("", "")
    for predicate, space, count in found:
        if base and space.startswith(base):
            continue
        # A namespace inside another is part of it, as a linkset is all links whose objects begin with its namespace.
        if predicate != outer[0] or not space.startswith(outer[1]):
            outer = (predicate, space)
        counts[outer] = counts.get(outer, 0) + count
    return (Linkset(predicate[1:-1], space, count) for (predicate, space), count in counts.items())


def linkset_files(found: Iterable[Linkset]) -> dict[Linkset, str]:
    """The file of a release that holds a linkset, named by its predicate and what it links to.

    >>> list(linkset_files([Linkset("http://e/ns#exactMatch", "http://f.org/item/", 1)]).values())
    ['subsets/links-exactMatch-f.org-item.nt']
    """
    named: dict[Linkset, str] = {}
    for each in found:
        parts = (each.predicate[len(namespace(each.predicate)) :], each.target.partition("://")[2] or each.target)
        name = "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-") for part in parts)
        other = sum(path.startswith(f"subsets/links-{name}.") for path in named.values())
        named[each] = f"subsets/links-{name}{f'.{other + 1}' if other else ''}.nt"
    return named


def namespace(value: str) -> str:
    """The namespace of an IRI: all up to its last slash, hash or colon.

    >>> namespace("http://e/ns#Term"), namespace("urn:x:y")
    ('http://e/ns#', 'urn:x:')
    """
    return value[: max(value.rfind(sign) for sign in "/#:") + 1]


def write_void(dataset: Dataset, folder: Path, files: Sequence[File], *, counted: Statistics | None = None) -> None:
    """Write `void.ttl`, and the same bytes as `.well-known/void`; `files` are those of the release so far.

    Raises `ReleaseError` where a file cannot be written.
    """
    project, about = dataset.project, Description()
    counted = counted or statistics(dataset.table, base=project.base)
    _describe(about, project, counted, files)
    about.write(folder / VOID_FILE, project)
    write_bytes(folder / WELL_KNOWN, (folder / VOID_FILE).read_bytes())


def _describe(about: Description, project: Project, counted: Statistics, files: Sequence[File]) -> None:
    release, document = project.release_iri(), file_iri(project, VOID_FILE)
    node, name = publisher(project)
    dumps = [file for file in files if _is_dump(file, project)]
    formats = {file.media_type for file in dumps}
    subsets = [file for file in files if file.path.startswith(_SUBSETS) and file.media_type in _FEATURES]
    partitions = {each.iri: f"{document}#property/{_key(each.iri, project)}" for each in counted.properties}
    classes = {each.iri: f"{document}#class/{_key(each.iri, project)}" for each in counted.classes}
    files_of_links = linkset_files(counted.linksets)
    links = [_linkset(about, document, release, project, each, files_of_links[each]) for each in counted.linksets]
    about.say(
        document,
        VOID + "DatasetDescription",
        {
            DCTERMS + "title": english(f"VoID description of “{title(project)}”, {project.version}"),
            DCTERMS + "creator": agent(about, node, name),
            DCTERMS + "issued": day(project.date),
            FOAF + "primaryTopic": iri(release),
        },
    )
    about.say(
        release,
        VOID + "Dataset",
        {
            DCTERMS + "title": titles(project, f", {project.version}"),
            DCTERMS + "description": descriptions(project),
            DCTERMS + "license": iri(project.license),
            DCTERMS + "publisher": iri(node),
            DCTERMS + "issued": day(project.date),
            VOID + "uriSpace": literal(project.base),
            VOID + "sparqlEndpoint": iri(project.base + ENDPOINT),
            VOID + "triples": number(counted.triples),
            VOID + "entities": number(counted.entities),
            VOID + "distinctSubjects": number(counted.subjects),
            VOID + "distinctObjects": number(counted.objects),
            VOID + "properties": number(len(counted.properties)),
            VOID + "classes": number(len(counted.classes)),
            VOID + "vocabulary": [iri(space) for space in counted.vocabularies],
            VOID + "exampleResource": [iri(example) for example in counted.examples],
            VOID + "dataDump": [iri(file_iri(project, file.path)) for file in dumps],
            VOID + "feature": [iri(_FEATURES[media_type]) for media_type in formats],
            VOID + "propertyPartition": [iri(part) for part in partitions.values()],
            VOID + "classPartition": [iri(part) for part in classes.values()],
            VOID + "subset": [iri(part) for part in (*links, *(_subset(project, file) for file in subsets))],
        },
    )
    for each in counted.properties:
        facts = {
            VOID + "property": iri(each.iri),
            VOID + "triples": number(each.triples),
            VOID + "distinctSubjects": number(each.subjects),
            VOID + "distinctObjects": number(each.objects),
        }
        about.say(partitions[each.iri], VOID + "Dataset", facts)
    for kind in counted.classes:
        facts = {VOID + "class": iri(kind.iri), VOID + "entities": number(kind.entities)}
        about.say(classes[kind.iri], VOID + "Dataset", facts)
    for file in subsets:
        about.say(_subset(project, file), VOID + "Dataset", {VOID + "dataDump": iri(file_iri(project, file.path))})


def _linkset(about: Description, document: str, release: str, project: Project, each: Linkset, file: str) -> str:
    """Describe a linkset and what it points to; returns its IRI."""
    target = f"{document}#target/{quote(each.target, safe='')}"
    node = f"{document}#links/{_key(each.predicate, project)}/{quote(each.target, safe='')}"
    about.say(target, VOID + "Dataset", {VOID + "uriSpace": literal(each.target)})
    about.say(
        node,
        VOID + "Linkset",
        {
            VOID + "linkPredicate": iri(each.predicate),
            VOID + "subjectsTarget": iri(release),
            VOID + "objectsTarget": iri(target),
            VOID + "triples": number(each.triples),
            VOID + "dataDump": iri(file_iri(project, file)),
        },
    )
    return node


_FORMAT_NAMES = ("N-Quads", "N-Triples", "TriG", "Turtle", "JSON-LD", "RDF_XML")
_FEATURES = {
    format_.media_type: f"http://www.w3.org/ns/formats/{name}"
    for format_, name in zip(FORMATS, _FORMAT_NAMES, strict=True)
}


def _is_dump(file: File, project: Project) -> bool:
    """Whether a file holds the whole dataset as RDF."""
    return file.media_type in _FEATURES and file.path.removesuffix(".zst") in {
        f"{project.id}{format_.suffix}" for format_ in FORMATS
    }


def _subset(project: Project, file: File) -> str:
    return f"{file_iri(project, file.path)}#subset"


def _key(value: str, project: Project) -> str:
    """An IRI as part of another one's fragment: with a prefix of the project, else percent-encoded in whole."""
    fitting = [(len(space), prefix) for prefix, space in project.prefixes.items() if value.startswith(space)]
    length, prefix = max(fitting, default=(0, ""))
    return f"{prefix}:{quote(value[length:], safe='')}" if prefix else quote(f"<{value}>", safe="")
