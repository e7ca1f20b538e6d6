"""A report as a page that stands alone: the groups with their counts and first results."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from kzlod.htmlhead import head
from kzlod.shacl.forms.names import Names
from kzlod.shacl.forms.text import summary
from kzlod.shacl.report import Group, Report, Result

_STYLE = (
    "body { margin: 1em auto; max-width: 75em; padding: 0 1em; }",
    "h2 { font-size: 1.1em; margin: 1.5em 0 .3em; }",
    "div { overflow-x: auto; }",
    "caption { text-align: left; padding: .3em 0; }",
    "td { overflow-wrap: anywhere; }",
)
_LONGEST = 2_000
"""How long an address may be to be a link."""
_COLUMNS = ("Focus node", "Path", "Value", "Message", "Place")


def as_html(report: Report) -> Iterator[str]:
    """The page, everything escaped, with nothing to fetch and nothing to run."""
    names = Names(report.prefixes)
    said = summary(report)
    yield head(f"Validation: {said}", *_STYLE)
    yield f"<main>\n<h1>Validation</h1>\n<p><strong>{escape(said)}</strong></p>\n"
    for warning in report.warnings:
        yield f"<p>Warning: {escape(warning)}</p>\n"
    for number, group in enumerate(report.groups):
        yield from _group(names, group, number)
    yield "</main>\n</body>\n</html>\n"


def _group(names: Names, group: Group, number: int) -> Iterator[str]:
    title = f"{names.shape(group)}, {names.component(group.component)}"
    yield f'<section aria-labelledby="g{number}">\n<h2 id="g{number}">{escape(title)}</h2>\n'
    if group.message:
        yield f"<p>{escape(names.text(group.message))}</p>\n"
    shown = f", the first {len(group.examples):,}" if group.count > len(group.examples) else ""
    columns = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    yield f'<div tabindex="0" role="region" aria-labelledby="g{number}">\n<table>\n'
    yield f"<caption>{escape(group.level.capitalize())}: {group.count:,}{shown}</caption>\n"
    yield f"<thead><tr>{columns}</tr></thead>\n<tbody>\n"
    for result in group.examples:
        yield _row(names, result)
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def _row(names: Names, result: Result) -> str:
    cells = (
        _term(names, result.focus),
        escape(names.path(result.path)),
        _term(names, result.value),
        escape(names.text(result.message)),
        escape(result.place),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _term(names: Names, token: str) -> str:
    shown = escape(names.term(token)) if token else ""
    if token.startswith(("<http://", "<https://")) and len(token) < _LONGEST:
        return f'<a href="{escape(token[1:-1])}">{shown}</a>'
    return shown
