"""The SPARQL 1.1 Protocol at `/sparql`, and canned queries as an API: read-only, over the union of the graphs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlencode

import pyoxigraph as ox

from kzlod.errors import KzlodError, QueryError
from kzlod.nesting import refuse_deep
from kzlod.query import CannedQuery
from kzlod.query.answers import read
from kzlod.query.labels import DEFAULT
from kzlod.query.prologue import declared, form
from kzlod.query.tokens import calls_service, names_graphs, readings
from kzlod.release.files import SERVICE
from kzlod.web import pages
from kzlod.web.addresses import FORMS, HTML, encoded, split
from kzlod.web.answered import Outcome
from kzlod.web.documents import serialized
from kzlod.web.engine import Lanes, Question, Result
from kzlod.web.engine.lanes import BusyError, EngineError, TooLongError
from kzlod.web.exchange import Exchange
from kzlod.web.forms import AS_PAGE, BY_SUFFIX, PAGE, Wanted, wanted
from kzlod.web.messages import Answer, RefusedError, Request, answer, fields, single, streamed
from kzlod.web.negotiation import negotiate

_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_DATASET = ("default-graph-uri", "named-graph-uri")
_PLAIN = re.compile(r"\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_READ_ONLY = "the endpoint is read-only: updates are not carried out"
_VARY = {"vary": "accept"}
_SHORT = 10_000


class Endpoint:
    """Answers queries about a release, by an engine."""

    def __init__(self, site: pages.Site, lanes: Lanes) -> None:
        self._site, self._release, self._lanes = site, site.release, lanes

    async def protocol(self, request: Request, body: bytes, exchange: Exchange) -> Answer | None:
        """The answer at `/sparql`; None where it was sent in pieces.

        Raises `RefusedError` for what the protocol does not know, and for updates.
        """
        pairs, sparql = _operation(request, body)
        asked = single(pairs, "format")
        if sparql is None:
            return self._described(request.header("accept"))
        want = wanted(request.header("accept"), asked, pages=True)
        dataset = [(name, value) for name, value in pairs if name in _DATASET]
        if want.page:
            language = single(pairs, "lang") or DEFAULT
            if language not in self._release.languages:
                raise RefusedError(400, f"there are no pages in {language!r}")
            return answer(await self._page(sparql, dataset, language), PAGE.media_type, headers=_VARY)
        return await self._answer(sparql, dataset, want, exchange)

    async def canned(self, request: Request, name: str, exchange: Exchange) -> Answer | None:
        """The answer of the API at `/api/NAME`, or `/api/NAME.csv`; None where it was sent in pieces."""
        stem, dot, suffix = name.rpartition(".")
        named = BY_SUFFIX.get(dot + suffix)
        query = self._query(stem if named else name)
        pairs = fields(request.query)
        asked = named.name if named else None
        if asked is None and "format" not in query.parameters:
            asked = single(pairs, "format")
        pairs = [pair for pair in pairs if pair[0] != "format" or "format" in query.parameters]
        want = wanted(request.header("accept"), asked, pages=True)
        if want.page:
            target = f"../queries/{encoded(query.name)}.html" + (f"?{urlencode(pairs)}" if pairs else "")
            return answer(b"", "text/plain", status=303, headers={**_VARY, "location": target})
        try:
            sparql = query.fill(values(pairs))
        except QueryError as error:
            raise RefusedError(400, str(error)) from error
        return await self._answer(sparql, (), want, exchange)

    async def query_page(self, request: Request, name: str, language: str = DEFAULT) -> Answer:
        """The page of a canned query, with its answer or, as at `NAME.page-2.html`, with a further page of it."""
        stem, form_, number = split(name)
        query = self._query(stem if form_ == HTML else name)
        status, given = 200, dict(fields(request.query))
        try:
            given = values(fields(request.query))
            outcome = await self._outcome(query.fill(given), ())
        except QueryError as error:
            status, outcome = 400, Outcome(problem=str(error))
        if outcome.answer is not None and number > outcome.pages:
            raise RefusedError(404, f"the last page of the answer is {outcome.pages}")
        shown = {name: value for name, value in given.items() if name in query.parameters}
        body = pages.query_page(self._site, query, shown, outcome, language, min(number, outcome.pages))
        return answer(body, PAGE.media_type, status=status)

    async def featured(self) -> dict[str, Outcome]:
        """The answers that the first page shows."""
        queries = pages.featured(self._release)
        outcomes = await asyncio.gather(*(self._outcome(query.fill({}), ()) for query in queries))
        return {query.name: outcome for query, outcome in zip(queries, outcomes, strict=True)}

    def _query(self, name: str) -> CannedQuery:
        found = self._release.queries.get(name)
        if found is None:
            raise RefusedError(404, f"there is no query {name!r}")
        return found

    def _described(self, accept: str) -> Answer:
        """The service description (SPARQL 1.1 Service Description, section 2), or the form of a browser."""
        best = negotiate(accept, [one.media_type for one in FORMS])
        if best is None:
            raise RefusedError(400, "there is no query: send one as `query`")
        if best == PAGE.media_type:
            return answer(pages.sparql_page(self._site, "", Outcome()), best, headers=_VARY)
        form_ = next(one for one in FORMS if one.media_type == best)
        triples = ox.parse((self._release.folder / SERVICE).read_bytes(), format=ox.RdfFormat.TURTLE)
        written = ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.N_TRIPLES) or b""
        body = serialized(sorted(written.splitlines()), form_, self._release.project.prefixes)
        return answer(body, best, headers=_VARY)

    async def _page(self, sparql: str, dataset: Sequence[tuple[str, str]], language: str) -> bytes:
        return pages.sparql_page(self._site, sparql, await self._outcome(sparql, dataset), language, at="./")

    async def _outcome(self, sparql: str, dataset: Sequence[tuple[str, str]]) -> Outcome:
        """What a page shows of a query."""
        try:
            result = await self._whole(sparql, dataset)
            media_type, _, _ = result.media_type.partition(";")
            rows = "sparql-results" in media_type
            prefixes = self._release.project.prefixes
            return Outcome(read(media_type, result.body, rows=rows, prefixes=prefixes, where="the engine"))
        except RefusedError as error:
            return Outcome(problem=error.reason)
        except KzlodError as error:
            return Outcome(problem=error.message)

    async def _whole(self, sparql: str, dataset: Sequence[tuple[str, str]]) -> Result:
        try:
            question, result = await self._quick(sparql, dataset, AS_PAGE)
            if result is None:
                async with self._lanes.long(question) as result:
                    if result.rest is not None:
                        raise RefusedError(400, "the answer is larger than a page shows; ask for it in another format")
        except (BusyError, TooLongError, EngineError) as error:
            raise self._failed(error) from error
        return _checked(result)

    async def _answer(
        self, sparql: str, dataset: Sequence[tuple[str, str]], want: Wanted, exchange: Exchange
    ) -> Answer | None:
        try:
            question, result = await self._quick(sparql, dataset, want)
            if result is not None:
                return _written(result, want)
            return await exchange.while_there(self._long(question, want, exchange))
        except (BusyError, TooLongError, EngineError) as error:
            if exchange.status:
                raise  # the answer has begun: all that is left is to break off
            raise self._failed(error) from error

    async def _quick(
        self, sparql: str, dataset: Sequence[tuple[str, str]], want: Wanted
    ) -> tuple[Question, Result | None]:
        """What the engine is asked, and its answer if that is quick; prefixes of the dataset need no declaration."""
        question = await self._vetted(sparql, dataset, want)
        result = await self._lanes.quick(question)
        if result is not None and result.status == 400:
            again = await asyncio.to_thread(declared, sparql, self._release.project.prefixes)
            if again != sparql:
                question = await self._vetted(again, dataset, want)
                result = await self._lanes.quick(question)
        return question, result

    async def _vetted(self, sparql: str, dataset: Sequence[tuple[str, str]], want: Wanted) -> Question:
        """The question; a long query is looked through beside the others, which it would hold up."""
        if len(sparql) <= _SHORT:
            return self._question(sparql, dataset, want)
        return await asyncio.to_thread(self._question, sparql, dataset, want)

    async def _long(self, question: Question, want: Wanted, exchange: Exchange) -> Answer | None:
        async with self._lanes.long(question) as result:
            if result.rest is None:
                return _written(result, want)
            headers = streamed(want.shown(result.media_type), _VARY)
            await exchange.stream(result.status, headers, result.body, result.rest)
            return None

    def _question(self, sparql: str, dataset: Sequence[tuple[str, str]], want: Wanted) -> Question:
        """What the engine is asked; raises `RefusedError` for a query that it must not be asked."""
        try:
            sparql.encode()
        except UnicodeEncodeError as error:
            raise RefusedError(400, "the query is not UTF-8") from error
        if calls_service(sparql):
            raise RefusedError(403, "SERVICE would open a connection, and is not allowed; ask that endpoint itself")
        try:
            for reading in readings(sparql):
                refuse_deep(reading)
            if not _PLAIN.match(sparql):
                form(sparql)
        except QueryError as error:
            raise RefusedError(400, f"the query {error}") from error
        except KzlodError as error:
            raise RefusedError(400, str(error)) from error
        union = not dataset and not names_graphs(sparql)
        return Question(sparql.encode(), want.accept, "union-default-graph=" if union else urlencode(dataset))

    def _failed(self, error: Exception) -> RefusedError:
        if isinstance(error, TooLongError):
            return RefusedError(504, f"the query took longer than {self._lanes.settings.timeout:g} s; ask for less")
        if isinstance(error, BusyError):
            return RefusedError(503, "too many long queries are being answered; ask again later", {"retry-after": "10"})
        return RefusedError(503, "the engine ended at this query: it may need too much memory; ask for less")


def values(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The values of a query's parameters; an empty one is none, as forms send it.

    Raises `QueryError` for a parameter that is given twice.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if value and found.setdefault(name, value) != value:
            raise QueryError(f"the parameter {name} is given twice", remedy="give it once")
    return found


def _operation(request: Request, body: bytes) -> tuple[list[tuple[str, str]], str | None]:
    """The fields and the query of an operation (SPARQL 1.1 Protocol, section 2.1); no query where none is sent."""
    pairs = fields(request.query)
    if request.method == "POST":
        media_type = request.header("content-type").partition(";")[0].strip().lower()
        if media_type == _DIRECT:
            return pairs, _utf8(body)
        if media_type == _UPDATE:
            raise RefusedError(403, _READ_ONLY)
        if media_type != _FORM:
            raise RefusedError(415, f"send the query as {_DIRECT}, or as `query` in {_FORM}")
        pairs = [*(pair for pair in pairs if pair[0] == "format"), *fields(_utf8(body))]
    if single(pairs, "update") is not None:
        raise RefusedError(403, _READ_ONLY)
    sparql = single(pairs, "query")
    if sparql is None and (request.method == "POST" or any(name in _DATASET for name, _ in pairs)):
        raise RefusedError(400, "there is no query: send one as `query`")
    return pairs, sparql


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(400, "the query is not UTF-8") from error


def _checked(result: Result) -> Result:
    """The result; raises `RefusedError` for an engine's refusal, in a line of its own words."""
    if result.status == 200:
        return result
    said = result.body.decode("utf-8", "replace").partition(": expected one of")[0].strip()
    if result.status == 406:
        raise RefusedError(406, "the query gives rows where only triples are accepted, or triples where only rows are")
    if result.status != 400:
        raise RefusedError(503, "the engine could not answer; ask again later", {"retry-after": "10"})
    raise RefusedError(400, f"the query is not SPARQL: {said[:500]}")


def _written(result: Result, want: Wanted) -> Answer:
    _checked(result)
    return answer(result.body, want.shown(result.media_type), headers=_VARY)
