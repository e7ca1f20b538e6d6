"""What a conversion finds wrong: errors are kept up to a limit, warnings handed on."""

from __future__ import annotations

from kzlod.csvw.keys import Report
from kzlod.errors import FindingsError
from kzlod.findings import Finding

_MOST = 1000


class Reported:
    """Called with each finding; `check` raises where one was an error.

    >>> told = Reported()
    >>> told(Finding("t.csv", 2, "size", "table.datatype", "'3o' is not a decimal"))
    >>> told.check()
    Traceback (most recent call last):
    kzlod.errors.FindingsError: t.csv:2: size: '3o' is not a decimal
    """

    def __init__(self, report: Report | None = None) -> None:
        self._report = report
        self._errors: list[Finding] = []
        self._count = 0

    def __call__(self, finding: Finding) -> None:
        if finding.severity == "error":
            self._count += 1
            if self._count <= _MOST:
                self._errors.append(finding)
        elif self._report is not None:
            self._report(finding)

    @property
    def failed(self) -> bool:
        """Whether there was an error."""
        return self._count > 0

    def check(self) -> None:
        """Raise `FindingsError` with the first thousand errors, if there are any."""
        if not self._errors:
            return
        more = self._count - len(self._errors)
        rest = Finding(
            self._errors[0].file, None, None, "table.more", f"there are {more:,} findings more", "mend these first"
        )
        raise FindingsError([*self._errors, rest] if more else self._errors)
