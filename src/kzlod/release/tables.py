"""The tables of a release: as they are, with their CSVW metadata, and typed as Parquet."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from kzlod import csvw
from kzlod.dataset import TABLES, Dataset
from kzlod.errors import ReleaseError
from kzlod.quads.sqltext import text

_TYPES = {
    "integer": "BIGINT",
    "decimal": "DECIMAL(38, 10)",
    "double": "DOUBLE",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "dateTime": "TIMESTAMP",
}


def write_tables(dataset: Dataset, folder: Path) -> None:
    """Write `tables/<name>.csv` and `tables/<name>.parquet` for each table, and their metadata `tables/csvw.json`.

    The CSV files and the metadata are those of the project, byte for byte. In Parquet a column has the type that its
    CSVW datatype says, a cell with a separator is a list, and an empty cell is null.
    """
    project = dataset.project
    metadata = project.root / TABLES
    if not metadata.is_file():
        return
    target = folder / "tables"
    target.mkdir()
    shutil.copyfile(metadata, target / metadata.name)
    for table in csvw.load(metadata).tables:
        source = Path(table.path)
        path = target / source.relative_to(metadata.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        _parquet(dataset, table, source, path.with_suffix(".parquet"))


def _parquet(dataset: Dataset, table: csvw.Table, source: Path, target: Path) -> None:
    columns = [column for column in table.columns if not column.virtual]
    names = json.dumps({column.name: "VARCHAR" for column in columns})
    dialect = table.dialect
    read = (
        f"read_csv({text(str(source))}, header = false, skip = {dialect.header_rows}, auto_detect = false,"
        f" columns = {names}, delim = {text(dialect.delimiter)}, quote = {text(dialect.quote or '')},"
        f" escape = {text(dialect.quote or '')}, nullstr = '', strict_mode = false)"
    )
    cells = ", ".join(_cell(column) for column in columns)
    try:
        dataset.table.cursor().execute(f"COPY (SELECT {cells} FROM {read}) TO {text(str(target))} (FORMAT parquet)")
    except duckdb.Error as error:
        raise ReleaseError(f"cannot be written: {str(error).splitlines()[0]}", where=str(target)) from error


def _cell(column: csvw.Column) -> str:
    name = f'"{column.name}"'
    type_ = _TYPES.get(column.datatype.base, "VARCHAR")
    if column.separator:
        return f"string_split({name}, {text(column.separator)})::{type_}[] AS {name}"
    return f"{name}::{type_} AS {name}"
