"""The live server as an ASGI application: which function answers which address."""

from __future__ import annotations

import asyncio
import json
import re
import time
import traceback
from collections.abc import Coroutine, Mapping
from typing import Any

from starlette.responses import FileResponse

from kzlod.errors import QueryError
from kzlod.formats import Format
from kzlod.query.labels import DEFAULT
from kzlod.release.versions import Version
from kzlod.web import pages, search, site
from kzlod.web.addresses import FORMS, HTML, candidates, encoded, named, root, split
from kzlod.web.coding import GZIP, coded
from kzlod.web.endpoint import Endpoint
from kzlod.web.engine import Lanes, Settings
from kzlod.web.exchange import Exchange, Receive, Send
from kzlod.web.frame import folder, in_language, words
from kzlod.web.kept_answers import KeptAnswers
from kzlod.web.log import AccessLog, Noted
from kzlod.web.messages import Answer, RefusedError, Request, answer, fields, link, links, single, text
from kzlod.web.negotiation import accepts, negotiate, preferred
from kzlod.web.opened import OpenRelease

_KEPT = 64 << 20
_LONGEST_KEY = 1 << 15
_LARGE = 1 << 15
_SOON = 5.0
_SITEMAP = re.compile(r"sitemap-([1-9][0-9]{0,5})\.xml")
_CLOSE = {"connection": "close"}  # what else is being sent is not waited for
_CORS = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "accept, content-type, if-none-match, range",
    "access-control-max-age": "86400",
}


class Application:
    """Answers requests about a release."""

    def __init__(self, release: OpenRelease, settings: Settings, log: AccessLog) -> None:
        self._release, self._log = release, log
        self._site = pages.Site(release)
        # Canned queries have lanes of their own: whatever visitors ask at the endpoint does not hold them up.
        self._lanes = Lanes(settings), Lanes(settings)
        self._endpoint, self._canned = (Endpoint(self._site, lanes) for lanes in self._lanes)
        self._fixed = site.fixed(self._site)
        self._kept = KeptAnswers(most=_KEPT)
        self._under_way: dict[tuple[str | bytes, ...], asyncio.Future[None]] = {}
        id_ = release.project.id
        self._folders = {f"release/{id_}/{version.version}/": version for version in release.versions}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.gather(*(lanes.start() for lanes in self._lanes))
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.gather(*(lanes.stop() for lanes in self._lanes))
                self._log.flush()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["raw_path"].decode("latin-1").removeprefix("/")
        request = Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers)
        exchange = Exchange(receive, send, head=request.method == "HEAD")
        failure = ""
        try:
            await self._exchange(request, exchange, scope)
        except Exception as error:
            # What went wrong inside is for the log: the client hears that it did, or that the answer broke off.
            failure = "".join(traceback.format_exception(error))
            if not exchange.status:
                await exchange.answer(text(500, "something went wrong here"))
        finally:
            self._log.write(
                Noted(
                    at=time.time(),
                    client=(scope.get("client") or ("",))[0],
                    method=request.method,
                    path=f"/{path}",
                    status=exchange.status,
                    sent=exchange.sent,
                    seconds=time.perf_counter() - started,
                    agent=request.header("user-agent"),
                    failure=failure,
                )
            )

    async def _exchange(self, request: Request, exchange: Exchange, scope: dict[str, Any]) -> None:
        body = b""
        try:
            if request.method == "POST" and request.path == "sparql":
                body = await exchange.body(request.header("content-length"))
            method = "GET" if request.method == "HEAD" else request.method
            wants = map(request.header, ("accept", "accept-language", "content-type"))
            coding = GZIP if accepts(request.header("accept-encoding"), GZIP) else ""
            key: tuple[str | bytes, ...] = (method, request.path, request.query, *wants, coding, body)
            found = self._kept.get(key)
            if found is None and key in self._under_way:
                # Somebody asks the same just now: soon there may be an answer.
                await asyncio.wait((self._under_way[key],), timeout=_SOON)
                found = self._kept.get(key)
            if found is None:
                found = await self._made(key, self._coded(request, body, exchange, scope, coding))
        except RefusedError as error:
            found = self._refused(request, error)
        if found is None:
            return
        tags = request.header("if-none-match")
        if tags and found.status == 200 and request.method != "POST" and found.matches(tags):
            found = found.not_modified()
        await exchange.answer(found)

    async def _made(self, key: tuple[str | bytes, ...], work: Coroutine[Any, Any, Answer | None]) -> Answer | None:
        """An answer, made and kept; while that of a canned query is being made, others who ask it can wait for it."""
        done = asyncio.get_running_loop().create_future()
        if first := str(key[1]).startswith(("api/", "queries/")) and key not in self._under_way:
            self._under_way[key] = done
        try:
            found = await work
            if found is not None and sum(map(len, key)) <= _LONGEST_KEY and key[1] != "health":
                self._kept.put(key, found)
            return found
        finally:
            if first:
                del self._under_way[key]
                done.set_result(None)

    async def _coded(
        self, request: Request, body: bytes, exchange: Exchange, scope: dict[str, Any], coding: str
    ) -> Answer | None:
        """The answer to a request, in a content coding; others are answered while a large one is compressed."""
        found = await self._answer(request, body, exchange, scope)
        if found is None or not coding or len(found.body) < _LARGE:
            return found and coded(found, coding)
        return await asyncio.to_thread(coded, found, coding)

    def _refused(self, request: Request, error: RefusedError) -> Answer:
        if negotiate(request.header("accept"), ["text/plain", HTML.media_type]) == HTML.media_type:
            title = {404: "Not found", 406: "Not acceptable", 503: "Busy"}.get(error.status, "Refused")
            language, path = in_language(request.path, self._release.languages)
            said_here = words(language)
            said = said_here["not_found_text"] if error.status == 404 else error.reason
            title = said_here["not_found"] if error.status == 404 else title
            body = pages.problem_page(self._site, path, title, said, language=language)
            return answer(body, HTML.media_type, status=error.status, headers=error.headers)
        return text(error.status, error.reason, error.headers)

    async def _answer(self, request: Request, body: bytes, exchange: Exchange, scope: dict[str, Any]) -> Answer | None:
        """The answer to a request; None where it was sent already."""
        if request.method == "OPTIONS":
            return answer(b"", "text/plain", status=204, headers=_CORS)
        if request.path == "sparql":
            if request.method not in ("GET", "HEAD", "POST"):
                raise RefusedError(405, "ask by GET or POST", {**_CLOSE, "allow": "GET, HEAD, POST, OPTIONS"})
            return await self._endpoint.protocol(request, body, exchange)
        if request.method not in ("GET", "HEAD"):
            raise RefusedError(405, "what is here is read-only", {**_CLOSE, "allow": "GET, HEAD, OPTIONS"})
        collection, slash, name = request.path.partition("/")
        match collection:
            case "health" if not slash:
                return self._health()
            case "api" if name:
                return await self._canned.canned(request, name, exchange)
            case "api" if not slash:
                return self._api(request)
            case _ if (page := await self._asking_page(request)) is not None:
                return page
        for path in candidates(request.path):
            for start, version in self._folders.items():
                if path.startswith(start):
                    await self._file(request, version, path.removeprefix(start), exchange, scope)
                    return None
        return await asyncio.to_thread(self._resource, request)

    async def _asking_page(self, request: Request) -> Answer | None:
        """A page with answers to queries on it, in its language; None for other pages."""
        language, path = in_language(request.path, self._release.languages)
        collection, _, name = path.partition("/")
        if collection == "queries" and name:
            return await self._canned.query_page(request, name, language)
        if path in ("", "index.html"):
            best = preferred(request.header("accept-language"), self._release.languages)
            if not request.path and folder(best):
                headers = {"location": f"./{folder(best)}", "vary": "accept-language"}
                return answer(b"", "text/plain", status=303, headers=headers)
            outcomes = await self._canned.featured()
            made = await asyncio.to_thread(site.start, self._site, language, outcomes)
            vary = {} if request.path else {"vary": "accept-language"}
            return answer(made.body, made.media_type, headers={**vary, **links(made.links)})
        return None

    def _health(self) -> Answer:
        runs = all(lanes.runs for lanes in self._lanes)
        state = {"status": "ok" if runs else "starting", "release": self._release.project.release_iri()}
        status = 200 if runs else 503
        return answer(
            json.dumps(state).encode(), "application/json", status=status, headers={"cache-control": "no-store"}
        )

    def _api(self, request: Request) -> Answer:
        best = negotiate(request.header("accept"), [HTML.media_type, "application/json"])
        if best is None:
            raise RefusedError(406, "there are text/html and application/json")
        made = self._fixed["api.html" if best == HTML.media_type else "openapi.json"]()
        return answer(made.body, made.media_type, headers={"vary": "accept", **links(made.links)})

    async def _file(
        self, request: Request, version: Version, path: str, exchange: Exchange, scope: dict[str, Any]
    ) -> None:
        """Send a file of a release, or the ranges of it that are asked for (RFC 9110, section 14)."""
        file = version.files.get(path)
        if file is None:
            raise RefusedError(404, "the release has no such file, or not here")
        headers = {
            "etag": f'"{file.sha256}"',
            "cache-control": "public, max-age=86400",
            **links([link(version.iri, "collection")]),
        }
        media_type = file.compression or file.media_type
        base = answer(b"", media_type, headers=headers, tagged=False)
        if base.matches(request.header("if-none-match")):
            await exchange.answer(base.not_modified())
            return
        kept = {name.decode(): value.decode("latin-1") for name, value in base.headers if name != b"content-length"}
        response = FileResponse(version.folder / path, media_type=media_type, headers=kept)
        await response(scope, exchange.receive, exchange.counted)

    def _resource(self, request: Request) -> Answer:
        """What has an address of its own, or is the document of an IRI."""
        path, accept = request.path, request.header("accept")
        if in_language(path, self._release.languages)[1] == "search.html" and request.query:
            return self._search(request)
        if path == search.FILE:
            return answer(search.index(self._release).read_bytes(), "application/json")
        made = self._fixed.get(path)
        if made is not None:
            resource = made()
            return answer(resource.body, resource.media_type, headers=links(resource.links))
        if (part := _SITEMAP.fullmatch(path)) and (
            body := site.sitemap_part(self._release, int(part[1]), self._release.base)
        ):
            return answer(body, "application/xml")
        if path == "queries":
            return answer(self._fixed["queries.html"]().body, HTML.media_type)
        if path == "catalog":
            return self._catalogue(accept)
        for candidate in candidates(path):
            # An IRI that ends as a document's address does is an IRI first.
            if candidate and self._release.knows(self._release.base + candidate):
                return self._thing(candidate, request)
        for candidate in candidates(path):
            language, below = in_language(candidate, self._release.languages)
            stem, form, page = split(below)
            has_language = not folder(language) or form == HTML
            if form is not None and has_language and (document := self._document(stem, form, page, language=language)):
                return document
        raise RefusedError(404, "nothing of the dataset has this address")

    def _catalogue(self, accept: str) -> Answer:
        best = negotiate(accept, [one.media_type for one in (*FORMS[1:], HTML)])
        if best is None:
            raise RefusedError(406, "the catalogue is there as " + ", ".join(one.media_type for one in FORMS[1:]))
        suffix = next(one.suffix for one in FORMS if one.media_type == best)
        target = "./downloads.html" if best == HTML.media_type else f"./catalog{suffix}"
        alternates = [link(f"./catalog{one.suffix}", "alternate", one.media_type) for one in FORMS[1:]]
        return answer(
            b"", "text/plain", status=303, headers={"location": target, "vary": "accept", **links(alternates)}
        )

    def _search(self, request: Request) -> Answer:
        language, _ = in_language(request.path, self._release.languages)
        text = single(fields(request.query), "q") or ""
        body = pages.search_page(self._site, language, text, search.found(self._release, text))
        return answer(body, HTML.media_type)

    def _thing(self, path: str, request: Request) -> Answer:
        """A thing is no document: 303 to the one about it. What has hash IRIs below it is one: 200."""
        last, accept = path.rpartition("/")[2], request.header("accept")
        alternates = [link(f"./{encoded(named(last, one))}", "alternate", one.media_type) for one in FORMS]
        best = negotiate(accept, [one.media_type for one in FORMS])
        if best is None:
            offered = ", ".join(one.media_type for one in FORMS)
            raise RefusedError(406, f"it is there as {offered}", {"vary": "accept", **links(alternates)})
        form = next(one for one in FORMS if one.media_type == best)
        language = preferred(request.header("accept-language"), self._release.languages) if form == HTML else DEFAULT
        vary = "accept, accept-language"
        headers = {"vary": vary, **links(alternates)}
        below = folder(language)
        location = f"{root(path)}{below}{encoded(named(path, form))}" if below else f"./{encoded(named(last, form))}"
        iri = self._release.base + path
        if not self._release.has_below(iri) and not self._release.is_withdrawn(iri):
            return answer(b"", "text/plain", status=303, headers={**headers, "location": location})
        found = self._document(path, form, 1, {"vary": vary, "content-location": location})
        assert found is not None
        return found

    def _document(
        self,
        path: str,
        form: Format,
        page: int,
        headers: Mapping[str, str] | None = None,
        *,
        language: str = DEFAULT,
    ) -> Answer | None:
        try:
            found = site.rendered(self._site, path, form, page, language)
        except QueryError as error:
            raise RefusedError(406, str(error)) from error
        if found is None:
            return None
        status = 410 if found.withdrawn else 200
        return answer(found.body, found.media_type, status=status, headers={**(headers or {}), **links(found.links)})
