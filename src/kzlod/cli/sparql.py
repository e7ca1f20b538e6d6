"""`kzlod sparql`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from kzlod.cli.asking import Where, ask, where_options
from kzlod.cli.options import project_option
from kzlod.cli.results import Results, results_options
from kzlod.errors import QueryError
from kzlod.project import Project


@click.command("sparql")
@click.argument("query")
@project_option
@where_options
@results_options
def command(query: str, project: Project, where: Where, results: Results) -> None:
    """Ask a question in SPARQL: the text itself, a file's name, or - for standard input.

    The prefixes of the dataset need no declaration. Queries run over the union of the dataset's graphs, or over those
    that FROM and FROM NAMED name.

    \b
    Examples:
      kzlod sparql 'SELECT * { ?facility kzo:locatedIn ?place } LIMIT 5'
      kzlod sparql question.rq --format csv
      kzlod sparql 'SELECT * { ?s ?p ?o } LIMIT 5' --data things.ttl.gz
      kzlod sparql 'DESCRIBE ?place { ?facility kzo:locatedIn ?place }' --format jsonld
    """
    text = _text(query)
    with ask(project, where) as asked:
        results.show(asked(text), asked)


def _text(query: str) -> str:
    if any(char in query for char in "{\n") or re.match(r"\s*DESCRIBE\s", query, re.IGNORECASE):
        return query
    try:
        content = sys.stdin.buffer.read() if query == "-" else Path(query).read_bytes()
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"is not UTF-8 at byte {error.start}", where=query, remedy="save it as UTF-8") from error
    except OSError as error:
        remedy = "give SPARQL, a file of it, or - for standard input"
        raise QueryError("is neither SPARQL nor a file that can be read", where=repr(query), remedy=remedy) from error
