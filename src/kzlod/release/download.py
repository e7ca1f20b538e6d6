"""Downloads that go on where they stopped, with back-off, redirects to http(s) only, and nothing beyond a cap."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import urljoin, urlsplit

from kzlod.errors import MismatchError, ReleaseError
from kzlod.remote.patience import Patience, retry_after

if TYPE_CHECKING:
    from httpx import Client, Response

T = TypeVar("T")
REDIRECTS = 10
_PIECE = 1 << 16
_AGAIN = frozenset({408, 425, 429})
_ABSENT = frozenset({404, 410})
_TAG = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,998}")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class _AgainError(Exception):
    """An answer that a later one may make good; `after` is how long the server says to wait."""

    def __init__(self, reason: str, after: float = 0) -> None:
        super().__init__(reason)
        self.after = after


def read(client: Client, url: str, *, most: int, patience: Patience) -> tuple[str, bytes]:
    """A small document and the address that it was found at, after redirects.

    Raises `MismatchError` where there is none, `ReleaseError` where it cannot be had or has more than `most` bytes.
    """

    def once() -> tuple[str, bytes]:
        with _answer(client, url, {}) as answer:
            content = bytearray()
            for piece in answer.iter_bytes(_PIECE):
                content += piece
                if len(content) > most:
                    raise ReleaseError(f"has more than {most:,} bytes, which no such document has", where=url)
            return str(answer.url), bytes(content)

    return _persist(once, url, patience, lambda: 0, first_contact=True)


def download(
    client: Client,
    url: str,
    part: Path,
    *,
    size: int,
    patience: Patience,
    progress: Callable[[int], None] = lambda _: None,
) -> bool:
    """Bring a file of a known size into `part`, going on where that ends; returns whether anything was there before.

    `progress` is told how many bytes there are. What a server said of its version is kept beside the file, so that the
    rest comes from the same one. Raises `MismatchError` for another size, `ReleaseError` where the rest cannot be had.
    """
    tag = part.with_name(part.name + ".etag")
    with written(part), part.open("ab") as file:
        resumed = 0 < file.tell() <= size
        if file.tell() > size:
            file.truncate(0)

        def once() -> None:
            if file.seek(0, os.SEEK_END) < size:
                _attempt(client, url, file, tag, size, progress)

        _persist(once, url, patience, lambda: file.seek(0, os.SEEK_END), first_contact=False)
        file.flush()
        os.fsync(file.fileno())
    tag.unlink(missing_ok=True)
    return resumed


def _attempt(client: Client, url: str, file: BinaryIO, tag: Path, size: int, progress: Callable[[int], None]) -> None:
    have = file.tell()
    known = tag.read_text("ascii", "replace") if have and tag.is_file() else ""
    headers = {"range": f"bytes={have}-"} if have else {}
    with _answer(client, url, headers | ({"if-range": known} if known else {})) as answer:
        if have and not _continues(answer, have, size, url):
            have = 0
            file.truncate(0)
            if answer.status_code != 200:
                raise _AgainError("sent another part of the file than was asked for")
        stated = answer.headers.get("content-length", "")
        if stated.isdigit() and int(stated) != size - have:
            raise MismatchError(f"has {have + int(stated):,} bytes, the catalogue states {size:,}", where=url)
        if not have:
            _remember(tag, answer)
        # In pieces as they come: of pieces of a fixed size, what came before a break would be lost.
        for piece in answer.iter_raw():
            have += len(piece)
            if have > size:
                raise MismatchError(f"sends more than the {size:,} bytes that the catalogue states", where=url)
            file.write(piece)
            progress(have)
        if have < size:
            raise _AgainError(f"broke off after {have:,} of {size:,} bytes")


def _continues(answer: Response, have: int, size: int, url: str) -> bool:
    """Whether an answer is the rest of the file from where we have it."""
    if answer.status_code != 206:
        return False
    match = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    if match and match[2] not in ("*", str(size)):
        raise MismatchError(f"has {int(match[2]):,} bytes, the catalogue states {size:,}", where=url)
    return match is not None and int(match[1]) == have


def _remember(tag: Path, answer: Response) -> None:
    """Keep what tells this version of the file from another (RFC 9110, section 13.1.5): no weak entity tag does."""
    etag = answer.headers.get("etag", "")
    known = etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified", "")
    if _TAG.fullmatch(known):
        tag.write_text(known, "ascii")
    else:
        tag.unlink(missing_ok=True)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Says of what cannot be written that it cannot."""
    try:
        yield
    except OSError as error:
        where = str(error.filename or path)
        remedy = "free space, or name another folder with --out"
        raise ReleaseError(f"cannot be written: {error.strerror or error}", where=where, remedy=remedy) from error


@contextmanager
def _answer(client: Client, url: str, headers: Mapping[str, str]) -> Iterator[Response]:
    """The answer to a request, after redirects; raises for one that is no document."""
    import httpx

    start = url
    for _ in range(REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ReleaseError(f"leads to <{url}>, which is not on the web", where=start, remedy="do not trust it")
        asked = {"accept-encoding": "identity", **headers}
        request = client.build_request("GET", url, headers=asked)
        try:
            answer = client.send(request, stream=True, follow_redirects=False)
        except httpx.InvalidURL as error:
            raise ReleaseError("leads to what is no address", where=start, remedy="do not trust it") from error
        with closing(answer):
            status, location = answer.status_code, answer.headers.get("location", "")
            if status in (301, 302, 303, 307, 308) and location:
                url = urljoin(url, location)
                continue
            if status in (200, 206) or (status == 416 and "range" in headers):
                yield answer
                return
            said = f"answers {status} {answer.reason_phrase}".rstrip()
            if status in _AGAIN or status >= 500:
                raise _AgainError(said, retry_after(answer.headers.get("retry-after", "")))
            if status in _ABSENT:
                raise MismatchError("is not there", where=start, remedy="check the address")
            raise ReleaseError(said, where=start, remedy="check the address")
    raise ReleaseError(f"redirects more than {REDIRECTS} times", where=start)


def _persist(once: Callable[[], T], url: str, patience: Patience, got: Callable[[], int], *, first_contact: bool) -> T:
    """Do something until it works, with longer and longer pauses while it brings nothing."""
    import httpx

    failures, have = 0, got()
    while True:
        try:
            return once()
        except (httpx.TransportError, _AgainError) as error:
            reason = str(error) or type(error).__name__
            failures = 1 if got() >= have + (1 << 20) else failures + 1
            hopeless = isinstance(error, httpx.UnsupportedProtocol) or (
                first_contact and isinstance(error, httpx.ConnectError)
            )
            if hopeless or failures >= patience.tries:
                remedy = "try again later; what has arrived is kept" if got() else "try again later"
                raise ReleaseError(f"cannot be fetched: {reason}", where=url, remedy=remedy) from error
            have = got()
            patience.sleep(patience.wait(failures, after=getattr(error, "after", 0)))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            raise ReleaseError(f"cannot be fetched: {error}", where=url, remedy="check the address") from error
