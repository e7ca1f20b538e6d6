"""A report for a terminal: a line a group with its count and first results, so that a million are one screen."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.shacl.forms.names import Names
from kzlod.shacl.report import Group, Report, Result

_GROUPS = 50
"""How many groups are shown."""


def as_text(report: Report) -> Iterator[str]:
    """The groups with their first results, then a summary as the last line.

    >>> p, c, s, shape = "<http://e/p>", "<http://e/C>", "<http://e/s>", "<http://e/S>"
    >>> result = Result("<http://e/a>", p, '"1"', c, s, shape, ('"is odd"',))
    >>> group = Group(shape, shape, p, c, s, ('"is odd"',), 2, (result,))
    >>> print("".join(as_text(Report(False, (result,), groups=(group,), prefixes={"": "http://e/"}))), end="")
    2 violations: :S :p, :C: is odd
        :a  "1"
        … and 1 more
    <BLANKLINE>
    does not conform: 2 violations
    """
    names = Names(report.prefixes)
    for group in report.groups[:_GROUPS]:
        yield from _group(names, group)
    if len(report.groups) > _GROUPS:
        yield f"… and {len(report.groups) - _GROUPS:,} more shapes and components\n\n"
    yield f"{summary(report)}\n"


def summary(report: Report) -> str:
    """Whether the data conforms, and how many results of each level there are."""
    counted = ", ".join(_counted(count, level) for level, count in report.counts.items() if count)
    return f"does not conform: {counted}" if counted else "conforms: no results"


def _counted(count: int, level: str) -> str:
    return f"{count:,} {level}{'' if count == 1 or level == 'info' else 's'}"


def _group(names: Names, group: Group) -> Iterator[str]:
    message = f": {names.text(group.message)}" if group.message else ""
    kind = names.component(group.component)
    yield f"{_counted(group.count, group.level)}: {names.shape(group)}, {kind}{message}\n"
    for result in group.examples:
        yield f"    {_result(names, group, result)}\n"
    if group.count > len(group.examples):
        yield f"    … and {group.count - len(group.examples):,} more\n"
    yield "\n"


def _result(names: Names, group: Group, result: Result) -> str:
    parts = [names.term(result.focus)]
    if result.path != group.path:
        parts.append(names.path(result.path))
    if result.value and result.value != result.focus:
        parts.append(names.term(result.value))
    if result.message != group.message:
        parts.append(names.text(result.message))
    if result.place:
        parts.append(f"({result.place})")
    return "  ".join(parts)
