"""A report as JSON: the groups with their counts, then the results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields

from kzlod.shacl.report import Group, Report, Result

_NAMES = tuple(field.name for field in fields(Result))


def as_json(report: Report) -> Iterator[str]:
    """One object; terms are N-Quads tokens, and what is empty is left out.

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
        yield f"{',' if number else ''}\n{_text({name: text for name in _NAMES if (text := getattr(result, name))})}"
    yield "]}\n"


def _said(group: Group) -> dict[str, object]:
    said = {name: value for name, value in asdict(group).items() if value and name != "examples"}
    return {**said, "level": group.level}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
