"""What a release says of itself, as a project: its title, its base, its prefixes, its queries.

A release is served from its folder alone, wherever it was fetched to; the tables that it was made of are not needed.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.formats import TURTLE
from kzlod.project import Project
from kzlod.release.files import CATALOGUE
from kzlod.release.published import catalogue_of, read_catalogue
from kzlod.terms import is_iri
from kzlod.vocab import DCTERMS, FOAF

_RELEASE = re.compile(r"(.*[/#])release/([^/]+)/([^/]+)")
_PREFIX = re.compile(r"@prefix ([A-Za-z0-9_-]+): <([^<>]*)> \.\n")
Texts = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def described(folder: Path) -> Project:
    """A release's folder as a project whose root it is, so that its queries are those of the release.

    Raises `InputError` for a folder without a catalogue, or one that does not describe the release as `build` does.
    """
    path, content = folder / CATALOGUE, catalogue_of(folder)
    published = read_catalogue(content, where=str(path))
    match = _RELEASE.fullmatch(published.iri)
    if match is None or not is_iri(published.iri):
        raise InputError(f"<{published.iri}> is no release's IRI", where=str(path), remedy="build it again")
    said = _said(content)
    release, (base, id_, version) = said[published.iri], match.groups()
    dataset = said[f"{base}dataset/{id_}"]
    title = _texts(dataset, DCTERMS + "title")
    publisher = next((node.value for node in dataset[DCTERMS + "publisher"]), "")
    return Project(
        root=folder,
        id=id_,
        version=version,
        date=_date(release),
        base=base,
        license=next((node.value for node in release[DCTERMS + "license"] if isinstance(node, ox.NamedNode)), ""),
        languages=tuple(title) or ("en",),
        title=title,
        description=_texts(dataset, DCTERMS + "description"),
        publisher={"iri": publisher, "name": next(iter(_texts(said[publisher], FOAF + "name").values()), "")},
        contact={},
        themes=(),
        spatial=(),
        own_prefixes=_prefixes(folder / f"{id_}{TURTLE.suffix}"),
        graphs={},
        align={},
    )


def citation(folder: Path, project: Project) -> str:
    """How a release wants to be cited, as its catalogue has it; empty where it does not say."""
    said = _said((folder / CATALOGUE).read_bytes())[project.release_iri()]
    return next((node.value for node in said[DCTERMS + "bibliographicCitation"]), "")


def _said(content: bytes) -> defaultdict[str, defaultdict[str, list[ox.NamedNode | ox.Literal]]]:
    said: defaultdict[str, defaultdict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            said[quad.subject.value][quad.predicate.value].append(quad.object)
    return said


def _texts(known: defaultdict[str, list[ox.NamedNode | ox.Literal]], predicate: str) -> dict[str, str]:
    literals = (node for node in known[predicate] if isinstance(node, ox.Literal))
    return {literal.language or "en": literal.value for literal in literals}


def _date(known: defaultdict[str, list[ox.NamedNode | ox.Literal]]) -> datetime.date:
    for node in known[DCTERMS + "issued"]:
        try:
            return datetime.date.fromisoformat(node.value)
        except ValueError:
            continue
    return datetime.date.min


def _prefixes(path: Path) -> dict[str, str]:
    """The prefixes that the release's Turtle begins with."""
    found = {}
    if path.is_file():
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if not (match := _PREFIX.fullmatch(line)):
                    break
                found[match[1]] = match[2]
    return found
