"""`kzlod load`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import click

from kzlod.cli.options import progress, project_option
from kzlod.errors import LoadError
from kzlod.load import COMPARE_UP_TO, Loaded, Mode, Plan, Source, of_project, plan, source
from kzlod.load.probe import opened
from kzlod.load.profile import PROFILES
from kzlod.project import Project
from kzlod.remote.address import is_address
from kzlod.remote.credentials import find


@click.command("load")
@click.argument("target", metavar="URL|DIR")
@click.argument("release", required=False)
@project_option
@click.option(
    "--mode",
    type=click.Choice(get_args(Mode)),
    default="replace",
    show_default=True,
    help="What becomes of the data that is there.",
)
@click.option(
    "--graph",
    metavar="IRI",
    default="",
    help="The graph. Default: the default graph where the store has one, else the dataset's.",
)
@click.option(
    "--store", type=click.Choice(list(PROFILES)), default=None, help="The kind of server. Default: found out."
)
@click.option("--yes", is_flag=True, help="Do not ask before the data of another dataset is lost.")
@click.option(
    "--compare-up-to",
    metavar="N",
    type=click.IntRange(min=0),
    default=COMPARE_UP_TO,
    show_default=True,
    help="Compare every value of up to so many triples; 0 compares counts only.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=3600,
    show_default=True,
    help="How long the store may take for one request.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    target: str,
    release: str | None,
    project: Project,
    mode: Mode,
    graph: str,
    store: str | None,
    yes: bool,
    compare_up_to: int,
    timeout: float,
    as_json: bool,
) -> int:
    """Load a release into a store, and verify what the store then holds.

    The store is a server's base address or its endpoint's, or a folder: an Oxigraph store on disk. RELEASE is a
    release's folder, a project's folder or an RDF file; default: the project's latest release, else the bundled
    dataset. The user and password are taken from KZLOD_USER and KZLOD_PASSWORD, or from a netrc.

    Modes: `replace` puts the data in the place of what the graph holds; `add` adds to it; `patch` applies the changes
    since the release before (RELEASE may be a file of `kzlod diff --format patch`). A load that broke off is mended by
    running it again. Exit status: 0 verified, 1 something differs, 2 could not run.

    \b
    Examples:
      kzlod load http://127.0.0.1:7878
      kzlod load http://127.0.0.1:8890 dist/towns/latest --graph https://example.org/towns
      kzlod load store/ towns.ttl --mode add
    """
    credentials = find(target, os.environ) if is_address(target) else None
    with (
        TemporaryDirectory(prefix="kzlod-load-") as scratch,
        opened(target, store=store or "", credentials=credentials, timeout=timeout) as there,
    ):
        with progress("Preparing") as _:
            data, patch = _data(release, project, mode, Path(scratch))
            planned = plan(there, data, mode=mode, graph=graph, patch=patch, scratch=Path(scratch))
        _agree(planned, yes)
        with _bar() as show:
            loaded = planned.run(compare_up_to=compare_up_to, progress=show)
    click.echo(_json(loaded) if as_json else "\n".join(_lines(loaded, planned)))
    return 1 if loaded.verification.findings else 0


def _data(release: str | None, project: Project, mode: Mode, scratch: Path) -> tuple[Source | None, Path | None]:
    if mode == "patch" and release and release.endswith((".rdfp", ".ru")):
        return None, Path(release)
    return (source(release, scratch) if release else of_project(project, scratch)), None


def _agree(planned: Plan, yes: bool) -> None:
    """Say what would be lost; go on where the user agrees."""
    for note in filter(None, (*planned.notes, planned.loss)):
        click.echo(f"kzlod: {note}", err=True)
    if not planned.loss or yes:
        return
    if not sys.stdin.isatty():
        raise LoadError("nothing was loaded", where=planned.target.shown, remedy="give --yes to go on all the same")
    click.confirm("Go on?", abort=True, err=True)


def _lines(loaded: Loaded, planned: Plan) -> Iterator[str]:
    verified = loaded.verification
    where = f"<{loaded.graph}>" if loaded.graph else "the default graph"
    name = planned.source.name if planned.source else "the patch"
    how = "at once" if loaded.mode != "add" and loaded.atomic and planned.before else "in steps"
    yield f"{loaded.store}: {name} {_DONE[loaded.mode]} {where}, {how}, in {loaded.seconds:.1f} s"
    for finding in verified.findings[:_SHOWN]:
        yield f"  {finding.message}"
    if len(verified.findings) > _SHOWN:
        yield f"  and {len(verified.findings) - _SHOWN:,} more; --json shows all"
    yield str(verified)


_SHOWN = 20
_DONE = {"replace": "is now all of", "add": "was added to", "patch": "was applied to"}


def _json(loaded: Loaded) -> str:
    return json.dumps(asdict(loaded), ensure_ascii=False, indent=1)


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each step on a terminal's standard error; nothing where it is no terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=total or None)
            bars.update(tasks[doing], completed=done)

        yield show
