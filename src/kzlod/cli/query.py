"""`kzlod query`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from kzlod.cli.asking import Where, ask, where_options
from kzlod.cli.options import project_option
from kzlod.cli.results import Results, results_options
from kzlod.errors import QueryError
from kzlod.project import Project
from kzlod.query import CannedQuery, catalog, find


def _complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    project = ctx.params.get("project") or Project.reference()
    return [CompletionItem(q.name, help=q.summary) for q in catalog(project) if q.name.startswith(incomplete)]


@click.command("query")
@click.argument("name", required=False, shell_complete=_complete)
@project_option
@click.option(
    "--param", "-p", "params", metavar="NAME=VALUE", multiple=True, help="A parameter's value; may be repeated."
)
@click.option(
    "--plot",
    "picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw the answer, as the query's header says, into FILE: .svg, .png or .html.",
)
@where_options
@results_options
def command(
    name: str | None,
    project: Project,
    params: tuple[str, ...],
    picture: Path | None,
    where: Where,
    results: Results,
) -> None:
    """Ask a canned query; without NAME, list them all with their parameters.

    \b
    Examples:
      kzlod query
      kzlod query trade-by-year
      kzlod query trade-by-year --param year=2024 --format csv
      kzlod query trade-by-year --lang ru --plot trade.svg
      kzlod query trade-by-year --endpoint http://127.0.0.1:7878/query
    """
    if name is None:
        click.echo(_listed(catalog(project), as_json=results.form == "json"), nl=False)
        return
    query = find(project, name)
    if picture:
        from kzlod.plot import check

        check(query, picture)
    values: dict[str, str] = {}
    for param, value in map(_split, params):
        if values.setdefault(param, value) != value:
            raise QueryError(f"--param {param} is given twice", remedy="give it once")
    sparql = query.fill(values)
    with ask(project, where) as asked:
        if picture:
            dataset = where.endpoint or str(where.data or project.titled(results.language or "en"))
            results.draw(query, asked(sparql), asked, picture, dataset=dataset)
        else:
            results.show(asked(sparql), asked)


def _split(param: str) -> tuple[str, str]:
    name, sign, value = param.partition("=")
    if not sign:
        raise QueryError(f"--param {param!r} has no value", remedy="write --param NAME=VALUE")
    return name, value


def _listed(queries: list[CannedQuery], *, as_json: bool) -> str:
    if as_json:
        listed = [
            {
                "name": query.name,
                "summary": query.summary,
                "description": query.description,
                **asdict(query),
                "parameters": [{**asdict(one), "description": one.description} for one in query.parameters.values()],
            }
            for query in queries
        ]
        return json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
    width = max((len(query.name) for query in queries), default=0)
    lines = []
    for query in queries:
        lines.append(f"{query.name:{width}}  {query.summary}")
        for parameter in query.parameters.values():
            choice = f", one of {' '.join(parameter.allowed)}" if parameter.allowed else ""
            default = f", default {parameter.default}" if parameter.default is not None else ""
            shown = f"{parameter.type}{choice}{default}"
            lines.append(f"{'':{width}}    --param {parameter.name}=…  {parameter.description} ({shown})")
    return "\n".join([*lines, ""])
