"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kzlod import __version__
from kzlod.project import Project

if TYPE_CHECKING:
    from httpx import Client

F = TypeVar("F", bound=Callable[..., Any] | click.Command)


def _project(_: click.Context, __: click.Parameter, value: Path | None) -> Project:
    return Project.find(value, start=Path.cwd())


def project_option(function: F) -> F:
    """`--project DIR`, given to the command as a `Project`."""
    return click.option(
        "--project",
        metavar="DIR",
        type=click.Path(path_type=Path),
        callback=_project,
        help="The dataset's folder. Default: the nearest upward with a kzlod.toml, else the bundled dataset.",
    )(function)


def cache_folder() -> Path:
    """Where snapshots are kept: `$XDG_CACHE_HOME/kzlod`, or `~/.cache/kzlod`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kzlod"


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal's standard error that says what is being done; nothing where it is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(doing) as status:

        def show(step: str) -> None:
            status.update(f"{doing}: {step}")

        yield show


@contextmanager
def bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's standard error for how many of how many are done; nothing where it is no terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(doing, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def web(place: str) -> Iterator[Client | None]:
    """A client for an address on the web; none for a path."""
    if not place.lower().startswith(("http://", "https://")):
        yield None
        return
    import httpx

    with httpx.Client(timeout=30, headers={"user-agent": f"kzlod/{__version__}"}) as client:
        yield client
