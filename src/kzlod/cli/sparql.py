"""`kzlod sparql`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kzlod.cli.options import cache_folder, project_option
from kzlod.errors import QueryError
from kzlod.project import Project
from kzlod.query import FORMATS, Engine
from kzlod.snapshot import quads


@click.command("sparql")
@click.argument("query")
@project_option
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="table",
    show_default=True,
    help="How the answer is printed.",
)
def command(query: str, project: Project, format_: str) -> None:
    """Ask a question in SPARQL: the text itself, a file's name, or - for standard input.

    The prefixes of the dataset need no declaration. Queries run over the union of the dataset's graphs.

    \b
    Examples:
      kzlod sparql 'SELECT * { ?facility kzo:locatedIn ?place } LIMIT 5'
      kzlod sparql question.rq --format csv
    """
    text = _text(query)
    engine = Engine(quads(project, cache=cache_folder()), project.prefixes)
    click.echo(FORMATS[format_](engine.select(text)), nl=False)


def _text(query: str) -> str:
    if any(char in query for char in "{\n"):
        return query
    try:
        content = sys.stdin.buffer.read() if query == "-" else Path(query).read_bytes()
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"is not UTF-8 at byte {error.start}", where=query, remedy="save it as UTF-8") from error
    except OSError as error:
        remedy = "give SPARQL, a file of it, or - for standard input"
        raise QueryError("is neither SPARQL nor a file that can be read", where=repr(query), remedy=remedy) from error
