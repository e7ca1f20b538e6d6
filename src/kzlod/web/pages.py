"""The pages for people: each a function of a release, a place and what is asked, giving a whole HTML document.

A server answers with them and a static site is made of them; all links are relative, nothing is fetched from elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from shlex import quote
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from kzlod.query import CannedQuery
from kzlod.query.labels import DEFAULT
from kzlod.release.files import CATALOGUE, SUMS
from kzlod.release.versions import Version
from kzlod.vocab import KZ, OWL, QB, RDF, SKOS
from kzlod.web import bundle
from kzlod.web.addresses import FORMS, HTML, encoded, named, path_of
from kzlod.web.answered import Outcome, answered, drawn
from kzlod.web.bidi import isolated
from kzlod.web.changelog import change_log, in_short
from kzlod.web.columns import column
from kzlod.web.context import asked, context, ways
from kzlod.web.disputes import SORTS, Sort
from kzlod.web.documents import Document
from kzlod.web.downloads import by_purpose
from kzlod.web.frame import Frame
from kzlod.web.numbers import exact_size, grouped, rounded_size
from kzlod.web.opened import OpenRelease
from kzlod.web.said import sorted_out
from kzlod.web.told import Panel, Teller
from kzlod.web.views import Shown, View

STYLE, ICON = "style.css", "icon.svg"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self';"
    " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content-security policy of every page: the scripts of the bundle and no other, nothing from elsewhere."""
_PANELS, _KINDS = 3, 24


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages are of: a release, and whether a server stands behind them that answers queries."""

    release: OpenRelease
    live: bool = True

    def frame(self, path: str, language: str = DEFAULT, *, at: str = "", query: str = "") -> Frame:
        """The place of a page."""
        return Frame(path, language, self.release.languages, at, query)


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
    environment.filters["isolated"] = isolated
    return environment


def shipped(name: str) -> bytes:
    """What pages refer to and comes with the package: the style sheet, the icon."""
    return (files("kzlod.web") / name).read_bytes()


def page(site: Site, template: str, frame: Frame, **values: Any) -> bytes:
    """A page made from a template."""
    project, view = site.release.project, View(site.release, frame)
    title = view.worded(project.title or {DEFAULT: project.id})
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            site=site,
            project=project,
            release=site.release,
            frame=frame,
            t=frame.words,
            title=title.text,
            title_language=title.language,
            # What is in English on every page: titles of files, the citation.
            english="" if frame.language == DEFAULT else Markup(f' lang="{DEFAULT}"'),
            root=frame.root,
            top=frame.top,
            summary=view.summary,
            worded=view.worded,
            number=partial(grouped, language=frame.language),
            script=bundle.SCRIPT if bundle.bundle() else "",
            **values,
        )
        .encode()
    )


def featured(release: OpenRelease) -> list[CannedQuery]:
    """The queries that the first page shows the answers of, in the order of their headers."""
    found = [query for query in release.queries.values() if query.featured]
    return sorted(found, key=lambda query: (query.featured, query.name))


def start(site: Site, language: str, outcomes: Mapping[str, Outcome]) -> bytes:
    """The first page: what this is, its main figures, where to go on; `outcomes` are of the queries featured."""
    release, frame = site.release, site.frame("index.html", language)
    view = View(release, frame)
    shown = [(query, drawn(view, query, outcomes[query.name])) for query in featured(release)]
    return page(
        site,
        "start",
        frame,
        description=view.worded(release.project.description),
        sources=[view.iri(iri) for iri in release.instances(KZ + "Source")],
        featured=[(query, charts) for query, charts in shown if charts],
        first=[query for query, _ in shown] or list(release.queries.values())[:6],
        panels=key_figures(view),
        kinds=_kinds(view),
        disputed=_disputed(release),
    )


def key_figures(view: View) -> list[Panel]:
    """The figures that most sources speak of: those of an indicator about one thing, conflicting ones first."""
    release, groups = view.release, dict[tuple[str, str, str], list[str]]()
    for iri in release.instances(QB + "Observation"):
        said = release.values(iri)
        key = tuple(str(next(iter(said.get(KZ + part, ())), "")) for part in ("indicator", "about", "unit"))
        groups.setdefault((key[0], key[1], key[2]), []).append(iri)
    most = sorted(groups.values(), key=lambda those: (-len(those), those))[: 4 * _PANELS]
    teller = Teller(view)
    panels = [panel for those in most if len(those) > 1 for panel in teller.panels(those) if panel.scale]
    panels.sort(key=lambda one: (not one.conflicting, -len({f.origin.source.whole for f in one.figures})))
    return panels[:_PANELS]


def _kinds(view: View) -> list[tuple[Shown, int]]:
    """How many there are of each kind of thing: of each class that the dataset's vocabularies define."""
    counts = Counter[str]()
    for class_ in view.release.instances(OWL + "Class"):
        if path_of(class_, view.release.base) is not None:
            counts[class_] = len(view.release.instances(class_))
    return [(view.iri(iri), count) for iri, count in counts.most_common(_KINDS) if count]


def document_page(site: Site, document: Document, language: str, *, withdrawn: bool = False) -> bytes:
    """The page of a thing, a source, a fact, a vocabulary: whatever has an IRI."""
    release = site.release
    path = path_of(document.iri, release.base) or ""
    frame = site.frame(named(path, HTML, document.page), language)
    view = View(release, frame)
    teller = Teller(view)
    is_source = f"<{document.iri}> <{RDF}type> <{KZ}Source> .".encode() in document.own
    out, tongues = sorted_out(view, document), {other.tag: other.name for other in frame.elsewhere}
    figures = [fact.iri for fact in document.facts if release.is_figure(fact.iri)]
    itself = [document.iri] if release.is_figure(document.iri) else []
    return page(
        site,
        "document",
        frame,
        document=document,
        tongues=tongues,
        unnamed=", ".join(tongues[tag] for tag, text in out.names if not text),
        name=view.name(document),
        out=out,
        panels=teller.panels(itself + figures),
        facts=[teller.told(fact.iri) for fact in document.facts if fact.iri not in figures],
        fact_origin=teller.origin(document.iri) if release.is_fact(document.iri) else None,
        paragraphs=view.paragraphs(document) if is_source else [],
        forms=[(form.title, form.media_type, named(path, form, document.page)) for form in FORMS[1:]],
        withdrawn=withdrawn,
        **_pager(frame, path, document.page, document.pages),
    )


def _pager(frame: Frame, path: str, number: int, pages: int) -> dict[str, Any]:
    """A page among those of one path: its number, how many there are, the ways to the one before and the one after."""
    before, after = (frame.root + frame.with_query(named(path, HTML, other)) for other in (number - 1, number + 1))
    return {
        "page": number,
        "pages": pages,
        "before": before if number > 1 else "",
        "after": after if number < pages else "",
    }


def disputes_page(site: Site, language: str, sort: Sort, number: int) -> bytes:
    """A page of the list of a sort of disputes; the very first has the start of the other lists beside it."""
    frame = site.frame(named(sort.path, HTML, number), language)
    view = View(site.release, frame)
    return page(
        site,
        "disputes",
        frame,
        sort=sort,
        disputed=_disputed(site.release),
        disputes=sort.page(view, number),
        beside=[(other, other.page(view, 1)) for other in SORTS[1:]] if sort == SORTS[0] and number == 1 else [],
        **_pager(frame, sort.path, number, sort.pages(site.release)),
    )


def _disputed(release: OpenRelease) -> list[tuple[Sort, int]]:
    """The sorts of disputes, and how many there are of each."""
    return [(sort, len(sort.all(release))) for sort in SORTS]


def vocabularies_page(site: Site, language: str) -> bytes:
    """The vocabularies and the code lists."""
    release, frame = site.release, site.frame("vocabularies.html", language)
    view = View(release, frame)
    schemes = [(view.iri(iri), _codes(view, iri)) for iri in release.instances(SKOS + "ConceptScheme")]
    return page(site, "vocabularies", frame, vocabularies=_vocabularies(view), schemes=schemes)


def _vocabularies(view: View) -> list[Shown]:
    ontologies = view.release.instances(OWL + "Ontology")
    return [view.iri(iri) for iri in ontologies if path_of(iri, view.release.base) is not None]


def _codes(view: View, scheme: str) -> int:
    return sum(1 for _, p in view.release.pointers(scheme).triples if p == SKOS + "inScheme")


def queries_page(site: Site, language: str) -> bytes:
    """The list of canned queries."""
    return page(site, "queries", site.frame("queries.html", language), queries=site.release.queries.values())


def query_page(
    site: Site,
    query: CannedQuery,
    values: Mapping[str, str],
    outcome: Outcome,
    language: str = DEFAULT,
    number: int = 1,
) -> bytes:
    """A canned query: its form, a page of its answer, its SPARQL; the charts are on the first page."""
    path = f"queries/{query.name}"
    again = urlencode(values) if outcome.answer is not None else ""
    frame = site.frame(named(path, HTML, number), language, query=again)
    view = View(site.release, frame)
    shown = answered(view, query, outcome.on(number))
    return page(
        site,
        "query",
        frame,
        query=query,
        labels={name: column(view, name) for name in query.parameters},
        values=values,
        sparql=query.sparql,
        asked={**ways(site.release, frame), **asked(query, shown["heads"])},
        charts=drawn(view, query, outcome) if number == 1 else [],
        count=outcome.count,
        **_dump(site, frame),
        **shown,
        **_pager(frame, path, number, outcome.pages),
    )


def sparql_page(site: Site, sparql: str, outcome: Outcome, language: str = DEFAULT, *, at: str = "") -> bytes:
    """A form for any query, and the answer to the one that was sent; `at` is the way to the start, if not as usual."""
    frame = site.frame("sparql.html", language, at=at)
    release = site.release
    return page(
        site,
        "sparql",
        frame,
        sparql=sparql,
        modules=bundle.asking(),
        context=context(release, frame) if bundle.bundle() else {},
        count=outcome.count,
        **_dump(site, frame),
        **answered(View(release, frame), None, outcome),
    )


def _dump(site: Site, frame: Frame) -> dict[str, Any]:
    """The file that scripts answer queries from, and how large it is."""
    project, files_ = site.release.project, site.release.files
    dumps = (f"{project.id}.nq{suffix}" for suffix in (".zst", ""))
    file = next((files_[name] for name in dumps if name in files_), None)
    address = f"{frame.top}release/{project.id}/{project.version}/{file.path}" if file else ""
    return {"dump": address, "dump_bytes": file.size if file else 0}


def api_page(site: Site, language: str) -> bytes:
    """What the API answers, for people."""
    return page(site, "api", site.frame("api.html", language), queries=site.release.queries.values())


def downloads_page(site: Site, language: str, version: Version | None = None) -> bytes:
    """A release's files by what they are for, how to verify them, what changed since the one before; all releases.

    `version` is one that stands beside the release of the site.
    """
    release = site.release
    shown = version or release.version
    frame = site.frame(downloads_address(release, shown), language)
    return page(
        site,
        "downloads",
        frame,
        shown=shown,
        log=change_log(shown.changes, View(release, frame).href),
        groups=by_purpose({*shown.listed, *shown.files.values()}, release.project.id),
        uncatalogued={CATALOGUE: frame.words["catalogue"], SUMS: frame.words["sums"]},
        size=partial(rounded_size, language=language),
        exact=partial(exact_size, language=language),
        folder=f"release/{release.project.id}/{shown.version}/",
        published=quote(f"{shown.iri}/"),
        releases=[(one, downloads_address(release, one), in_short(one.changes)) for one in release.versions],
        gone=_gone(release),
    )


def downloads_address(release: OpenRelease, version: Version) -> str:
    """Where the downloads of a release stand: its own are the downloads of the site."""
    return "downloads.html" if version.iri == release.version.iri else f"downloads/{encoded(version.version)}.html"


def _gone(release: OpenRelease) -> list[str]:
    """The IRIs of releases that others say came before them, and that are not here."""
    here = {one.iri for one in release.versions}
    return [one.before for one in release.versions if one.before and one.before not in here]


def search_page(site: Site, language: str, text: str, found: Iterable[str]) -> bytes:
    """What has a name with some letters in it."""
    frame = site.frame("search.html", language)
    view = View(site.release, frame)
    return page(site, "search", frame, text=text, found=[(view.iri(iri), view.kinds(iri)) for iri in found])


def problem_page(site: Site, path: str, title: str, text: str, *, language: str = DEFAULT, at: str = "") -> bytes:
    """A page that says what is wrong."""
    return page(site, "problem", Frame(path, language, (), at), problem_title=title, problem=text)
