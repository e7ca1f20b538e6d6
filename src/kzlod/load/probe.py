"""What stands at an address: which kind of store, and where it takes queries, updates and graphs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from kzlod.errors import LoadError, RemoteError
from kzlod.load.folder import Folder
from kzlod.load.profile import GENERIC, OXIGRAPH, PROFILES, VIRTUOSO, Profile
from kzlod.load.server import Server, client
from kzlod.load.target import Target
from kzlod.remote.address import checked, is_address
from kzlod.remote.credentials import PASSWORD, USER, Credentials
from kzlod.remote.endpoint import ROWS, Endpoint
from kzlod.remote.patience import Patience

_NONE = "urn:kzlod:loading:probe"


@contextmanager
def opened(
    place: str,
    *,
    store: str = "",
    credentials: Credentials | None = None,
    timeout: float = 3600,
    patience: Patience | None = None,
) -> Iterator[Target]:
    """A store at an address or in a folder; `store` names its kind, which is found out where it is empty.

    Raises `RemoteError` for a server that is not there or refuses, `LoadError` for what no data can be loaded into.
    """
    if not is_address(place):
        if "://" in place or store:
            remedy = "give http(s)://HOST:PORT, or a folder without --store"
            raise LoadError("is no address of a server", where=place, remedy=remedy)
        folder = Folder(Path(place))
        try:
            yield folder
        finally:
            folder.close()
        return
    url = checked(place).rstrip("/")
    patience = patience or Patience()
    with client(credentials=credentials, timeout=timeout) as http:
        profile = PROFILES[store] if store else _kind(http, url)
        base = _base(url, profile)
        if profile is GENERIC:
            query, update, graphs = _found(http, base, profile, shown=place)
        else:
            query, update, graphs = (base + paths[0] for paths in (profile.query, profile.update, profile.graphs))
        endpoint = Endpoint(
            query, update_url=update or query, timeout=timeout, patience=patience, credentials=credentials
        )
        server = Server(profile, place, endpoint, graphs, http, patience)
        server.greet()
        yield server


def _kind(http: httpx.Client, url: str) -> Profile:
    """The kind of a server, by the name that it gives itself."""
    name = _tried(http, "GET", url).headers.get("server", "").lower()
    return next((profile for profile in (OXIGRAPH, VIRTUOSO) if profile.name in name), GENERIC)


def _base(url: str, profile: Profile) -> str:
    """The base URL, of whichever of its endpoints is given.

    >>> _base("http://127.0.0.1:7878/query", OXIGRAPH)
    'http://127.0.0.1:7878'
    """
    paths = [path for path in (*profile.query, *profile.update, *profile.graphs) if path]
    for path in sorted(paths, key=len, reverse=True):
        if url.endswith(path) and urlsplit(url.removesuffix(path)).netloc:
            return url.removesuffix(path)
    return url


def _found(http: httpx.Client, base: str, profile: Profile, *, shown: str) -> tuple[str, str, str]:
    """Where a server of an unknown kind takes queries, updates and graphs, found by trying what changes nothing."""

    def first(paths: tuple[str, ...], method: str, **request: Any) -> str:
        for path in paths:
            answer = _tried(http, method, base + path, **request)
            if answer.is_success and "html" not in answer.headers.get("content-type", ""):
                return base + path
            if answer.status_code in (401, 403):
                said = "refuses the credentials" if http.auth else "asks for credentials"
                remedy = f"{'check' if http.auth else 'set'} {USER} and {PASSWORD}, or the netrc"
                raise RemoteError(f"{said} ({answer.status_code})", where=base + path, remedy=remedy)
        return ""

    query = first(profile.query, "GET", params={"query": "ASK {}"}, headers={"accept": ROWS})
    if not query:
        remedy = "give the address of its SPARQL endpoint, or its kind with --store"
        raise LoadError("is no store that takes SPARQL queries", where=shown, remedy=remedy)
    update = first(profile.update, "POST", data={"update": "INSERT DATA {}"})
    empty = {"params": {"graph": _NONE}, "headers": {"content-type": "application/n-triples"}}
    graphs = first(profile.graphs, "PUT", content=b"", **empty)
    if graphs:
        _tried(http, "DELETE", graphs, params={"graph": _NONE})
    elif not update:
        remedy = "give the base address of a store that takes SPARQL updates or the Graph Store Protocol"
        raise LoadError("takes neither updates nor graphs", where=shown, remedy=remedy)
    return query, update, graphs


def _tried(http: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:
    try:
        return http.request(method, url, **request)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise RemoteError(
            f"cannot be reached: {reason}", where=url, remedy="check the address, and that it runs"
        ) from error
