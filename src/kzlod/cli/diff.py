"""`kzlod diff`."""

from __future__ import annotations

import click

from kzlod.cli.options import progress
from kzlod.diff import compare
from kzlod.diff.write import FORMATS


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="markdown",
    show_default=True,
    help="How the changes are printed.",
)
@click.option("--json", "format_", flag_value="json", help="The same as --format json.")
def command(old: str, new: str, format_: str) -> None:
    """Say what was added, removed and revised between OLD and NEW.

    Each is a release's folder, a project's folder or an RDF file (also .zst or .gz), or the web address of a release's
    folder or an RDF file. Graphs are compared too, unless one of the two has a format without graphs.

    Formats: `markdown` is for people, `json` for programs; `patch` (RDF Patch) and `update` (SPARQL Update) turn OLD
    into NEW when a store applies them.

    \b
    Examples:
      kzlod diff dist/my-dataset/0.1.0 dist/my-dataset/0.2.0
      kzlod diff dist/my-dataset .                  what changed since the latest release
      kzlod diff old.ttl new.nq.zst --format patch > changes.rdfp
    """
    with progress("Comparing") as step:
        found = compare(old, new, step=step)
    with found:
        for piece in FORMATS[format_][1](found):
            click.echo(piece, nl=False)
