"""What a check has to say: findings, each with a place, and the list of their kinds.

A finding is data, not an exception: a check collects them and carries on, so that one run shows all of them.
What keeps a check from running at all is an error (`kzlod.errors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where it is, and what to do about it.

    `file` is a path as a user would type it, relative to the project where there is one; `row` is the line of
    the file as an editor counts (from 1; a row whose cells hold line breaks has the line that it starts on);
    `column` is the column's name; `code` is stable and names the kind of finding.

    >>> print(Finding("data/observations.csv", 14, "value", "table.datatype", "'3o' is not a decimal"))
    data/observations.csv:14: value: '3o' is not a decimal
    >>> print(Finding("data/x.csv", 3, "id", "table.required", "is empty", remedy="give each row a key"))
    data/x.csv:3: id: is empty; give each row a key
    """

    file: str
    row: int | None
    column: str | None
    code: str
    message: str
    remedy: str = ""
    severity: Severity = "error"
    subject: str = ""
    """The IRI that the finding is about, where it is about a resource."""

    @property
    def place(self) -> str:
        """The file, row and column, as a prefix of the message."""
        row = f":{self.row}" if self.row is not None else ""
        column = f" {self.column}:" if self.column else ""
        return f"{self.file}{row}:{column}"

    def __lt__(self, other: Finding) -> bool:
        """Findings are in the order of their places; what is about a whole row stands before its columns."""
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, str, str, str, str, str, str]:
        place = self.file, self.row or 0, self.column or ""
        return *place, self.code, self.message, self.remedy, self.severity, self.subject

    def __str__(self) -> str:
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.place} {self.message}{remedy}"
