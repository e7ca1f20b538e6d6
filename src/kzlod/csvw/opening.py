"""The start of a table's file: what stands before its rows of data is read and checked, and the plan made."""

from __future__ import annotations

from codecs import BOM_UTF8
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from kzlod.csvw.chunks import Chunks
from kzlod.csvw.model import Dialect
from kzlod.csvw.notation import Notation
from kzlod.csvw.plan import Plan
from kzlod.csvw.rows import Run, Statement
from kzlod.csvw.sqlvalues import NotCompilableError
from kzlod.csvw.tables import Row, read
from kzlod.findings import Finding

_HEAD = 1 << 20
_MOST_COLUMNS = 500
"""A query of more columns takes more memory and time than going row by row."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The start of a file."""

    head: bytes
    """What was read of the file."""
    plan: Plan
    first: Row | None
    """The first row of data."""
    text: bytes
    """The statements of what stands before it."""
    problems: tuple[tuple[int, str, str, str], ...]
    findings: tuple[Finding, ...]

    @property
    def offset(self) -> int:
        """Where the first row of data starts: after a byte order mark, if nothing else is before it."""
        start = 0
        for _ in range(self.first.line - 1 if self.first else 0):
            start = self.head.index(b"\n", start) + 1
        if start == 0:
            while start < 2 * len(BOM_UTF8) and self.head.startswith(BOM_UTF8, start):
                start += len(BOM_UTF8)
        return start

    def tell(self, run: Run) -> bool:
        """Report what is wrong before the first row of data; whether that is the encoding, which is said once."""
        told = False
        for problem in self.problems:
            if self.first is None or problem[0] < self.first.line:
                run.problem(*problem)
                told |= problem[1] == "table.encoding"
        for finding in self.findings:
            run.report(finding)
        return told and self.first is not None


def open_table(run: Run, stream: BinaryIO, dialect: Dialect, notation: Notation, *, least: int = 0) -> Opening:
    """Read the start of a table's file, with nothing said yet.

    Raises `NotCompilableError` for what the row executor does better or alone, and for a file of fewer than `least`
    bytes.
    """
    Chunks(dialect, 1, size=_HEAD)
    head = b""
    while len(head) < _HEAD and (piece := stream.read(_HEAD - len(head))):
        head += piece
    ended = len(head) < _HEAD
    if len(head) < least:
        raise NotCompilableError("so small a file")
    there, said = copy(run), list[Finding]()
    there.report = said.append
    problems: list[tuple[int, str, str, str]] = []
    rows = read(
        BytesIO(head if ended else head[: head.rfind(b"\n") + 1]), dialect, lambda *problem: problems.append(problem)
    )
    statements = list[Statement]()
    steps = there.opening(rows, dialect)
    while True:
        try:
            statements.append(next(steps))
        except StopIteration as stop:
            plan, first = stop.value
            break
    if first is None and (not ended or any(code == "table.size" for _, code, _, _ in problems)):
        raise NotCompilableError("so large a header")
    if len(plan.columns) > _MOST_COLUMNS:
        raise NotCompilableError(f"more than {_MOST_COLUMNS} columns")
    run.aligned = there.aligned
    return Opening(head, plan, first, "".join(notation.written(statements)).encode(), tuple(problems), tuple(said))
