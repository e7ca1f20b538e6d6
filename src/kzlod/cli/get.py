"""`kzlod get`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from kzlod.cli.options import web
from kzlod.release.files import File
from kzlod.release.get import catalogue, get, source
from kzlod.release.published import Published


@click.command("get")
@click.argument("place", metavar="URL|PATH")
@click.option("--list", "listed", is_flag=True, help="Show what there is, and fetch nothing.")
@click.option(
    "--format",
    "-f",
    "names",
    metavar="NAME",
    multiple=True,
    help="A format (turtle), a suffix (.nt.zst, csv), a file or a pattern of files (tables/*.csv); may be repeated."
    " Default: the whole dataset, .nt.zst where there is one, else .ttl.",
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), default=Path(), help="Where to. Default: here.")
@click.option("--json", "as_json", is_flag=True, help="Print what there is, or what was fetched, as JSON.")
def command(place: str, listed: bool, names: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Get files of a published release, by the address of its folder or of its catalog.ttl.

    A file appears under its name when it is whole and has the size and the SHA-256 that the catalogue states. A
    download that broke off goes on where it stopped.

    \b
    Examples:
      kzlod get https://example.org/release/1.0.0/ --list
      kzlod get https://example.org/release/1.0.0/ --format turtle --out downloads
      kzlod get dist/towns/latest --format 'tables/*.csv'
    """
    with web(place) as client:
        if listed:
            published = catalogue(source(place, client=client))
            shown = {"iri": published.iri, "title": published.title, "files": [_described(f) for f in published.files]}
            click.echo(json.dumps(shown, ensure_ascii=False, indent=1) if as_json else _table(published))
            return
        with _bar() as progress:
            got = get(place, names=names, out=out, client=client, progress=progress)
    if as_json:
        fetched = [{**_described(one.file), "path": str(one.path), "new": one.new} for one in got]
        click.echo(json.dumps(fetched, ensure_ascii=False, indent=1))
        return
    for one in got:
        note = "" if one.new else ", the same as before"
        click.echo(f"{one.path}: {one.file.size:,} bytes, sha256 {one.file.sha256}{note}")


def _described(file: File) -> dict[str, object]:
    return {**asdict(file), "media_type": file.media_type, "compression": file.compression}


def _table(published: Published) -> str:
    width = max((len(file.path) for file in published.files), default=0)
    lines = [f"{published.title}", published.iri, ""]
    for file in published.files:
        kind = file.media_type + (f", {file.compression}" if file.compression else "")
        lines.append(f"  {file.path:{width}}  {file.size:>13,} bytes  {kind}")
    return "\n".join(lines)


@contextmanager
def _bar() -> Iterator[Callable[[File, int], None]]:
    """A bar for each file on a terminal's standard error; nothing where it is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, object] = {}

        def show(file: File, done: int) -> None:
            if file.path not in tasks:
                tasks[file.path] = bars.add_task(file.path, total=file.size)
            bars.update(tasks[file.path], completed=done)  # type: ignore[arg-type]

        yield show
