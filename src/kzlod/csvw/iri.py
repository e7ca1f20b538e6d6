"""URLs and IRIs: resolving and normalising them (RFC 3986), checking them (RFC 3987), files as URLs.

>>> resolve("http://example.org/a/b.csv", "#row.1")
'http://example.org/a/b.csv#row.1'
>>> normalise("HTTP://Example.org/a/../%7Eb")
'http://example.org/~b'
>>> is_iri("http://example.org/ a"), is_iri("http://example.org/é")
(False, True)
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.DOTALL)
_UCS = (
    "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(p << 16)}-{chr((p << 16) + 0xFFFD)}" for p in range(1, 14))
    + "\U000e1000-\U000efffd"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_CHAR = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@{_UCS}]|%[0-9A-Fa-f]{{2}})"
_IRI = (
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://(?:[A-Za-z0-9\-._~!$&'()*+,;=:{_UCS}]|%[0-9A-Fa-f]{{2}})*@)?"
    rf"(?://)?(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+\])?"
    rf"(?:{_CHAR}|/)*(?:\?(?:{_CHAR}|[/?{_PRIVATE}])*)?(?:#(?:{_CHAR}|[/?])*)?"
)
_PORT = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://(?:[^/?#@\[\]]*@)?(?:\[[^\]]*\]|[^/?#:\[\]]*)(?::[0-9]*)?(?=[/?#]|\Z)")
_NOT_IN_URL = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\x9f]|%(?![0-9A-Fa-f]{2})')
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _split(url: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    match = _PARTS.match(url)
    assert match is not None  # every string matches
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path, query, fragment


def _join(scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None) -> str:
    return "".join(
        (
            f"{scheme}:" if scheme is not None else "",
            f"//{authority}" if authority is not None else "",
            path,
            f"?{query}" if query is not None else "",
            f"#{fragment}" if fragment is not None else "",
        )
    )


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    if "." not in path:
        return path
    out: list[str] = []
    segments = path.split("/")
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == ".":
            if last:
                out.append("")
        elif segment == "..":
            if len(out) > 1 or (out and out[0] != ""):
                out.pop()
            if last:
                out.append("")
        else:
            out.append(segment)
    return "/".join(out)


def resolve(base: str, reference: str) -> str:
    """Resolve a reference against a base (RFC 3986, 5.2); one that has a scheme stays as it is."""
    scheme, authority, path, query, fragment = _split(reference)
    if scheme is not None:
        return reference
    b_scheme, b_authority, b_path, b_query, _ = _split(base)
    if authority is not None:
        return _join(b_scheme, authority, _without_dots(path), query, fragment)
    if path == "":
        return _join(b_scheme, b_authority, b_path, query if query is not None else b_query, fragment)
    if not path.startswith("/"):
        folder = "/" if b_authority is not None and b_path == "" else b_path[: b_path.rfind("/") + 1]
        path = folder + path
    return _join(b_scheme, b_authority, _without_dots(path), query, fragment)


def is_absolute(url: str) -> bool:
    """Whether a URL has a scheme."""
    return _split(url)[0] is not None


def normalise(url: str) -> str:
    """Case, percent-encoding and path segments normalised (RFC 3986, 6.2.2), as CSVW compares URLs.

    What no URL holds is percent-encoded: a file's name may have a space.
    """
    url = _NOT_IN_URL.sub(lambda match: quote(match[0], safe=""), url)
    scheme, authority, path, query, fragment = _split(url)

    def decode(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    def plain(part: str | None) -> str | None:
        return re.sub(r"%([0-9A-Fa-f]{2})", decode, part) if part and "%" in part else part

    path = plain(path) or ""
    if scheme is not None:
        path = _without_dots(path)
        if authority is not None and path == "" and scheme.lower() in ("http", "https"):
            path = "/"
    return _join(
        scheme.lower() if scheme else scheme,
        authority.lower() if authority else authority,
        path,
        plain(query),
        plain(fragment),
    )


@cache
def _matcher() -> re.Pattern[str]:
    return re.compile(_IRI)


def is_iri(iri: str) -> bool:
    """Whether a string is an absolute IRI that N-Triples can carry (RFC 3987)."""
    if _matcher().fullmatch(iri) is None:
        return False
    colon = iri.index(":")
    return not iri.startswith("//", colon + 1) or _PORT.match(iri) is not None


def of_path(path: str | os.PathLike[str]) -> str:
    """The `file:` URL of a path."""
    return "file://" + quote(os.path.abspath(path), safe="/-._~!$&'()*+,;=:@")  # noqa: PTH100 (a lexical step)


def to_path(url: str) -> Path | None:
    """The path that a `file:` URL names, None for other URLs.

    >>> print(to_path("file:///tmp/a%20b.csv#row=1"))
    /tmp/a b.csv
    """
    scheme, authority, path, _, _ = _split(url)
    if scheme is None or scheme.lower() != "file" or authority not in (None, "", "localhost"):
        return None
    return Path(unquote(path))
