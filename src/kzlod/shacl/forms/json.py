"""A report as JSON: the groups with their counts, then the results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields

from kzlod.shacl.report import Group, Report, Result


def as_json(report: Report) -> Iterator[str]:
    """One object; terms are N-Quads tokens, and what is empty is left out; `message` is the text to show of `messages`.

    >>> print("".join(as_json(Report(True, ()))), end="")
    {"conforms": true, "counts": {"violation": 0, "warning": 0, "info": 0},
    "warnings": [],
    "groups": [],
    "results": []}
    """
    yield f'{{"conforms": {_text(report.conforms)}, "counts": {_text(report.counts)},\n'
    yield f'"warnings": {_text(report.warnings)},\n"groups": ['
    for number, group in enumerate(report.groups):
        yield f"{',' if number else ''}\n{_text(_said(group))}"
    yield '],\n"results": ['
    for number, result in enumerate(report.results):
        yield f"{',' if number else ''}\n{_text(_said(result))}"
    yield "]}\n"


def _said(one: Group | Result) -> dict[str, object]:
    names = (field.name for field in fields(one) if field.name != "examples")
    return {name: value for name in (*names, "message", "level") if (value := getattr(one, name, None))}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
