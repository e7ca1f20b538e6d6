"""`kzlod convert`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import click

from kzlod.csvw import conversion, web
from kzlod.errors import FindingsError
from kzlod.findings import Finding
from kzlod.formats import FORMATS


@click.command("convert")
@click.argument("source")
@click.option("--metadata", metavar="FILE", help="What describes the table; else it is looked for as CSVW says.")
@click.option(
    "--mode",
    type=click.Choice(["standard", "minimal"]),
    default="standard",
    show_default=True,
    help="Describe tables and rows too, or give what the cells say alone.",
)
@click.option(
    "--out", metavar="FILE|DIR", help="Where to; .gz and .zst are compressed. Default: N-Triples on standard output."
)
@click.option(
    "--format", "-f", "format_", type=click.Choice([each.name for each in FORMATS]), help="Default: by --out."
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "duckdb", "rows", "spark"]),
    default="auto",
    show_default=True,
    help="What converts: SQL in DuckDB, row by row, or the faster of them for each table; or SQL on Apache Spark.",
)
@click.option(
    "--provenance", is_flag=True, help="Say also of which files, when and by what the triples were made (PROV-O)."
)
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="Where Spark runs.")
def command(
    source: str,
    metadata: str | None,
    mode: str,
    out: str | None,
    format_: str | None,
    engine: str,
    provenance: bool,
    master: str,
) -> None:
    """Convert tables to RDF by CSV on the Web: SOURCE is a table or a metadata document, a path or a web address.

    A table is .csv, .tsv, .csv.gz, .csv.zst or .parquet. Every cell is checked on the way: where something is wrong, it
    is said with its row, column and rule, nothing is written, and the exit status is 1.

    \b
    Examples:
      kzlod convert trade.csv --out trade.nt.zst
      kzlod convert trade-metadata.json --mode minimal --out trade.ttl
      kzlod convert https://example.org/trade.csv --metadata trade.json | head
      kzlod convert trade.csv --engine spark --master spark://host:7077 --out trade

    Spark makes a new folder of N-Triples, whose files one after the other are what DuckDB writes. The table and the
    folder must be where all its workers see them, and kzlod be installed there.
    """
    if provenance and mode == "minimal":
        raise click.UsageError("--provenance goes with --mode standard: what minimal mode gives has no place for it")
    try:
        with _bar(source, engine) as progress:
            conversion.convert(
                source,
                out,
                metadata=metadata,
                mode="minimal" if mode == "minimal" else "standard",
                format=format_,
                engine=cast(conversion.Engine, engine),
                provenance=provenance,
                master=master,
                fetch=web.fetch,
                progress=progress,
                report=_warn,
            )
    except FindingsError as error:
        for finding in error.findings:
            click.echo(conversion.told(finding), err=True)
        raise SystemExit(1) from None


def _warn(finding: Finding) -> None:
    click.echo(f"warning: {conversion.told(finding)}", err=True)


@contextmanager
def _bar(source: str, engine: str) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal's standard error for a local table, whose size is known; nothing elsewhere.

    Spark draws its own.
    """
    path = Path(source)
    if engine == "spark":
        yield (lambda size: None) if sys.stderr.isatty() else None
        return
    if not sys.stderr.isatty() or sys.stdout.isatty() or not path.is_file():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    plain = path.suffix not in (".gz", ".zst", ".parquet", ".json")
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(f"Converting {path.name}", total=path.stat().st_size if plain else None)
        yield lambda size: bars.advance(task, size)
