"""All that a release has on the web besides answers to queries, by address: for a server and for a static site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable
from itertools import islice
from xml.sax.saxutils import escape

import pyoxigraph as ox

from kzlod.formats import TURTLE, Format
from kzlod.release.files import CATALOGUE, WELL_KNOWN
from kzlod.web import bundle, pages
from kzlod.web.addresses import FORMS, HTML, encoded, named, path_of, root
from kzlod.web.documents import document, serialized
from kzlod.web.messages import link
from kzlod.web.openapi import openapi
from kzlod.web.opened import OpenRelease

_IN_A_SITEMAP = 50_000


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands at an address: its media type, its bytes, its links to others (RFC 8288)."""

    media_type: str
    body: bytes
    links: tuple[str, ...] = ()
    withdrawn: bool = False


def fixed(release: OpenRelease) -> Mapping[str, Callable[[], Resource]]:
    """What has an address of its own, by the address."""

    def page(make: Callable[[OpenRelease], bytes], *links: str) -> Callable[[], Resource]:
        return lambda: Resource(HTML.media_type, make(release), links)

    landing = dataset_links(release, "./")
    made: dict[str, Callable[[], Resource]] = {
        "index.html": page(pages.start, *landing),
        "queries.html": page(pages.queries_page),
        "api.html": page(pages.api_page, link("./openapi.json", "service-desc", "application/json")),
        "downloads.html": page(pages.downloads_page, *landing),
        "sparql.html": page(lambda release: pages.sparql_page(release, "", pages.Outcome())),
        pages.STYLE: lambda: Resource("text/css", pages.shipped(pages.STYLE)),
        pages.ICON: lambda: Resource("image/svg+xml", pages.shipped(pages.ICON)),
        "robots.txt": lambda: Resource("text/plain", _robots(release)),
        "openapi.json": lambda: Resource("application/json", openapi(release)),
        "sitemap.xml": lambda: Resource("application/xml", _sitemap(release)),
        WELL_KNOWN: lambda: Resource("text/turtle", (release.folder / WELL_KNOWN).read_bytes()),
    }
    for address, file in bundle.bundle().items():
        made[address] = partial(_script, address, file)
    for form in FORMS[1:]:
        made[f"catalog{form.suffix}"] = partial(_catalogue, release, form)
    return made


def _script(address: str, file: Traversable) -> Resource:
    return Resource(bundle.media_type(address), file.read_bytes())


def rendered(release: OpenRelease, path: str, form: Format, page: int = 1) -> Resource | None:
    """The document of what has the IRI that a path follows the base with, in a form; None where there is none.

    Raises `QueryError` for what the form cannot carry.
    """
    found = document(release, release.base + path, page)
    if found is None:
        return None
    withdrawn = release.is_withdrawn(found.iri)
    links = [link(f"./{_last(named(path, one, page))}", "alternate", one.media_type) for one in FORMS if one != form]
    if page > 1:
        links.append(link(f"./{_last(named(path, form, page - 1))}", "prev", form.media_type))
    if page < found.pages:
        links.append(link(f"./{_last(named(path, form, page + 1))}", "next", form.media_type))
    links += thing_links(release, path)
    if form == HTML:
        return Resource(
            form.media_type, pages.document_page(release, found, withdrawn=withdrawn), tuple(links), withdrawn
        )
    links.append(link(found.iri, "describes"))
    body = serialized(found.lines, form, release.project.prefixes)
    return Resource(form.media_type, body, tuple(links), withdrawn)


def thing_links(release: OpenRelease, path: str) -> list[str]:
    """FAIR Signposting of a document: how to cite its thing, what describes it, under which licence it is."""
    project, way = release.project, root(path)
    links = [link(release.base + path, "cite-as")]
    if path in (path_of(project.dataset_iri, release.base), path_of(project.release_iri(), release.base)):
        return [*links, *dataset_links(release, way)]
    links += [link(f"./{_last(named(path, form))}", "describedby", form.media_type) for form in FORMS[1:]]
    links.append(link(f"{way}{path_of(project.dataset_iri, release.base)}", "collection"))
    return [*links, *_common(release, "https://schema.org/AboutPage")]


def dataset_links(release: OpenRelease, way: str) -> list[str]:
    """FAIR Signposting of the dataset: its catalogue, its dumps."""
    project = release.project
    dumps = [file for path, file in release.files.items() if path.startswith(f"{project.id}.")]
    folder = f"{way}release/{project.id}/{project.version}/"
    return [
        link(project.release_iri(), "cite-as"),
        *(link(f"{way}catalog{form.suffix}", "describedby", form.media_type) for form in FORMS[1:]),
        *(link(folder + encoded(file.path), "item", file.compression or file.media_type) for file in dumps),
        *_common(release, "https://schema.org/Dataset"),
    ]


def _common(release: OpenRelease, type_: str) -> list[str]:
    project = release.project
    licence = [link(project.license, "license")] if project.license else []
    author = [link(project.publisher["iri"], "author")] if project.publisher.get("iri") else []
    return [link(type_, "type"), *licence, *author]


def _last(address: str) -> str:
    return encoded(address.rpartition("/")[2])


def _catalogue(release: OpenRelease, form: Format) -> Resource:
    content = (release.folder / CATALOGUE).read_bytes()
    if form == TURTLE:
        return Resource(form.media_type, content)
    triples = ox.parse(content, format=ox.RdfFormat.TURTLE)
    lines = sorted((ox.serialize((q.triple for q in triples), format=ox.RdfFormat.N_TRIPLES) or b"").splitlines())
    return Resource(form.media_type, serialized(lines, form, release.project.prefixes))


def _robots(release: OpenRelease) -> bytes:
    lines = ("User-agent: *", "Disallow: /sparql?", "Disallow: /api/", f"Sitemap: {release.base}sitemap.xml")
    return "\n".join((*lines, "")).encode()


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _sitemap(release: OpenRelease) -> bytes:
    """All pages, an index of parts where they are many; an address is below the base, which is where they belong."""
    count = sum(1 for _ in release.documents())
    if count <= _IN_A_SITEMAP:
        return sitemap_part(release, 1) or b""
    parts = range(1, -(-count // _IN_A_SITEMAP) + 1)
    listed = "".join(f"<sitemap><loc>{escape(release.base)}sitemap-{n}.xml</loc></sitemap>\n" for n in parts)
    return f'{_XML}<sitemapindex xmlns="{_SITEMAPS}">\n{listed}</sitemapindex>\n'.encode()


def sitemap_part(release: OpenRelease, number: int) -> bytes | None:
    """A part of the sitemap, from 1 on; None where there is none."""
    start = (number - 1) * _IN_A_SITEMAP
    paths: Iterator[str] = islice(release.documents(), start, start + _IN_A_SITEMAP)
    day = release.project.date.isoformat()
    listed = "".join(
        f"<url><loc>{escape(release.base + encoded(named(path, HTML)))}</loc><lastmod>{day}</lastmod></url>\n"
        for path in paths
    )
    if not listed:
        return None
    return f'{_XML}<urlset xmlns="{_SITEMAPS}">\n{listed}</urlset>\n'.encode()
