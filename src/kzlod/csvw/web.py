"""The fetcher for tables and metadata on the web: http and https only; what is local is read as it is."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from kzlod.csvw.compressed import opened
from kzlod.csvw.fetch import AbsentError, Response, local
from kzlod.errors import InputError

MOST = 16 << 30
"""How many bytes a file may have."""
SECONDS = 30.0
"""How long a server may say nothing."""


def fetch(url: str, accept: str = "*/*") -> Response:
    """Fetch a URL with its headers, after redirects; the content waits in a temporary file.

    Raises `AbsentError` where there is nothing, `InputError` for any other failure.
    """
    if not url.lower().startswith(("http://", "https://")):
        return local(url, accept)
    import httpx

    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response's stream)
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=SECONDS, max_redirects=10) as http,
            http.stream("GET", url, headers={"accept": accept}) as answer,
        ):
            if answer.status_code in (404, 410):
                raise AbsentError("there is no such file", where=url, remedy="check the address")
            if answer.status_code != 200:
                raise InputError(f"it answers {answer.status_code}", where=url, remedy="check the address")
            for piece in answer.iter_bytes(1 << 20):
                if file.tell() + len(piece) > MOST:
                    raise InputError(f"it has more than {MOST:,} bytes", where=url)
                file.write(piece)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            found = str(answer.url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        file.close()
        reason = str(error) or type(error).__name__
        raise InputError(f"it cannot be fetched: {reason}", where=url, remedy="try again later") from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = found.partition("#")[0].partition("?")[0]
    return Response(found, opened(cast(BinaryIO, file), name), headers)
