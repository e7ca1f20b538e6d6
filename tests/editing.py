"""Breaking a dataset on purpose: a cell, a row, a text of one of its files."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parent.parent


def copy_reference(folder: Path) -> Path:
    """A copy of the reference dataset in a folder that is not there yet."""
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "kzlod.toml", folder)
    return folder


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    path.write_bytes(text.getvalue().encode())


def put(project: Path, table: str, key: str, **cells: str) -> None:
    """Write over cells of the row whose first cell is `key`."""
    header, rows = _read(project / table)
    [row] = [row for row in rows if row[0] == key]
    for column, value in cells.items():
        row[header.index(column)] = value
    _write(project / table, header, rows)


def repeat(project: Path, table: str, key: str, **cells: str) -> None:
    """Append the row whose first cell is `key` once more, with other cells."""
    header, rows = _read(project / table)
    row = list(next(row for row in rows if row[0] == key))
    for column, value in cells.items():
        row[header.index(column)] = value
    _write(project / table, header, [*rows, row])


def drop_column(project: Path, table: str, column: str) -> None:
    """Take a column out."""
    header, rows = _read(project / table)
    at = header.index(column)
    _write(project / table, header[:at] + header[at + 1 :], [row[:at] + row[at + 1 :] for row in rows])


def lines(project: Path, table: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the line that each starts on, as an editor counts."""
    with (project / table).open(encoding="utf-8", newline="") as file:
        reader, start = csv.reader(file), 1
        for row in reader:
            yield start, row
            start = reader.line_num + 1


def line_of(project: Path, table: str, key: str) -> int:
    """The line that the last row with this first cell starts on."""
    return max(line for line, row in lines(project, table) if row[0] == key)


def replace(project: Path, file: str, old: str, new: str | bytes) -> None:
    """Write over a text that a file holds, where it stands first."""
    content = (project / file).read_bytes()
    assert old.encode() in content, f"{file} does not hold {old!r}"
    (project / file).write_bytes(content.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))


def append(project: Path, file: str, text: str) -> None:
    """Add a text at the end of a file, which is made where it is not there."""
    with (project / file).open("a", encoding="utf-8") as stream:
        stream.write(text)
