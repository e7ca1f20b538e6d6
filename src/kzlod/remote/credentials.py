"""Who asks: a user and a password from the environment or a netrc, shown nowhere."""

from __future__ import annotations

import netrc
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kzlod.errors import RemoteError
from kzlod.remote.address import checked

USER, PASSWORD = "KZLOD_USER", "KZLOD_PASSWORD"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password.

    >>> Credentials("dba", "secret")
    Credentials(user='dba')
    """

    user: str
    password: str = field(repr=False)


def find(url: str, environ: Mapping[str, str]) -> Credentials | None:
    """The credentials for a URL: `KZLOD_USER` and `KZLOD_PASSWORD`, else what a netrc says for the URL's host.

    The netrc is the file `NETRC`, else `.netrc` in the folder `HOME`; its `default` entry is for no SPARQL endpoint and
    is passed over. Raises `RemoteError` for credentials inside the URL, for one variable without the other, and for a
    netrc that is broken or that others may read.

    >>> find("http://127.0.0.1/sparql", {"KZLOD_USER": "dba", "KZLOD_PASSWORD": "secret"})
    Credentials(user='dba')
    """
    host = urlsplit(checked(url)).hostname or ""
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if user and password:
        return Credentials(user, password)
    if user or password:
        there, absent = (USER, PASSWORD) if user else (PASSWORD, USER)
        raise RemoteError(f"{there} is set, and {absent} is not", remedy="set both, or neither")
    path = Path(environ["NETRC"]) if environ.get("NETRC") else Path(environ.get("HOME") or Path.home()) / ".netrc"
    if not environ.get("NETRC") and not path.is_file():
        return None
    return _from_netrc(path, host)


def _from_netrc(path: Path, host: str) -> Credentials | None:
    try:
        entry = netrc.netrc(str(path)).hosts.get(host)
        mode = path.stat().st_mode
    except netrc.NetrcParseError as error:
        # Its message quotes the file, which is full of secrets.
        where = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise RemoteError("is not a netrc", where=where, remedy="mend the line there") from None
    except UnicodeDecodeError:
        raise RemoteError("is not a netrc: it is not UTF-8", where=str(path), remedy="save it as UTF-8") from None
    except OSError as error:
        raise RemoteError(f"cannot be read: {error.strerror}", where=str(path), remedy="check NETRC") from error
    if entry is None:
        return None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        remedy = f"run `chmod 600 {path}`"
        raise RemoteError("holds passwords, and others may read it", where=str(path), remedy=remedy)
    user, _, password = entry
    if not user or not password:
        raise RemoteError(f"has no login or no password for {host}", where=str(path), remedy="add what lacks")
    return Credentials(user, password)
