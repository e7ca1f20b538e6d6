"""The pages for people: each a function of a release and what is asked, giving the bytes of a whole HTML document.

A server answers with them and a static site is made of them; all links are relative, nothing is fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from kzlod.query import Answer, CannedQuery, Graph
from kzlod.query.forms import render
from kzlod.query.results import Table, first
from kzlod.vocab import KZ, RDF
from kzlod.web import bundle
from kzlod.web.addresses import FORMS, HTML, encoded, named, path_of, root
from kzlod.web.context import context
from kzlod.web.documents import Document
from kzlod.web.opened import OpenRelease
from kzlod.web.views import View

STYLE, ICON = "style.css", "icon.svg"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self';"
    " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content-security policy of every page: the scripts of the bundle and no other, nothing from elsewhere."""
ROWS = 500
"""How many rows of an answer a page shows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: an answer, or what is wrong with it."""

    answer: Answer | None = None
    problem: str = ""


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kzlod.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["encoded"] = encoded
    return environment


def shipped(name: str) -> bytes:
    """What pages refer to and comes with the package: the style sheet, the icon."""
    return (files("kzlod.web") / name).read_bytes()


def _page(release: OpenRelease, template: str, path: str, **values: Any) -> bytes:
    project = release.project
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            project=project,
            release=release,
            title=project.title.get("en") or next(iter(project.title.values()), project.id),
            root=root(path),
            path=path,
            script=bundle.SCRIPT if bundle.bundle() else "",
            **values,
        )
        .encode()
    )


def start(release: OpenRelease) -> bytes:
    """The first page: what this is, and where to go on."""
    view, sources = View(release, "./"), release.pointers(KZ + "Source")
    listed = [view.iri(s) for s, p in sources.triples if p == RDF + "type"]
    description = next(iter(release.project.description.values()), "")
    vocabularies = [view.iri(iri) for iri in _vocabularies(release)]
    return _page(release, "start", "", description=description, sources=listed, vocabularies=vocabularies)


def _vocabularies(release: OpenRelease) -> list[str]:
    ontologies = release.pointers("http://www.w3.org/2002/07/owl#Ontology").triples
    return [s for s, p in ontologies if p == RDF + "type" and path_of(s, release.base) is not None]


def document_page(release: OpenRelease, document: Document, *, withdrawn: bool = False) -> bytes:
    """The page of a thing, a source, a fact, a vocabulary: whatever has an IRI."""
    path = path_of(document.iri, release.base) or ""
    here = named(path, HTML, document.page)
    view = View(release, root(here))
    is_source = f"<{document.iri}> <{RDF}type> <{KZ}Source> .".encode() in document.own
    return _page(
        release,
        "document",
        here,
        document=document,
        name=view.name(document),
        blocks=view.blocks(document.own, document.iri),
        facts=[view.fact(fact) for fact in document.facts],
        paragraphs=view.paragraphs(document) if is_source else [],
        pointing=view.pointing(document),
        forms=[(form.title, form.media_type, named(path, form, document.page)) for form in FORMS[1:]],
        before=named(path, HTML, document.page - 1) if document.page > 1 else "",
        after=named(path, HTML, document.page + 1) if document.page < document.pages else "",
        withdrawn=withdrawn,
    )


def queries_page(release: OpenRelease) -> bytes:
    """The list of canned queries."""
    return _page(release, "queries", "queries.html", queries=release.queries.values())


def query_page(release: OpenRelease, query: CannedQuery, values: Mapping[str, str], outcome: Outcome) -> bytes:
    """A canned query: its form, its answer, its SPARQL."""
    path = f"queries/{query.name}.html"
    return _page(
        release, "query", path, query=query, values=values, sparql=query.text, **_answered(release, path, outcome)
    )


def sparql_page(release: OpenRelease, sparql: str, outcome: Outcome) -> bytes:
    """A form for any query, and the answer to the one that was sent."""
    known = context(release, root("sparql"), root("sparql"))
    return _page(release, "sparql", "sparql", sparql=sparql, context=known, **_answered(release, "sparql", outcome))


def _answered(release: OpenRelease, path: str, outcome: Outcome) -> dict[str, Any]:
    view, answer = View(release, root(path)), outcome.answer
    shown, more = first(answer, ROWS) if answer is not None else (None, 0)
    return {
        "problem": outcome.problem,
        "table": shown if isinstance(shown, Table) else None,
        "rows": view.rows(shown) if isinstance(shown, Table) else [],
        "turtle": render(shown, "turtle") if isinstance(shown, Graph) else None,
        "count": len(answer) if answer is not None else 0,
        "more": more,
    }


def api_page(release: OpenRelease) -> bytes:
    """What the API answers, for people."""
    return _page(release, "api", "api.html", queries=release.queries.values())


def downloads_page(release: OpenRelease) -> bytes:
    """The files of the release, with their sizes and checksums."""
    project = release.project
    address = project.release_iri() + "/"
    listed = [(file, release.file_titles.get(address + encoded(file.path), "")) for file in release.files.values()]
    folder = f"release/{project.id}/{project.version}/"
    return _page(release, "downloads", "downloads.html", files=listed, folder=folder)


def problem_page(release: OpenRelease, path: str, title: str, text: str) -> bytes:
    """A page that says what is wrong."""
    return _page(release, "problem", path, problem_title=title, problem=text)
