"""Answers compressed for who accepts that: a page is a quarter as long in gzip, which all browsers know."""

from __future__ import annotations

import zlib
from dataclasses import replace

from kzlod.web.messages import Answer

GZIP = "gzip"
_LEAST = 1000  # bytes: what is shorter fits a packet anyway
_LEVEL, _HEADER = 6, 16 + zlib.MAX_WBITS


def coded(answer: Answer, coding: str) -> Answer:
    """An answer in a content coding, `GZIP` or none (RFC 9110, section 8.4), which says what it depends on.

    Its entity tag is another than that of the same answer in another coding (section 8.8.3.3).

    >>> plain = Answer(200, ((b"content-length", b"2000"), (b"etag", b'"a"'), (b"vary", b"accept")), b"a" * 2000)
    >>> coded(plain, GZIP).headers[1:]
    ((b'etag', b'"a-gzip"'), (b'vary', b'accept, accept-encoding'), (b'content-encoding', b'gzip'))
    >>> len(coded(plain, GZIP).body), len(coded(plain, "").body)
    (35, 2000)
    """
    if len(answer.body) < _LEAST:
        return answer
    headers = dict(answer.headers)
    headers[b"vary"] = b", ".join(filter(None, (headers.get(b"vary"), b"accept-encoding")))
    if coding != GZIP:
        return replace(answer, headers=tuple(headers.items()))
    body = zlib.compress(answer.body, _LEVEL, _HEADER)
    headers[b"content-length"] = b"%d" % len(body)
    headers[b"content-encoding"] = GZIP.encode()
    if tag := headers.get(b"etag"):
        headers[b"etag"] = tag.removesuffix(b'"') + b'-gzip"'
    return Answer(answer.status, tuple(headers.items()), body)
