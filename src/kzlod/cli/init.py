"""`kzlod init`."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import click

from kzlod.init import NewDataset, init


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--id", "id_", metavar="ID", help="The dataset's name in IRIs and files. Default: the folder's name.")
@click.option("--base", metavar="IRI", help="Where its IRIs begin. Default: https://example.org/ID/.")
@click.option("--title", metavar="TEXT", help="Its title in English. Default: the id in words.")
def command(folder: Path, id_: str | None, base: str | None, title: str | None) -> None:
    """Start a dataset of your own in DIR, with a tiny example to write over.

    DIR is empty or not there yet. The example is sound: it checks, builds and answers queries at once.

    \b
    Examples:
      kzlod init bridges
      kzlod init bridges --base https://data.example.org/bridges/ --title 'Old bridges'
    """
    click.echo(_shown(init(folder, id=id_, base=base, title=title), folder))


def _shown(made: NewDataset, folder: Path) -> str:
    where = click.format_filename(folder)
    count = Counter(name.partition("/")[0] for name in made.files)
    lines = [f"{where}: {made.title} ({made.id}), its IRIs begin with {made.base}", ""]
    lines += [f"  {name:11} {count[name]:>2} files" if name not in made.files else f"  {name}" for name in count]
    return "\n".join([*lines, "", f"Next: cd {shlex.quote(where)}", *_NEXT])


_NEXT = (
    "      kzlod check --corpus documents    nothing is wrong yet",
    "      kzlod query conflicts             where its two documents differ",
    "      kzlod build                       a release of it, in dist/",
)
