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
from kzlod.query.labels import DEFAULT
from kzlod.release.files import CATALOGUE, WELL_KNOWN
from kzlod.web import bundle, pages
from kzlod.web.addresses import FORMS, HTML, encoded, named, path_of, root
from kzlod.web.answered import Outcome
from kzlod.web.disputes import SORTS
from kzlod.web.documents import document, serialized
from kzlod.web.frame import folder
from kzlod.web.messages import link
from kzlod.web.openapi import openapi
from kzlod.web.opened import OpenRelease
from kzlod.web.pages import Site

_IN_A_SITEMAP = 50_000


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands at an address: its media type, its bytes, its links to others (RFC 8288)."""

    media_type: str
    body: bytes
    links: tuple[str, ...] = ()
    withdrawn: bool = False


def fixed(site: Site) -> Mapping[str, Callable[[], Resource]]:
    """What has an address of its own and needs no answer to a query, by the address."""
    release = site.release
    landing = dataset_links(release, "./")
    made: dict[str, Callable[[], Resource]] = {
        pages.STYLE: lambda: Resource("text/css", pages.shipped(pages.STYLE)),
        pages.ICON: lambda: Resource("image/svg+xml", pages.shipped(pages.ICON)),
        "robots.txt": lambda: Resource("text/plain", robots(release, release.base)),
        "openapi.json": lambda: Resource("application/json", openapi(release)),
        "sitemap.xml": lambda: Resource("application/xml", sitemap(release, release.base)),
        WELL_KNOWN: lambda: Resource("text/turtle", (release.folder / WELL_KNOWN).read_bytes()),
    }
    for address, file in bundle.bundle().items():
        made[address] = partial(_script, address, file)
    for form in FORMS[1:]:
        made[f"catalog{form.suffix}"] = partial(_catalogue, release, form)
    for language in release.languages:
        below = folder(language)
        described = link(f"{root(below)}openapi.json", "service-desc", "application/json")
        for name, make, links in (
            ("queries.html", pages.queries_page, ()),
            *_disputes(release),
            ("vocabularies.html", pages.vocabularies_page, ()),
            ("api.html", pages.api_page, (described,)),
            ("downloads.html", pages.downloads_page, landing if not below else dataset_links(release, root(below))),
        ):
            made[below + name] = partial(_page, make, site, language, tuple(links))
        for version in release.versions:
            if version != release.version:
                address = below + pages.downloads_address(release, version)
                made[address] = partial(_page, partial(pages.downloads_page, version=version), site, language, ())
        made[f"{below}sparql.html"] = partial(_sparql, site, language)
        made[f"{below}search.html"] = partial(_search, site, language)
    return made


def _disputes(release: OpenRelease) -> Iterator[tuple[str, Callable[[Site, str], bytes], tuple[str, ...]]]:
    for sort in SORTS:
        for number in range(1, sort.pages(release) + 1):
            yield named(sort.path, HTML, number), partial(pages.disputes_page, sort=sort, number=number), ()


def _page(make: Callable[[Site, str], bytes], site: Site, language: str, links: tuple[str, ...]) -> Resource:
    return Resource(HTML.media_type, make(site, language), links)


def _sparql(site: Site, language: str) -> Resource:
    return Resource(HTML.media_type, pages.sparql_page(site, "", Outcome(), language))


def _search(site: Site, language: str) -> Resource:
    return Resource(HTML.media_type, pages.search_page(site, language, "", ()))


def _script(address: str, file: Traversable) -> Resource:
    return Resource(bundle.media_type(address), file.read_bytes())


def start(site: Site, language: str, outcomes: Mapping[str, Outcome]) -> Resource:
    """The first page, with the answers of the queries that it features."""
    links = dataset_links(site.release, root(folder(language)))
    return Resource(HTML.media_type, pages.start(site, language, outcomes), tuple(links))


def rendered(site: Site, path: str, form: Format, page: int = 1, language: str = DEFAULT) -> Resource | None:
    """The document of what has the IRI that a path follows the base with, in a form; None where there is none.

    Raises `QueryError` for what the form cannot carry.
    """
    release = site.release
    found = document(release, release.base + path, page)
    if found is None:
        return None
    withdrawn = release.is_withdrawn(found.iri)
    near = _near(path, folder(language))
    links = [link(near + _last(named(path, one, page)), "alternate", one.media_type) for one in FORMS if one != form]
    if page > 1:
        links.append(link(f"./{_last(named(path, form, page - 1))}", "prev", form.media_type))
    if page < found.pages:
        links.append(link(f"./{_last(named(path, form, page + 1))}", "next", form.media_type))
    links += thing_links(release, path, folder(language))
    if form == HTML:
        body = pages.document_page(site, found, language, withdrawn=withdrawn)
        return Resource(form.media_type, body, tuple(links), withdrawn)
    links.append(link(found.iri, "describes"))
    body = serialized(found.lines, form, release.project.prefixes)
    return Resource(form.media_type, body, tuple(links), withdrawn)


def thing_links(release: OpenRelease, path: str, below: str = "") -> list[str]:
    """FAIR Signposting of a document: how to cite its thing, what describes it, under which licence it is.

    `below` is the folder of the document's language.
    """
    project, way = release.project, root(below + path)
    links = [link(release.base + path, "cite-as")]
    if path in (path_of(project.dataset_iri, release.base), path_of(project.release_iri(), release.base)):
        return [*links, *dataset_links(release, way)]
    near = _near(path, below)
    links += [link(near + _last(named(path, form)), "describedby", form.media_type) for form in FORMS[1:]]
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


def _near(path: str, below: str) -> str:
    """The way from a page in the folder of a language to where the documents of its thing are."""
    return root(below + path) + path[: path.rfind("/") + 1] if below else "./"


def _last(address: str) -> str:
    return encoded(address.rpartition("/")[2])


def _catalogue(release: OpenRelease, form: Format) -> Resource:
    content = (release.folder / CATALOGUE).read_bytes()
    if form == TURTLE:
        return Resource(form.media_type, content)
    triples = ox.parse(content, format=ox.RdfFormat.TURTLE)
    lines = sorted((ox.serialize((q.triple for q in triples), format=ox.RdfFormat.N_TRIPLES) or b"").splitlines())
    return Resource(form.media_type, serialized(lines, form, release.project.prefixes))


def robots(release: OpenRelease, url: str) -> bytes:
    """What programs that visit pages leave alone; `url` is where the site stands."""
    lines = ("User-agent: *", "Disallow: /sparql?", "Disallow: /api/", f"Sitemap: {url}sitemap.xml")
    return "\n".join((*lines, "")).encode()


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(release: OpenRelease, url: str) -> bytes:
    """All pages, an index of parts where they are many; `url` is where the site stands."""
    parts = sitemap_parts(release)
    if parts == 1:
        return sitemap_part(release, 1, url) or b""
    listed = "".join(f"<sitemap><loc>{escape(url)}sitemap-{n}.xml</loc></sitemap>\n" for n in range(1, parts + 1))
    return f'{_XML}<sitemapindex xmlns="{_SITEMAPS}">\n{listed}</sitemapindex>\n'.encode()


def sitemap_parts(release: OpenRelease) -> int:
    """How many parts the sitemap has."""
    return max(-(-sum(1 for _ in release.documents()) // _IN_A_SITEMAP), 1)


def sitemap_part(release: OpenRelease, number: int, url: str) -> bytes | None:
    """A part of the sitemap, from 1 on; None where there is none."""
    start = (number - 1) * _IN_A_SITEMAP
    paths: Iterator[str] = islice(release.documents(), start, start + _IN_A_SITEMAP)
    day = release.project.date.isoformat()
    listed = "".join(
        f"<url><loc>{escape(url + encoded(named(path, HTML)))}</loc><lastmod>{day}</lastmod></url>\n" for path in paths
    )
    if not listed:
        return None
    return f'{_XML}<urlset xmlns="{_SITEMAPS}">\n{listed}</urlset>\n'.encode()
