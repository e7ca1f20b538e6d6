"""`kzlod serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kzlod.cli.options import cache_folder, progress, project_option
from kzlod.extras import need
from kzlod.project import Project

if TYPE_CHECKING:
    from kzlod.web.opened import OpenRelease


@click.command("serve")
@click.argument("release", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@project_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 takes a free one."
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="How long a query may take.",
)
def command(release: Path | None, project: Project, host: str, port: int, timeout: float) -> None:
    """Serve a release on the web: every IRI answers, with a page and as RDF; SPARQL, the queries as an API, downloads.

    RELEASE is the folder of a release. Default: the newest release of the project, in its folder dist; without one, the
    tables as they are, which kzlod build would check first. Each request is told on standard output, in a line of
    JSON. Ctrl-C stops it, when what is under way is finished.

    \b
    Examples:
      kzlod serve
      kzlod serve dist/towns/latest --port 8000
    """
    for package in ("uvicorn", "starlette", "jinja2", "httptools", "uvloop"):
        need(package, install="kzlod[web]")
    from kzlod.web.found import found
    from kzlod.web.server import serve

    checked = True
    cache = cache_folder()
    if release is None:
        with progress("Preparing") as step:
            release, checked = found(project, cache=cache, step=step)

    def ready(opened: OpenRelease, address: str) -> None:
        what = opened.project.titled() + ("" if checked else " (its tables as they are, not checked)")
        click.echo(f"{what}\n{address}  Ctrl-C stops it", err=True)

    serve(release, cache=cache, host=host, port=port, timeout=timeout, log=sys.stdout, ready=ready)
