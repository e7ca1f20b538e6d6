"""Findings as lines of text that fit a screen, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from kzlod.findings import SEVERITIES, Finding

SCREEN = 40
"""How many findings are told one by one before they are grouped."""


def as_text(findings: Sequence[Finding], *, most: int = SCREEN) -> Iterator[str]:
    """A line for each finding; where there are more than `most`, the first ones of each kind, and how many there are.

    All of them are told one by one if `most` is 0.

    >>> many = [Finding("a.csv", row, None, "table.ragged", f"the row has {row} cells") for row in (2, 3, 4)]
    >>> print(*as_text(many, most=2), sep="\\n")
    table.ragged: 3 errors in a.csv
      a.csv:2: the row has 2 cells
      … and 2 more
    """
    if not most or len(findings) <= most:
        yield from map(line, findings)
        return
    kinds = counts(findings)
    shown = max(1, (most - 2 * len(kinds)) // len(kinds))
    for (severity, code), count in kinds:
        of_kind = [finding for finding in findings if (finding.severity, finding.code) == (severity, code)]
        files = list(dict.fromkeys(finding.file for finding in of_kind))
        more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
        yield f"{code}: {counted(count, severity)} in {files[0]}{more}"
        yield from (f"  {line(finding)}" for finding in of_kind[:shown])
        if count > shown:
            yield f"  … and {count - shown:,} more"


def line(finding: Finding) -> str:
    """A finding as a line; what is no error says so, and a line feed of a name or a value breaks no line."""
    text = str(finding) if finding.severity == "error" else f"{finding} [{finding.severity}]"
    return text.replace("\r", "\\r").replace("\n", "\\n")


def counts(findings: Iterable[Finding]) -> list[tuple[tuple[str, str], int]]:
    """How many findings there are of each severity and code, the worst first."""
    found = Counter((finding.severity, finding.code) for finding in findings)
    return sorted(found.items(), key=lambda item: (SEVERITIES.index(item[0][0]), -item[1], item[0][1]))


def counted(count: int, severity: str) -> str:
    """A number of findings in words.

    >>> counted(1, "error"), counted(2, "warning"), counted(1_000, "info")
    ('1 error', '2 warnings', '1,000 of information')
    """
    return f"{count:,} of information" if severity == "info" else f"{count:,} {severity}{'' if count == 1 else 's'}"


def summary(findings: Iterable[Finding]) -> str:
    """What was found in all, in words."""
    found = Counter(finding.severity for finding in findings)
    return ", ".join(counted(found[severity], severity) for severity in SEVERITIES if found[severity])
