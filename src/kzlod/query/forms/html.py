"""Rows as HTML: a page that stands alone, and the table in it, which notebooks show."""

from __future__ import annotations

from html import escape

import pyoxigraph as ox

from kzlod.htmlhead import head
from kzlod.query.results import Node, Table

_STYLE = ("main { overflow-x: auto; }", "caption { text-align: left; padding: .5em 0; }")


def as_html(table: Table) -> str:
    """A whole page of HTML, with nothing to fetch."""
    body = f'<main tabindex="0" aria-label="Answer">\n{html_table(table)}</main>\n</body>\n</html>\n'
    return head(f"Answer: {_count(table)}", *_STYLE) + body


def html_table(table: Table) -> str:
    """The `<table>` alone, everything escaped; an IRI of the web is a link, a text says its language.

    >>> print(html_table(Table(("a",), ((ox.Literal("<b>", language="de"),),), {})), end="")
    <table>
    <caption>1 row</caption>
    <thead><tr><th scope="col">a</th></tr></thead>
    <tbody>
    <tr><td lang="de">&lt;b&gt;</td></tr>
    </tbody>
    </table>
    """
    right = [' style="text-align: right"' if table.numeric(i) else "" for i in range(len(table.variables))]
    names = zip(table.variables, right, strict=True)
    columns = "".join(f'<th scope="col"{style}>{escape(name)}</th>' for name, style in names)
    rows = [
        "<tr>" + "".join(_cell(table, term, style) for term, style in zip(row, right, strict=True)) + "</tr>\n"
        for row in table.rows
    ]
    return (
        f"<table>\n<caption>{_count(table)}</caption>\n<thead><tr>{columns}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>\n"
    )


def _count(table: Table) -> str:
    return f"{len(table):,} row{'' if len(table) == 1 else 's'}"


def _cell(table: Table, term: Node | None, style: str) -> str:
    text = escape(table.shown(term))
    said = table.labels.get(term, term) if term is not None else None
    language = said.language if isinstance(said, ox.Literal) else None
    if isinstance(term, ox.NamedNode) and term.value.startswith(("http://", "https://")):
        text = f'<a href="{escape(term.value)}">{text}</a>'
    spoken = f' lang="{escape(language)}"' if language else ""
    return f"<td{style}{spoken}>{text}</td>"
