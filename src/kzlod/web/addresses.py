"""Addresses: an IRI of the dataset answers at what follows its base, and links between pages are relative.

A link begins with `./` or `../`, so that nothing in an IRI (`javascript:`) can make it anything but a path.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from kzlod.formats import JSONLD, NTRIPLES, RDFXML, TURTLE, Format

HTML = Format("html", "HTML", "text/html", ".html", False)
FORMS = (HTML, TURTLE, JSONLD, NTRIPLES, RDFXML)
"""The forms of a document, the one first that is preferred where a client takes any."""
_SAFE = "/!$&'()*+,;=:@~%"
_LONGEST_NAME = 200
_PAGE = re.compile(r"(.+)\.page-([1-9][0-9]{0,5})")
_BY_SUFFIX = {form.suffix: form for form in FORMS}


def path_of(iri: str, base: str) -> str | None:
    """Where an IRI answers: the path of its document, without the first slash; None for what is not below the base.

    >>> path_of("http://e/thing/oslo#it", "http://e/"), path_of("http://f/", "http://e/")
    ('thing/oslo', None)
    """
    return iri[len(base) :].partition("#")[0] if iri.startswith(base) else None


def is_file_name(path: str) -> bool:
    """Whether a path can be a file's: no browser changes it, no file system refuses it.

    >>> is_file_name("thing/oslo"), is_file_name("../etc/passwd"), is_file_name("thing//oslo")
    (True, False, False)
    """
    return all(
        part not in ("", ".", "..") and "\0" not in part and len(part.encode()) <= _LONGEST_NAME
        for part in unquote(path).split("/")
    )


def encoded(path: str) -> str:
    """A path as it stands in a link: what is no part of a URL's path is percent-encoded.

    >>> encoded("thing/a b?c")
    'thing/a%20b%3Fc'
    """
    return quote(path, safe=_SAFE)


def candidates(raw: str) -> tuple[str, ...]:
    """The paths that a request may mean: as it stands, and decoded.

    >>> candidates("thing/%C3%98re")
    ('thing/%C3%98re', 'thing/Øre')
    """
    try:
        plain = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        return (raw,)
    return (raw,) if plain == raw else (raw, plain)


def split(path: str) -> tuple[str, Format | None, int]:
    """The path of a document's thing, the form and the page that its address names.

    >>> [part if isinstance(part, str | int) else part.name for part in split("thing/oslo.page-2.ttl")]
    ['thing/oslo', 'turtle', 2]
    >>> split("thing/oslo")
    ('thing/oslo', None, 1)
    """
    stem, dot, suffix = path.rpartition(".")
    form = _BY_SUFFIX.get(dot + suffix) if stem else None
    if form is None:
        return path, None, 1
    match = _PAGE.fullmatch(stem)
    return (match[1], form, int(match[2])) if match else (stem, form, 1)


def named(path: str, form: Format, page: int = 1) -> str:
    """The address of a document in a form.

    >>> named("thing/oslo", HTML), named("thing/oslo", TURTLE, 2)
    ('thing/oslo.html', 'thing/oslo.page-2.ttl')
    """
    return f"{path}{f'.page-{page}' if page > 1 else ''}{form.suffix}"


def root(path: str) -> str:
    """The way from a page to the start.

    >>> root("sparql"), root("thing/oslo.html")
    ('./', '../')
    """
    return "../" * path.count("/") or "./"


def is_web(iri: str) -> bool:
    """Whether an IRI may be a link to elsewhere: on the web, with a host.

    >>> is_web("https://e/"), is_web("javascript:alert(1)"), is_web("https:///x")
    (True, False, False)
    """
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
