"""The options with which `query` and `sparql` show an answer."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kzlod.errors import QueryError
from kzlod.query import FORMATS, READABLE, Answer, CannedQuery, Graph, labelled, render
from kzlod.query.forms import default
from kzlod.query.labels import Ask, language_tag
from kzlod.query.results import first


@dataclass(frozen=True, slots=True)
class Results:
    """How a person wants an answer to be shown."""

    form: str | None
    limit: int | None
    language: str | None
    labels: bool
    pager: bool

    def show(self, answer: Answer, ask: Ask) -> None:
        """Print an answer; `ask` finds the labels, where the answer came from."""
        more = 0
        if self.limit is not None:
            answer, more = first(answer, self.limit)
        form = self.form or default(answer)
        if self.labels and form in READABLE:
            answer = labelled(answer.table() if isinstance(answer, Graph) else answer, ask, self.language)
        self._print(render(answer, form))
        if more:
            click.echo(f"kzlod: {more:,} more, beyond --limit {self.limit}", err=True)

    def draw(self, query: CannedQuery, answer: Answer, ask: Ask, path: Path, *, dataset: str) -> None:
        """Draw the answer of a query into a file."""
        from kzlod.plot import draw

        if isinstance(answer, Graph):
            raise QueryError("gives triples, which nothing is drawn from", remedy="write a SELECT")
        draw(query, labelled(answer, ask, self.language) if self.labels else answer, path, dataset=dataset)
        click.echo(f"{path}: drawn from {len(answer):,} row{'' if len(answer) == 1 else 's'}")

    def _print(self, text: str) -> None:
        if not (self.pager and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines):
            click.echo(text, nl=False)
            return
        # Rows are wider than terminals: less, told nothing else, leaves long lines whole.
        os.environ.setdefault("LESS", "-RS")
        click.echo_via_pager(text)


def _tag(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return None if value is None else language_tag(value)


_OPTIONS = (
    click.option(
        "--format",
        "-f",
        "form",
        type=click.Choice(FORMATS),
        help="How the answer is printed. Default: table for rows, turtle for triples.",
    ),
    click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Show the first N rows or triples."),
    click.option(
        "--lang",
        "language",
        metavar="TAG",
        callback=_tag,
        help="The language of labels in table, markdown and html, such as ru; where a thing has none in it: English,"
        " then the others by their tags, then none. Default: en.",
    ),
    click.option(
        "--labels/--iris", default=True, help="Show the labels of things, or their IRIs. Default: the labels."
    ),
    click.option("--pager/--no-pager", default=True, help="Page what is longer than the terminal, with $PAGER."),
)


def results_options(function: Callable[..., None]) -> Callable[..., None]:
    """`--format`, `--limit`, `--lang`, `--labels` and `--pager`, given to the command as `results`."""

    @wraps(function)
    def with_results(
        *arguments: Any,
        form: str | None,
        limit: int | None,
        language: str | None,
        labels: bool,
        pager: bool,
        **rest: Any,
    ) -> None:
        function(*arguments, results=Results(form, limit, language, labels, pager), **rest)

    decorated: Callable[..., None] = with_results
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
