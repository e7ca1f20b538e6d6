"""`kzlod evidence`."""

from __future__ import annotations

from pathlib import Path

import click

from kzlod.cli.options import project_option
from kzlod.evidence import lock
from kzlod.project import Project


@click.group("evidence")
def command() -> None:
    """Make passages and mentions from the documents."""


@command.command("lock")
@project_option
@click.option(
    "--corpus",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the documents.",
)
def lock_command(project: Project, corpus: Path) -> None:
    """Make data/passages.csv and data/mentions.csv from the documents, and show what moved.

    Passages are all paragraphs of the documents that data/sources.csv lists; mentions are where the figures of
    data/observations.csv stand as they are written. Nothing is written if a figure is not where it should be.

    \b
    Example:
      kzlod evidence lock --corpus ../documents
    """
    locked = lock(project, corpus)
    for change in locked.changes:
        arrow = " -> ".join(part for part in (change.before, change.after) if part)
        click.echo(f"{change.what:8} {change.id}  {arrow}")
    click.echo(f"{locked.passages} passages, {locked.mentions} mentions, {len(locked.changes)} changes")
