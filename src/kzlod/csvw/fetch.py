"""Fetching what a table or its metadata refers to: an injected function; the default reads local files only.

A fetcher takes a URL and what it accepts, and gives a `Response` or raises `InputError`. No connection is opened
unless a fetcher that opens one is handed in.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kzlod.csvw import iri
from kzlod.csvw.compressed import opened
from kzlod.errors import InputError

BROKEN = (OSError, EOFError, zlib.error, UnicodeError)
"""What reading a stream to its end may raise."""


class AbsentError(InputError):
    """There is nothing at a URL: a default location without metadata is no fault."""

    code = "input.absent"


@dataclass(frozen=True, slots=True)
class Response:
    """What a URL gave: a stream of bytes, the headers (names in lower case), and the URL after redirects."""

    url: str
    stream: BinaryIO
    headers: Mapping[str, str] = field(default_factory=dict)


Fetch = Callable[[str, str], Response]


def local(url: str, accept: str = "*/*") -> Response:
    """The default fetcher: `file:` URLs, compressed (`.gz`, `.zst`) or not, Parquet too.

    Raises `InputError` for any other URL.

    >>> local("http://example.org/a.csv")
    Traceback (most recent call last):
    kzlod.errors.InputError: http://example.org/a.csv: it is not on this machine, and no connection is opened; \
download it, or hand in a fetcher
    """
    path = iri.to_path(url)
    if path is None:
        raise InputError(
            "it is not on this machine, and no connection is opened",
            where=url,
            remedy="download it, or hand in a fetcher",
        )
    try:
        stream = _opened(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AbsentError("there is no such file", where=str(path), remedy="check the name") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"it cannot be read: {reason}", where=str(path)) from error
    return Response(url, stream)


def is_plain(path: Path) -> bool:
    """Whether a table's file is read as it is: neither compressed nor Parquet."""
    return path.suffix not in (".gz", ".zst", ".parquet")


def _opened(path: Path) -> BinaryIO:
    """A file's content: what it is compressed with is taken off, Parquet becomes CSV."""
    if path.suffix == ".parquet":
        from kzlod.csvw.parquet import as_csv

        path.open("rb").close()
        return as_csv(path)
    return opened(path.open("rb"), path.name)


_LINK = re.compile(r"\s*<([^>]*)>\s*((?:;\s*[^;,\"=\s]+\s*(?:=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^;,\"\s]*))?\s*)*)")
_PARAMETER = re.compile(r";\s*([^;,\"=\s]+)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;,\"\s]*)))?")


def links(header: str) -> list[tuple[str, dict[str, str]]]:
    """The targets of a Link header with their parameters (RFC 8288), in order.

    >>> links('<m.json>; rel="describedby"; type="application/csvm+json", <b>')
    [('m.json', {'rel': 'describedby', 'type': 'application/csvm+json'}), ('b', {})]
    """
    out, position = [], 0
    while match := _LINK.match(header, position):
        parameters: dict[str, str] = {}
        for name, quoted, plain in _PARAMETER.findall(match[2]):
            parameters.setdefault(name.lower(), quoted or plain)
        out.append((match[1], parameters))
        position = match.end()
        comma = header.find(",", position)
        if comma < 0:
            break
        position = comma + 1
    return out


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """A Content-Type header's media type and parameters.

    >>> media_type('text/csv; header=absent; charset="UTF-8"')
    ('text/csv', {'header': 'absent', 'charset': 'UTF-8'})
    """
    kind, _, rest = header.partition(";")
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(";" + rest)}
    return kind.strip().lower(), parameters
