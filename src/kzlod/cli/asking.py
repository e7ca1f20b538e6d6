"""Where a question is asked: options that `query` and `sparql` share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kzlod.cli.options import cache_folder
from kzlod.project import Project
from kzlod.query.labels import Ask
from kzlod.query.results import Answer
from kzlod.snapshot import quads

if TYPE_CHECKING:
    from kzlod.query.remote import Remote

_SECONDS = 60.0
"""How long an endpoint may take, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a user wants a question to be asked."""

    data: Path | None
    endpoint: str | None
    timeout: float | None
    user_agent: str | None


_OPTIONS = (
    click.option(
        "--data",
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="Ask this: a release's folder, an RDF file (.gz, .zst), the folder of an Oxigraph store.",
    ),
    click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint."),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(0, min_open=True),
        help=f"How long an answer may take. Default: {_SECONDS:g} at an endpoint, else no limit.",
    ),
    click.option(
        "--user-agent",
        metavar="TEXT",
        envvar="KZLOD_USER_AGENT",
        help="What to tell an endpoint about who asks. [env: KZLOD_USER_AGENT]",
    ),
)


def where_options(function: Callable[..., None]) -> Callable[..., None]:
    """`--data`, `--endpoint`, `--timeout` and `--user-agent`, given to the command as `where`."""

    @wraps(function)
    def with_where(
        *arguments: Any,
        data: Path | None,
        endpoint: str | None,
        timeout: float | None,
        user_agent: str | None,
        **rest: Any,
    ) -> None:
        if data and endpoint:
            raise click.UsageError("give --data or --endpoint, not both")
        function(*arguments, where=Where(data, endpoint, timeout, user_agent), **rest)

    decorated: Callable[..., None] = with_where
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@contextmanager
def ask(project: Project, where: Where) -> Iterator[Ask]:
    """What answers queries there, while the context lasts."""
    if where.endpoint:
        yield _remote(where.endpoint, project, where).ask
        return
    data = where.data or quads(project, cache=cache_folder())
    if where.timeout is None:
        from kzlod.query.engine import Engine

        yield _interruptible(Engine(data, project.prefixes).ask)
        return
    from kzlod.query.limited import Limited

    with Limited(data, project.prefixes, timeout=where.timeout) as limited:
        yield limited.ask


def _remote(url: str, project: Project, where: Where) -> Remote:
    from kzlod.query.remote import Remote
    from kzlod.remote.credentials import find
    from kzlod.remote.endpoint import Endpoint

    endpoint = Endpoint(
        url, timeout=where.timeout or _SECONDS, user_agent=where.user_agent, credentials=find(url, os.environ)
    )
    return Remote(endpoint, project.prefixes)


def _interruptible(ask: Ask) -> Ask:
    """Ctrl-C ends the process at once: the store does not come back to Python before a query has its answer."""

    def asked(sparql: str) -> Answer:
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            return ask(sparql)
        finally:
            signal.signal(signal.SIGINT, before)

    return asked
