"""Files fetched from the web: whole, over http and https only, and no larger than is reasonable."""

from __future__ import annotations

import re
from pathlib import Path

from kzlod.errors import InputError

MOST = 16 << 30
"""How many bytes a file may have, where it does not say or lies: a compressed dump of about a billion triples."""
_URL = re.compile(r"https?://[^/]", re.IGNORECASE)
SECONDS = 30.0
"""How long a server may say nothing."""


def is_url(text: str) -> bool:
    """Whether a text is a web address.

    >>> is_url("https://example.org/a.nq"), is_url("a.nq"), is_url("file:///a.nq")
    (True, False, False)
    """
    return _URL.match(text) is not None


def fetch(url: str, target: Path, *, most: int = 0) -> None:
    """Fetch a file; redirects lead to http and https only.

    Raises `InputError` for an answer other than 200, a connection that breaks off or stalls, more than `most` bytes
    (`MOST` where nothing else is said).
    """
    import httpx

    most = most or MOST
    too_large = InputError(f"has more than {most:,} bytes", where=url, remedy="fetch it yourself, and name the file")
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=SECONDS, max_redirects=10) as http,
            http.stream("GET", url, headers={"accept-encoding": "identity"}) as answer,
            target.open("wb") as file,
        ):
            if answer.status_code != 200:
                remedy = "check the address"
                raise InputError(f"answers {answer.status_code} {answer.reason_phrase}", where=url, remedy=remedy)
            if int(answer.headers.get("content-length", "0") or 0) > most:
                raise too_large
            for piece in answer.iter_raw(1 << 20):
                if answer.num_bytes_downloaded > most:
                    raise too_large
                file.write(piece)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise InputError(f"cannot be fetched: {reason}", where=url, remedy="try again later") from error
    except OSError as error:
        raise InputError(f"cannot be kept: {error.strerror or error}", where=url, remedy="free space") from error
