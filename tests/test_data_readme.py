"""`data/README.md` is true: a source, a fact and an explanation are added as it says."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from click.testing import Result


def add(table: Path, **cells: str) -> None:
    """Add a row to a table, in the order of its keys."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    assert set(cells) <= set(columns)
    rows.append({column: cells.get(column, "") for column in columns})
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row[columns[0]]))


def test_adding_one_of_each(project: Path, corpus: Path, tmp_path: Path, kzlod: Callable[..., Result]) -> None:
    documents = shutil.copytree(corpus, tmp_path / "documents", copy_function=shutil.copyfile)
    documents.chmod(0o755)
    (documents / "005.txt").write_text("A note\n\nTrade of the two reached about $40 billion in 2023.\n", "utf-8")
    data = project / "data"
    source = {"title": "A note", "author": "unnamed-author-004", "published": "2024", "published_basis": "stated"}
    add(data / "sources.csv", id="005", **source, language="en", file="005.txt", sha256="0" * 64)
    locked = kzlod("evidence", "lock", "--project", project, "--corpus", documents)
    assert locked.exit_code == 0, locked.output
    assert "005-02" in locked.stdout
    left = kzlod("check", "--project", project, "--corpus", documents)
    assert left.exit_code == 1
    assert "the passage 005-01 is the evidence of nothing" in left.stdout
    assert "the passage 005-02 is the evidence of nothing" in left.stdout

    figure = {"indicator": "bilateral-trade", "about": "kazakhstan", "counterpart": "china", "period": "2023"}
    words = {"value": "40000000000", "unit": "CCY_USD", "bound": "about", "as_written": "about $40 billion"}
    kind = {"period_basis": "stated", "status": "actual", "mention": "005-02-1"}
    add(data / "observations.csv", id="bilateral-trade-2023-005", **figure, **words, **kind)
    add(data / "omissions.csv", passage="005-01", reason="heading")
    conflict = "conflict/bilateral-trade-kazakhstan-china-actual"
    explained = {"about": conflict, "summary": "The note rounds.", "by": "a curator"}
    add(data / "explanations.csv", id="note-rounds", **explained)
    assert kzlod("evidence", "lock", "--project", project, "--corpus", documents).exit_code == 0
    checked = kzlod("check", "--project", project, "--corpus", documents)
    assert checked.exit_code == 0, checked.output
    assert "about $40 billion" in kzlod("query", "conflicts", "--project", project).stdout
    assert "The note rounds." in kzlod("query", "explanations", "--project", project).stdout
