"""Whether a file's header is the one that the metadata describes (Metadata Vocabulary, 5.4.3, 5.5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kzlod.csvw.context import languages_match
from kzlod.csvw.keys import label
from kzlod.csvw.model import Column, Dialect, Table
from kzlod.csvw.tables import Row
from kzlod.findings import Finding


def check(
    table: Table, dialect: Dialect, titles: Sequence[Sequence[str]], first: Row | None, line: int
) -> Iterator[Finding]:
    """What differs between a table's described columns and its header, `titles` being the header's rows.

    A file without a header is compared by its first row. With a finding `table.header` the cells are not those
    of the columns that they stand in.
    """
    described = [column for column in table.columns if not column.virtual]
    if not titles and dialect.header_rows:
        remedy = 'add one, or "header": false to its dialect'
        yield Finding(table.path, 1, None, "table.header", "the file has no header", remedy)
    if any("\r" in title for row in titles for title in row) and "\r" not in dialect.line_terminators:
        remedy = 'save it with line feeds, or add "lineTerminators": "\\r" to its dialect'
        yield Finding(table.path, line, None, "table.line-ends", "the file's lines end with carriage returns", remedy)
    if not table.described:
        if titles:
            yield from _bare(table, _headers(titles), first, line)
        return
    if not titles:
        width = len(first.cells) - dialect.skip_columns if first is not None and not dialect.header_rows else 0
        if described and width > len(described):
            message = f"the file has {width} columns, and the metadata describes {len(described)}"
            yield Finding(table.path, line, None, "table.header", message, "make them the same")
        return
    headers = _headers(titles)
    count = len(headers)
    names = {title: column for column in described for title in _titles(column)}
    found = {title for header in headers for title in header}
    for column in described:
        if column.titles and not found & set(_titles(column)):
            wanted = " or ".join(repr(title) for title in _titles(column))
            message = f"the column {wanted} is missing"
            yield _finding(table, line, column, message, "add it, or correct the header or the metadata")
    if count != len(described):
        extra = [repr(h[0]) for h in headers if h and h[0] not in names]
        more = f" ({', '.join(extra)} not among them)" if extra else ""
        message = f"the header has {count} columns, and the metadata describes {len(described)}{more}"
        yield Finding(table.path, line, None, "table.header", message, "make them the same")
        return
    for column, header in zip(described, headers, strict=True):
        if not header or (not column.named and not column.titles):
            continue
        if not column.titles:
            message = f"the header {header[0]!r} cannot be checked, because the metadata gives this column no titles"
            remedy = f'add "titles": "{header[0]}" to it'
            yield _finding(table, line, column, message, remedy, "table.titles")
        elif not _fits(column, header) and found & set(_titles(column)):
            if set(header) & set(_titles(column)):
                message = f"the title {header[0]!r} is in another language than {column.lang}, that of the column"
                yield _finding(table, line, column, message, "correct lang, or the title's language", "table.titles")
                continue
            wanted = " or ".join(repr(title) for title in _titles(column))
            message = f"column {column.number} is {header[0]!r}, where the metadata has {wanted}"
            yield _finding(table, line, column, message, "put the columns in the same order")


def _headers(titles: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The titles of each column, one from each row of the header that has one."""
    count = max(map(len, titles))
    return [tuple(row[n] for row in titles if n < len(row) and row[n].strip()) for n in range(count)]


def _bare(table: Table, headers: list[tuple[str, ...]], first: Row | None, line: int) -> Iterator[Finding]:
    """What a header that no metadata describes leaves open: that is a warning."""

    def warn(line: int | None, column: str | None, code: str, message: str, remedy: str) -> Finding:
        return Finding(table.path, line, column, code, message, remedy, "warning")

    remedy = "give each column a title of its own"
    if not any(headers):
        yield warn(line, None, "table.titles", "the header is blank", remedy)
    seen: dict[str, int] = {}
    for number, header in enumerate(headers, 1):
        earlier = seen.setdefault(header[0], number) if header else number
        if earlier != number:
            message = f"columns {earlier} and {number} have the same title, so that their values mix"
            yield warn(line, repr(header[0])[1:-1], "table.titles", message, remedy)
    if first is None:
        yield warn(None, None, "table.rows", "the table has no rows", "add some below its header")


def _titles(column: Column) -> tuple[str, ...]:
    return tuple(title for titles in column.titles.values() for title in titles)


def _fits(column: Column, header: tuple[str, ...]) -> bool:
    lang = column.lang
    return any(
        title in header and languages_match(language, lang)
        for language, titles in column.titles.items()
        for title in titles
    )


def _finding(table: Table, line: int, column: Column, message: str, remedy: str, code: str = "table.header") -> Finding:
    return Finding(table.path, line, label(column), code, message, remedy)
