"""Findings as workflow commands of GitHub Actions, which shows each at the line of the file that it is about."""

from __future__ import annotations

from collections.abc import Sequence

from kzlod.findings import Finding, FindingKind

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def as_github(findings: Sequence[Finding], _: Sequence[FindingKind]) -> str:
    """A command a finding ("Workflow commands for GitHub Actions", Setting an error message).

    >>> print(as_github([Finding("data/a.csv", 2, "id", "table.required", "100% empty", "fill it in")], ()))
    ::error file=data/a.csv,line=2,title=table.required::id: 100%25 empty; fill it in
    """
    return "\n".join(map(_command, findings))


def _command(finding: Finding) -> str:
    properties = {"file": finding.file, "line": finding.row, "title": finding.code}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    column = f"{finding.column}: " if finding.column else ""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(f'{column}{finding.message}{remedy}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
