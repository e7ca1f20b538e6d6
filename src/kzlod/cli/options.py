"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from kzlod.project import Project

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
