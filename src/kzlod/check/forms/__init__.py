"""The forms of findings: as text, JSON and HTML for people and programs, as annotations for sites that host code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace

from kzlod.check.forms.github import as_github
from kzlod.check.forms.html import as_html
from kzlod.check.forms.sarif import as_sarif
from kzlod.check.forms.text import as_text
from kzlod.findings import Finding, FindingKind

__all__ = ["FORMS", "as_github", "as_html", "as_json", "as_sarif", "as_text", "below"]

Form = Callable[[Sequence[Finding], Sequence[FindingKind]], str]


def as_json(findings: Sequence[Finding], _: Sequence[FindingKind]) -> str:
    """The findings as a JSON list."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


FORMS: dict[str, Form] = {"json": as_json, "html": as_html, "github": as_github, "sarif": as_sarif}
"""The forms besides text, by name."""


def below(findings: Iterable[Finding], folder: str) -> list[Finding]:
    """The findings with their files named from another folder, the one that holds the project's.

    >>> below([Finding("data/a.csv", 2, "id", "table.required", "it is empty")], "towns")[0].file
    'towns/data/a.csv'
    """
    return [replace(finding, file=f"{folder}/{finding.file}" if folder else finding.file) for finding in findings]
