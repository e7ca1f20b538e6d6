"""`kzlod validate`."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from kzlod import shacl
from kzlod.cli.options import progress
from kzlod.shacl.report import LEVELS

_SHOWN = 3
"""How many results of a group people are shown."""


@click.command("validate")
@click.argument("data", nargs=-1, required=True, metavar="DATA...")
@click.option(
    "--shapes", "-s", multiple=True, required=True, metavar="FILE", help="Shapes; may be given more than once."
)
@click.option(
    "--ontology", multiple=True, metavar="FILE", help="Adds the subclass axioms that class targets and sh:class need."
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "duckdb", "pyshacl", "spark"]),
    default="auto",
    show_default=True,
    help="SQL in DuckDB and pySHACL for what does not compile, SQL alone, or pySHACL alone; or SQL on Apache Spark.",
)
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="Where Spark runs.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json", "turtle", "html"]),
    default="text",
    show_default=True,
    help="turtle is a W3C validation report.",
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Where to. Default: standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option(
    "--max-results",
    metavar="N",
    type=click.IntRange(min=0),
    help=f"List N results of each shape and component; all are counted. Default: {_SHOWN} in text and html, else all.",
)
def command(
    data: tuple[str, ...],
    shapes: tuple[str, ...],
    ontology: tuple[str, ...],
    engine: str,
    master: str,
    form: str,
    out: Path | None,
    fail_on: str,
    max_results: int | None,
) -> int:
    """Validate DATA against SHACL shapes: RDF files of any syntax, also .gz and .zst, or a release's folder.

    No project is needed. Results are grouped by shape and component, counted, and the first of them shown with file and
    line. Exit status: 0 conforms, 1 does not (see --fail-on), 2 could not run.

    \b
    Examples:
      kzlod validate cube.nt --shapes shapes.ttl
      kzlod validate a.ttl b.nq.zst --shapes s.ttl --ontology o.ttl --fail-on warning
      kzlod validate dist/towns/latest --shapes shapes.ttl --format turtle --out report.ttl
      kzlod validate cube/ --shapes shapes.ttl --engine spark --master spark://host:7077

    Spark reads N-Triples and N-Quads, also .gz, and Parquet with the columns s, p and o (canonical N-Quads tokens), in
    files or in folders of parts that all its workers see; kzlod must be installed there. It refuses paths with * or +,
    constraints in SPARQL, and what does not compile to SQL.
    """
    if max_results is None and form in ("text", "html"):
        max_results = _SHOWN
    with progress("Validating") as step:
        report = shacl.validate(
            data,
            shapes,
            ontology=ontology,
            engine=cast(shacl.Engine, engine),
            master=master,
            max_results=max_results,
            step=step,
        )
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    pieces = shacl.render(report, cast(shacl.Form, form))
    if out is None:
        for piece in pieces:
            click.echo(piece, nl=False)
    else:
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
    return 1 if report.fails(cast(shacl.Level, fail_on)) else 0
