"""`kzlod describe`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kzlod.csvw import conversion, web
from kzlod.csvw.draft import draft
from kzlod.errors import FindingsError


@click.command("describe")
@click.argument("table")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Where to. Default: print it."
)
def command(table: str, out: Path | None) -> None:
    """Draft the metadata of TABLE (.csv, .tsv, .csv.gz, .csv.zst, .parquet; a path or a web address).

    All rows are read: each column gets the datatype that all its cells have, its null markers, whether it is required;
    the table gets a key, looked for among its first 200 columns, and comments say which columns may be dimensions or
    measures of a data cube. The draft converts as it is, as `kzlod convert` finds it beside the table; edit it, above
    all aboutUrl, propertyUrl and valueUrl.

    \b
    Examples:
      kzlod describe towns.csv --out towns.csv-metadata.json
      kzlod describe trade.csv.gz | less
    """
    try:
        made = json.dumps(draft(table, beside=out, fetch=web.fetch), ensure_ascii=False, indent=2) + "\n"
    except FindingsError as error:
        for finding in error.findings:
            click.echo(conversion.told(finding), err=True)
        raise SystemExit(1) from None
    if out is None:
        click.echo(made, nl=False)
    else:
        with conversion.written(out) as stream:
            stream.write(made.encode())
        click.echo(
            f"{out}: edit it, then: kzlod convert {table}"
            + ("" if out.name == f"{Path(table).name}-metadata.json" else f" --metadata {out}")
        )
