"""`kzlod info`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import click

from kzlod.cli.options import project_option
from kzlod.dataset import Dataset
from kzlod.info import Info, info
from kzlod.project import Project


@click.command("info")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(project: Project, as_json: bool) -> None:
    """Say what is in the dataset: counts by class and by source, and how many labels each language has.

    \b
    Examples:
      kzlod info
      kzlod info --json
    """
    with Dataset.open(project) as dataset:
        counted = info(dataset.sound())
    click.echo(json.dumps(asdict(counted), ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(counted)))


def _lines(counted: Info) -> Iterable[str]:
    yield f"{counted.title} ({counted.id} {counted.version})"
    yield f"{counted.iri}"
    yield f"{counted.triples:,} triples"
    yield ""
    yield "Nodes by class"
    for name, count in counted.classes.items():
        yield f"  {count:>6,}  {name}"
    if counted.sources:
        yield ""
        yield "Sources: paragraphs that facts cite, that are omitted for a reason, all; facts"
        for source in counted.sources:
            coverage = f"{source.cited:>4} + {source.omitted} of {source.passages}"
            yield f"  {source.id}  {coverage:<14} {source.facts:>5,}  {source.title}"
    yield ""
    yield f"Labels: {counted.labelled:,} nodes"
    for language, count in counted.labels.items():
        yield f"  {language}  {count:>6,}  {count / max(counted.labelled, 1):.0%}"
