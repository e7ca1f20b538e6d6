"""What went wrong with an endpoint, said so that a user knows what to do, with no secret in it."""

from __future__ import annotations

import re
import socket
import ssl
from http.client import HTTPException, IncompleteRead
from urllib.error import HTTPError, URLError

from kzlod.errors import RemoteError
from kzlod.remote.credentials import PASSWORD, USER, Credentials

_EXCERPT = 300
_LATER = "try again later"


def status(error: HTTPError, url: str, credentials: Credentials | None) -> RemoteError:
    """A status other than success."""
    said = f"answers {error.code} {error.reason}".rstrip()
    if error.code in (401, 403) and credentials:
        remedy = f"check {USER} and {PASSWORD}, or the netrc, and what the user may do there"
        return RemoteError(f"refuses the credentials ({error.code})", where=url, remedy=remedy)
    if error.code in (401, 403):
        remedy = f"set {USER} and {PASSWORD}, or write them to a netrc"
        return RemoteError(f"asks for credentials ({error.code})", where=url, remedy=remedy)
    if error.code == 400:
        return RemoteError(f"says that the query is wrong{_excerpt(error)}", where=url, remedy="mend the query")
    if error.code in (404, 405, 410):
        return RemoteError(said, where=url, remedy="check the address: it is not that of a SPARQL endpoint")
    remedy = _LATER if error.code in (429, 502, 503, 504) else "check the query; those who run it have its log"
    return RemoteError(f"{said}{_excerpt(error)}", where=url, remedy=remedy)


def _excerpt(error: HTTPError) -> str:
    """The beginning of what an endpoint says besides a status, on one line, where it is text."""
    try:
        text = error.read1(_EXCERPT * 4).decode("utf-8", "replace")
    except (OSError, HTTPException):
        return ""
    if "html" in error.headers.get_content_type():
        return ""
    plain = "".join(char if char.isprintable() else " " for char in text)
    line = re.sub(r"\s+", " ", plain).strip()
    return f": {line[:_EXCERPT]}" + ("…" if len(line) > _EXCERPT else "") if line else ""


def page(url: str) -> RemoteError:
    """A page of HTML in place of results."""
    remedy = "give the address that takes queries; it often ends with /sparql or /query"
    return RemoteError("answers with a page of HTML, not with results of SPARQL", where=url, remedy=remedy)


def slow(url: str, timeout: float) -> RemoteError:
    """An answer that takes too long."""
    remedy = "ask for less, or allow more with --timeout"
    return RemoteError(f"did not answer in full within {timeout:g} s", where=url, remedy=remedy)


def unreached(error: URLError, url: str) -> tuple[RemoteError, bool]:
    """No connection: what to say, and whether it is hopeless to try again."""
    reason = error.reason
    if isinstance(reason, ssl.SSLCertVerificationError):
        remedy = "check the address; do not send it anything until its certificate is right"
        said = f"its certificate is not valid: {reason.verify_message}"
        return RemoteError(said, where=url, remedy=remedy), True
    if isinstance(reason, ssl.SSLError):
        said = f"no secure connection: {reason.reason or 'it does not speak TLS'}"
        return RemoteError(said, where=url, remedy="check whether it is http or https"), True
    if isinstance(reason, socket.gaierror):
        remedy = "check the host's name, and the network"
        return RemoteError("its host is not known", where=url, remedy=remedy), reason.errno != socket.EAI_AGAIN
    if isinstance(reason, TimeoutError):
        return RemoteError("cannot be reached in time", where=url, remedy="check the address, and the network"), False
    said = (isinstance(reason, OSError) and reason.strerror) or str(reason)
    return RemoteError(f"cannot be reached: {said}", where=url, remedy="check the address, and that it runs"), False


def broken(error: OSError | HTTPException, url: str, *, done: bool) -> RemoteError:
    """A connection that ended before the answer did; `done` says that an update may have been carried out."""
    said = "the answer is cut off" if isinstance(error, IncompleteRead | ConnectionError) else "does not speak HTTP"
    remedy = "look whether the update was carried out, then run it again" if done else _LATER
    return RemoteError(f"{said} ({error or type(error).__name__})", where=url, remedy=remedy)


def in_vain(problem: RemoteError, tries: int, after: float) -> RemoteError:
    """What still fails after so many tries."""
    remedy = f"it asks to wait for {after:,.0f} s: {_LATER}" if after else problem.remedy
    return RemoteError(f"{problem.message}, {tries} times", where=problem.where, remedy=remedy)
