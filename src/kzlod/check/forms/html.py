"""Findings as a page of HTML that stands alone, by kind, with nothing to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from kzlod.check.forms.text import counted, counts, summary
from kzlod.findings import Finding, FindingKind
from kzlod.htmlhead import head

_STYLE = (
    "body { max-width: 75em; margin: auto; padding: 1em; }",
    "section { overflow-x: auto; }",
    "table { width: 100%; }",
    "td { overflow-wrap: anywhere; }",
)


def as_html(findings: Sequence[Finding], kinds: Sequence[FindingKind]) -> str:
    """A whole page: a section for each kind, with what it means and how it is mended, and a table of its findings."""
    known = {kind.code: kind for kind in kinds}
    sections = [
        _section(
            [finding for finding in findings if (finding.severity, finding.code) == (severity, code)],
            counted(count, severity),
            known.get(code),
        )
        for (severity, code), count in counts(findings)
    ]
    title = f"Findings: {summary(findings) or 'none'}"
    body = f"<main>\n<h1>{escape(title)}</h1>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    return head(title, *_STYLE) + body


def _section(findings: Sequence[Finding], count: str, kind: FindingKind | None) -> str:
    code = escape(findings[0].code)
    about = f"<p>{escape(kind.meaning)} {escape(kind.remedy)}</p>\n" if kind else ""
    names = "".join(f'<th scope="col">{name}</th>' for name in ("File", "Row", "Column", "Finding", "What to do"))
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in _cells(finding)) + "</tr>\n"
        for finding in findings
    )
    return (
        f'<section tabindex="0" aria-label="{code}">\n<h2 id="{code}">{code}: {count}</h2>\n{about}'
        f"<table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _cells(finding: Finding) -> tuple[object, ...]:
    row = "" if finding.row is None else finding.row
    return finding.file, row, finding.column or "", finding.message, finding.remedy
