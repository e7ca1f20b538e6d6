"""Triples about a release, collected and written as Turtle, each node with an IRI of its own."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from kzlod.errors import ReleaseError
from kzlod.formats import TURTLE
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.quads.write import write
from kzlod.terms import iri, literal, parse
from kzlod.vocab import RDF, XSD

Objects = str | Iterable[str]


class Description:
    """What is said about a release; `say` takes each fact, `write` makes the file.

    >>> about = Description()
    >>> about.say("http://e/s", "http://e/Class", {"http://e/p": literal("x"), "http://e/q": []})
    >>> sorted(about)[0]
    ('<http://e/s>', '<http://e/p>', '"x"')
    """

    def __init__(self) -> None:
        self._triples: set[tuple[str, str, str]] = set()

    def say(self, subject: str, types: str | tuple[str, ...], facts: Mapping[str, Objects]) -> None:
        """Say what a resource is and what is true of it: classes and predicates as IRIs, objects as tokens."""
        classes = (types,) if isinstance(types, str) else types
        self._triples.update((iri(subject), iri(RDF + "type"), iri(class_)) for class_ in classes)
        for predicate, objects in facts.items():
            tokens = (objects,) if isinstance(objects, str) else objects
            self._triples.update((iri(subject), iri(predicate), token) for token in tokens)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._triples)

    def write(self, path: Path, project: Project) -> None:
        """Write the description as Turtle, with the project's prefixes.

        Raises `ReleaseError` where the file cannot be written.
        """
        with QuadTable() as table:
            table.add(((s, p, o, "", 0) for s, p, o in self._triples), table.source(path.name))
            write(table, TURTLE, path, prefixes=project.prefixes)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, and the folder that it is in; raises `ReleaseError` where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        remedy = "free space, or name another folder with --out"
        raise ReleaseError(f"cannot be written: {error.strerror}", where=str(path), remedy=remedy) from error


def file_iri(project: Project, path: str) -> str:
    """The IRI of a file of the release, from its path: what is no part of a URL's path is percent-encoded.

    >>> file_iri(Project.reference(), "tables/a b.csv").rpartition("/")[2]
    'a%20b.csv'
    """
    encoded = quote(path, safe="/!$&'()*+,;=:@~")
    return f"{project.release_iri()}/{encoded}"


def texts(values: Mapping[str, str]) -> list[str]:
    """The tokens of a text in several languages."""
    return [literal(text, language=tag) for tag, text in values.items()]


def english(text: str) -> str:
    """The token of an English text."""
    return literal(text, language="en")


def number(value: int) -> str:
    """The token of an integer, as SPARQL's COUNT gives it."""
    return literal(str(value), datatype=XSD + "integer")


def day(value: datetime.date | str) -> str:
    """The token of a date."""
    return literal(value if isinstance(value, str) else value.isoformat(), datatype=XSD + "date")


def main_text(values: Mapping[str, str], otherwise: str) -> str:
    """A text in English, or in the first language that it has, or what to say where it has none.

    >>> main_text({"fr": "Titre", "en": "Title"}, "id"), main_text({}, "id")
    ('Title', 'id')
    """
    return values.get("en") or next(iter(values.values()), otherwise)


def title(project: Project) -> str:
    """The dataset's title for a reader of English: its id where it has no title."""
    return main_text(project.title, project.id)


def titles(project: Project, ending: str = "") -> list[str]:
    """The tokens of the title in each language, with an ending."""
    return texts({tag: text + ending for tag, text in project.title.items()}) or [literal(project.id + ending)]


def descriptions(project: Project) -> list[str]:
    """The tokens of the description in each language: the title where there is none."""
    return texts(project.description) or titles(project)


def publisher(project: Project) -> tuple[str, str]:
    """The IRI and name of the publisher; a catalogue needs both, so each has a stand-in."""
    name = project.publisher.get("name") or f"The publisher of {title(project)}"
    return project.publisher.get("iri") or f"{project.dataset_iri}#publisher", name


def text_of(tokens: Sequence[str], otherwise: str) -> str:
    """One of a resource's labels, as text: the English one, else the first.

    >>> text_of(['"Осло"@ru', '"Oslo"@en'], ""), text_of([], "oslo")
    ('Oslo', 'oslo')
    """
    terms = [parse(token) for token in tokens]
    return next((term.value for term in terms if term.language == "en"), terms[0].value if terms else otherwise)
