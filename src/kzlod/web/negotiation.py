"""Content negotiation: what a client wants most of what is on offer (RFC 9110, section 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PART = re.compile(r'\s*([^\s,;"/]+)/([^\s,;"]+)\s*((?:;(?:"(?:[^"\\]|\\.)*"|[^",])*)?)(?:,|$)')
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*(?:;|$)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_MOST = 4096


def negotiate(accept: str, offered: Sequence[str]) -> str | None:
    """The media type on offer that fits an `Accept` header best, the first of equals; None where none is acceptable.

    A type of the header that is named in full counts before `type/*`, that before `*/*`; parameters other than `q` are
    passed over. An empty header accepts all.

    >>> negotiate("text/turtle;q=0.8, text/*", ["text/html", "text/turtle"])
    'text/html'
    >>> negotiate("application/json", ["text/html"]) is None
    True
    """
    accept = accept[:_MOST]
    if not accept.strip():
        return offered[0] if offered else None
    ranges = [(match[1].lower(), match[2].lower(), _quality(match[3])) for match in _PART.finditer(accept)]
    best: tuple[float, str] | None = None
    for media_type in offered:
        quality = _of(media_type, ranges)
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, media_type
    return best[1] if best else None


def preferred(accept_language: str, offered: Sequence[str]) -> str:
    """The language on offer that a client wants most (RFC 9110, section 12.5.4), the first where it wants none of them.

    >>> preferred("de, ru-KZ;q=0.9, en;q=0.5", ["en", "ru"]), preferred("", ["en", "ru"])
    ('ru', 'en')
    """
    best = (0.0, offered[0])
    for part in accept_language[:_MOST].split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = _quality(f";{parameters}")
        if language in offered and quality > best[0]:
            best = quality, language
    return best[1]


def accepts(accept_encoding: str, coding: str) -> bool:
    """Whether a client takes a content coding (RFC 9110, section 12.5.3); one that says nothing of it does not.

    >>> [accepts(header, "gzip") for header in ("br, GZIP;q=0.5", "*", "br", "gzip;q=0, *", "")]
    [True, True, False, False, False]
    """
    named = dict[str, float]()
    for part in accept_encoding[:_MOST].split(","):
        name, _, parameters = part.strip().partition(";")
        named[name.strip().lower()] = _quality(f";{parameters}")
    return named.get(coding, named.get("*", 0.0)) > 0


def _quality(parameters: str) -> float:
    match = _QUALITY.search(_QUOTED.sub('""', parameters))
    if match is None:
        return 1.0
    return min(float(match[1]), 1.0)


def _of(media_type: str, ranges: Sequence[tuple[str, str, float]]) -> float:
    kind, _, name = media_type.partition("/")
    found: tuple[int, float] = (-1, 0.0)
    for range_kind, range_name, quality in ranges:
        if (range_kind, range_name) == (kind, name):
            rank = 2
        elif (range_kind, range_name) == (kind, "*"):
            rank = 1
        elif (range_kind, range_name) == ("*", "*"):
            rank = 0
        else:
            continue
        found = max(found, (rank, quality))
    return found[1]
