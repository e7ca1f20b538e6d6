"""Requests and answers of the server, and the headers that all answers have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl, quote

from kzlod.web.pages import POLICY

Headers = tuple[tuple[bytes, bytes], ...]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN = re.compile(r'(?:W/)?"[^"]*"|\*')
_FIELDS = 64
_KEPT_IN_304 = frozenset(
    {b"etag", b"vary", b"cache-control", b"content-location", b"link", b"access-control-allow-origin"}
)
_ALWAYS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, link, location, content-location, retry-after"),
)


class RefusedError(Exception):
    """A request that is not answered with what it asks for: its status, and why, in words for people."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers or {}


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its path as it came, without the first slash; its query string; its headers, in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    def header(self, name: str) -> str:
        """The value of a header; empty where it was not sent."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes

    def matches(self, tags: str) -> bool:
        """Whether an `If-None-Match` names the entity tag of the answer (RFC 9110, section 13.1.2)."""
        own = next((value.decode() for name, value in self.headers if name == b"etag"), None)
        return own is not None and any(
            tag in ("*", own) for tag in (t.removeprefix("W/") for t in _TOKEN.findall(tags))
        )

    def not_modified(self) -> Answer:
        """The answer to who has it already."""
        return Answer(304, (*(one for one in self.headers if one[0] in _KEPT_IN_304), *_ALWAYS[:1]), b"")


def answer(
    body: bytes, media_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None, tagged: bool = True
) -> Answer:
    """An answer with an entity tag, which whoever asks again sends back; `tagged` is whether it has one."""
    more: Headers = ((b"content-length", b"%d" % len(body)),)
    if tagged and status == 200:
        more += ((b"etag", b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()),)
        if not headers or "cache-control" not in headers:
            more += ((b"cache-control", b"public, max-age=60"),)
    named = _encoded((("content-type", _typed(media_type)), *(headers or {}).items()))
    return Answer(status, (*named, *more, *_ALWAYS), body)


@lru_cache(4096)
def _encoded(headers: tuple[tuple[str, str], ...]) -> Headers:
    """Headers as they go out; no value carries a line break, whatever it was made of."""
    plain = ((name, _CONTROL.sub("", value)) for name, value in headers)
    return tuple((name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in plain)


def streamed(media_type: str, headers: Mapping[str, str]) -> Headers:
    """The headers of an answer of unknown length."""
    return (*_encoded((("content-type", _typed(media_type)), *headers.items())), *_ALWAYS)


def text(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in a line of plain text."""
    phrase = HTTPStatus(status).phrase
    return answer(f"{status} {phrase}: {reason}\n".encode(), "text/plain", status=status, headers=headers)


def _typed(media_type: str) -> str:
    return (
        f"{media_type}; charset=utf-8" if media_type.startswith("text/") and "charset" not in media_type else media_type
    )


def link(target: str, rel: str, media_type: str = "") -> str:
    """One link of a `Link` header (RFC 8288); a target is a path or an IRI, all but URI characters encoded.

    >>> link("./a.ttl", "alternate", "text/turtle")
    '<./a.ttl>; rel="alternate"; type="text/turtle"'
    """
    uri = quote(target, safe="/!#$%&'()*+,;=:@~?[]")
    return f'<{uri}>; rel="{rel}"' + (f'; type="{media_type}"' if media_type else "")


def links(all_: Iterable[str]) -> dict[str, str]:
    """The `Link` header of some links; none of none."""
    joined = ", ".join(all_)
    return {"link": joined} if joined else {}


def fields(query: str) -> list[tuple[str, str]]:
    """The fields of a query string or a form, in UTF-8; raises `RefusedError` for what is none."""
    if not query:
        return []
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise RefusedError(400, "the parameters are not UTF-8") from error
    except ValueError as error:
        raise RefusedError(400, f"there are more than {_FIELDS} parameters") from error


def single(pairs: Sequence[tuple[str, str]], name: str) -> str | None:
    """The one value of a field; raises `RefusedError` where it is there twice."""
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise RefusedError(400, f"{name} is given {len(values)} times; give it once")
    return values[0] if values else None
