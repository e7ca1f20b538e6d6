"""`kzlod sparql`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kzlod.cli.options import project_option
from kzlod.dataset import Dataset
from kzlod.errors import QueryError
from kzlod.project import Project
from kzlod.query import FORMATS, Engine


@click.command("sparql")
@click.argument("query")
@project_option
@click.option("--format", "-f", "format_", type=click.Choice(list(FORMATS)), default="table", show_default=True)
def command(query: str, project: Project, format_: str) -> None:
    """Ask a question in SPARQL: the text itself, a file's name, or - for standard input.

    The prefixes of the dataset need no declaration. Queries run over the union of the dataset's graphs.

    \b
    Examples:
      kzlod sparql 'SELECT * { ?facility kzo:locatedIn ?place } LIMIT 5'
      kzlod sparql question.rq --format csv
    """
    engine = Engine(Dataset.open(project).sound().table, project.prefixes)
    click.echo(FORMATS[format_](engine.select(_text(query))), nl=False)


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if any(char in query for char in "{\n"):
        return query
    path = Path(query)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "give SPARQL, a file of it, or - for standard input"
        raise QueryError("is neither SPARQL nor a file that can be read", where=query, remedy=remedy) from error
