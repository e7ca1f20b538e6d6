"""Rows as text for people: a table for the terminal, a table of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from kzlod.query.results import Table


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _columns(table: Table) -> list[tuple[str, int, bool, list[str]]]:
    """Each column's name, width in terminal cells, whether it is numeric, and its texts."""
    cells = table.cells()
    columns = []
    for index, name in enumerate(table.variables):
        texts = [row[index] for row in cells]
        columns.append((name, max(map(_width, [name, *texts])), table.numeric(index), texts))
    return columns


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def as_table(table: Table) -> str:
    """Aligned columns under a rule, with the number of rows below."""
    columns = _columns(table)
    lines = ["  ".join(_pad(name, width, right=right) for name, width, right, _ in columns).rstrip()]
    lines.append("  ".join("─" * width for _, width, _, _ in columns))
    for index in range(len(table)):
        lines.append("  ".join(_pad(texts[index], width, right=right) for _, width, right, texts in columns).rstrip())
    count = len(table)
    return "\n".join([*lines, f"({count} row{'' if count == 1 else 's'})", ""])


def as_markdown(table: Table) -> str:
    """A table of GitHub-flavoured Markdown."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells) + " |"

    rule = "|" + "|".join(" --: " if table.numeric(i) else " --- " for i in range(len(table.variables))) + "|"
    return "\n".join([line(table.variables), rule, *(line(row) for row in table.cells()), ""])
