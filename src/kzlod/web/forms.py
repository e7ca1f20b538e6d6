"""The forms of answers to queries: of rows and of triples, by name, by media type, by suffix."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from kzlod.formats import FORMATS, JSONLD, NTRIPLES, RDFXML, TURTLE
from kzlod.web.messages import RefusedError
from kzlod.web.negotiation import negotiate


class Written(NamedTuple):
    """A form of an answer; `others` are other names that its media type goes by."""

    name: str
    media_type: str
    suffix: str
    others: tuple[str, ...] = ()


ROWS = (
    Written("json", "application/sparql-results+json", ".json", ("application/json",)),
    Written("xml", "application/sparql-results+xml", ".xml", ("application/xml", "text/xml")),
    Written("csv", "text/csv", ".csv"),
    Written("tsv", "text/tab-separated-values", ".tsv"),
)
TRIPLES = tuple(Written(one.name, one.media_type, one.suffix) for one in (TURTLE, NTRIPLES, JSONLD, RDFXML))
PAGE = Written("html", "text/html", ".html")
_KNOWN = (*ROWS, *TRIPLES, PAGE)
BY_SUFFIX = {one.suffix: one for one in _KNOWN}


class Wanted(NamedTuple):
    """What a client takes: a media type for rows, one for triples (empty for none), or a page."""

    rows: str
    triples: str
    page: bool = False

    @property
    def accept(self) -> str:
        """The header with which the engine is asked."""
        engine = {"application/json": ROWS[0], "application/xml": ROWS[1], "text/xml": ROWS[1]}
        rows = engine[self.rows].media_type if self.rows in engine else self.rows
        return ", ".join(filter(None, (rows, self.triples)))

    def shown(self, media_type: str) -> str:
        """The media type of an answer, by the name that the client asked for."""
        plain = media_type.partition(";")[0]
        return self.rows if any(plain == one.media_type and self.rows in one.others for one in ROWS) else plain


AS_PAGE = Wanted(ROWS[0].media_type, NTRIPLES.media_type, page=True)


@lru_cache(1024)
def wanted(accept: str, format_: str | None, *, pages: bool) -> Wanted:
    """What a client takes, by the `format` that it names or by its `Accept`; `pages` is whether there is a page.

    Raises `RefusedError` (400, 406) for a format that is none, or where nothing on offer is accepted.
    """
    if format_ is not None:
        return _named(format_, pages)
    rows = [name for one in ROWS for name in (one.media_type, *one.others)]
    triples = [one.media_type for one in TRIPLES]
    best = negotiate(accept, [*rows, *triples, *([PAGE.media_type] if pages else [])])
    if best == PAGE.media_type:
        return AS_PAGE
    if best is None:
        offered = ", ".join(one.media_type for one in _KNOWN if pages or one != PAGE)
        raise RefusedError(406, f"none of the formats on offer is accepted; there are {offered}")
    return Wanted(negotiate(accept, rows) or "", negotiate(accept, triples) or "")


def _named(name: str, pages: bool) -> Wanted:
    for one in _KNOWN:
        if name in (one.name, one.media_type, *one.others, one.suffix[1:]) and (pages or one != PAGE):
            if one == PAGE:
                return AS_PAGE
            return Wanted(one.media_type, "") if one in ROWS else Wanted("", one.media_type)
    if any(name == one.media_type for one in FORMATS):
        return Wanted("", name)
    known = " ".join(one.name for one in _KNOWN if pages or one != PAGE)
    raise RefusedError(400, f"there is no format {name!r}; there are {known}")
