"""What a check has to say: findings, each with a place, and what is said of a kind of them.

A finding is data, not an exception: a check collects them and carries on, so that one run shows all of them.
What keeps a check from running at all is an error (`kzlod.errors`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first: an error keeps a release from being made, a warning does not, an information is no fault."""
MOST = 1000
"""How many findings of one kind are kept; the rest are counted."""


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


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A finding about a quad (tokens; `p` and `o` may be empty), before the row that says it has been looked up."""

    code: str
    message: str
    s: str
    p: str = ""
    o: str = ""
    remedy: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of findings: its stable code, what it means, how it is mended, and a real message as an example.

    `severity` is that of its findings; of a kind whose findings differ, such as what a project's own shapes find, the
    one that they have where nothing else is said.
    """

    code: str
    severity: Severity
    meaning: str
    remedy: str
    example: str

    @property
    def group(self) -> str:
        """The first part of the code: what is checked.

        >>> FindingKind("table.ragged", "error", "", "", "").group
        'table'
        """
        return self.code.partition(".")[0]


class _Coded(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


_Found = TypeVar("_Found", bound=_Coded)


class Limit:
    """Lets through so many findings of each kind, and counts the rest, so that a million are no burden.

    >>> limit = Limit(1)
    >>> twice = [Finding("a.csv", row, None, "table.ragged", "has 3 cells") for row in (2, 3)]
    >>> list(limit.first(twice)), [str(more) for more in limit.more()]  # doctest: +ELLIPSIS
    ([Finding(file='a.csv', row=2, ...)], ['a.csv: 1 more of table.ragged; mend the first ones, then check again'])
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._counts: Counter[tuple[str, Severity]] = Counter()
        self._files: dict[tuple[str, Severity], str] = {}

    def first(self, findings: Iterable[_Found]) -> Iterator[_Found]:
        """The findings up to the limit of each kind."""
        for finding in findings:
            kind = finding.code, finding.severity
            self._counts[kind] += 1
            if self._counts[kind] <= self._most:
                yield finding
            elif isinstance(finding, Finding):
                self._files.setdefault(kind, finding.file)

    def more(self, file: str = "") -> Iterator[Finding]:
        """What says how many were left out: of each kind, in the file that has the first of them."""
        for (code, severity), count in sorted(self._counts.items()):
            if (left := count - self._most) > 0:
                message, remedy = f"{left:,} more of {code}", "mend the first ones, then check again"
                where = self._files.get((code, severity), file)
                yield Finding(where, None, None, "check.more", message, remedy, severity)
