"""Finding the metadata of a table (Tabular Data Model, 5): given, linked to, at the usual places, or embedded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kzlod.csvw import iri
from kzlod.csvw import metadata as documents
from kzlod.csvw.context import PREFIXES
from kzlod.csvw.descriptions import is_encoding
from kzlod.csvw.fetch import BROKEN, AbsentError, Fetch, Response, links, local, media_type
from kzlod.csvw.metadata import Display
from kzlod.csvw.model import Dialect, Table, TableGroup
from kzlod.csvw.schema import embedded
from kzlod.csvw.tables import Row, read
from kzlod.csvw.templates import Template
from kzlod.errors import InputError
from kzlod.findings import Finding

_DESCRIBEDBY = frozenset(("describedby", PREFIXES["wdrs"] + "describedby"))
_JSON = frozenset(("application/csvm+json", "application/ld+json", "application/json"))
_DEFAULTS = "{+url}-metadata.json\ncsv-metadata.json"


def shown(path: str, url: str) -> Display:
    """How URLs are shown: relative to what the user typed, where they are beside it."""
    base = iri.to_path(url)

    def display(target: str) -> str:
        there = iri.to_path(target)
        if there is None:
            return target
        if base is None:
            return str(there)
        relative = os.path.relpath(there, base.parent)
        if Path(path).is_absolute() or relative.startswith(".."):
            return str(there) if Path(path).is_absolute() else os.path.normpath(Path(path).parent / relative)
        return str(Path(path).parent / relative)

    return display


def load(
    source: str | os.PathLike[str], *, metadata: str | os.PathLike[str] | None = None, fetch: Fetch | None = None
) -> TableGroup:
    """Read what metadata says of tables: see `kzlod.csvw.load`."""
    get = fetch or local
    typed = os.fspath(metadata if metadata is not None else source)
    first = _url(typed)
    display = shown(typed, first)
    table_url = None if metadata is None else _url(os.fspath(source))
    if metadata is not None:
        group = _read(get, first, display, table_url)
    elif _is_metadata(first):
        group = _read(get, first, display, None)
    else:
        group = _of_table(get, first, display)
    return replace(group, tables=tuple(_complete(get, table) for table in group.tables))


def _url(text: str) -> str:
    return iri.normalise(text) if iri.is_absolute(text) and not _is_drive(text) else iri.of_path(text)


def _is_drive(text: str) -> bool:
    return len(text) > 1 and text[1] == ":"


def _is_metadata(url: str) -> bool:
    """Whether a URL gives metadata rather than a table: by its name."""
    path = url.partition("#")[0].partition("?")[0].lower()
    return path.endswith((".json", ".jsonld"))


def _read(fetch: Fetch, url: str, display: Display, table: str | None) -> TableGroup:
    return documents.group(documents.read_json(fetch, url, display), fetch, display, url=table)


def _of_table(fetch: Fetch, url: str, display: Display) -> TableGroup:
    """A table's group: by the metadata that its Link header or its place leads to, else by its own header."""
    try:
        response = fetch(url, "text/csv, text/tab-separated-values;q=0.9, */*;q=0.5")
    except InputError as error:
        raise type(error)(error.message, where=display(url), remedy=error.remedy) from error
    response.stream.close()
    findings: list[Finding] = []
    for candidate, linked in _candidates(fetch, response, url):
        try:
            group = _read(fetch, candidate, display, None)
        except AbsentError:
            if linked:
                findings.append(_warning(display(url), f"the metadata that it links to, {candidate}, is not there"))
            continue
        if any(table.url == iri.normalise(url) for table in group.tables):
            return replace(group, findings=(*findings, *group.findings))
        message = f"{display(candidate)} does not describe this table; it is passed over"
        findings.append(_warning(display(url), message))
    table = Table(url=url, path=display(url), columns=(), described=False)
    return TableGroup(tables=(table,), findings=tuple(findings), fetch=fetch)


def _warning(file: str, message: str) -> Finding:
    return Finding(file, None, None, "metadata.location", message, "", "warning")


def _candidates(fetch: Fetch, response: Response, url: str) -> list[tuple[str, bool]]:
    """Where metadata may be: what the Link header says, then the site's configuration, or the usual places."""
    out = []
    for target, parameters in links(response.headers.get("link", "")):
        rels = parameters.get("rel", "").split()
        kind = parameters.get("type", "application/csvm+json").lower()
        anchor = parameters.get("anchor")
        if anchor is not None and iri.resolve(url, anchor) != url:
            continue
        if _DESCRIBEDBY & set(rels) and kind in _JSON:
            out.append((iri.resolve(response.url or url, target), True))
    out = out[-1:]  # "If there is more than one valid metadata file ... the last" (5.2)
    bare = url.partition("#")[0]
    for line in _site_wide(fetch, bare).splitlines():
        if pattern := line.strip():
            out.append((iri.resolve(bare, Template(pattern).expand({"url": bare})), False))
    return out


def _site_wide(fetch: Fetch, url: str) -> str:
    """The site's templates for locations of metadata (5.3); files have the usual ones."""
    if not url.startswith(("http:", "https:")):
        return _DEFAULTS
    try:
        response = fetch(iri.resolve(url, "/.well-known/csvm"), "text/plain")
        with response.stream as stream:
            return stream.read(1 << 20).decode("utf-8")
    except (InputError, UnicodeDecodeError):
        return _DEFAULTS


def dialect_of(response: Response, dialect: Dialect, *, own: bool) -> Dialect:
    """A table's dialect, with what its media type says where metadata says nothing (8)."""
    kind, parameters = media_type(response.headers.get("content-type", ""))
    path = response.url.partition("#")[0].partition("?")[0].lower()
    if own:
        return dialect
    if kind == "text/tab-separated-values" or (kind != "text/csv" and path.endswith((".tsv", ".tsv.gz", ".tsv.zst"))):
        dialect = replace(dialect, delimiter="\t")
    if parameters.get("header", "").lower() == "absent":
        dialect = replace(dialect, header_rows=0)
    charset = parameters.get("charset")
    if charset and is_encoding(charset):
        dialect = replace(dialect, encoding=charset.lower())
    return dialect


def _complete(fetch: Fetch, table: Table) -> Table:
    """A table with the columns of its own header, where metadata describes none."""
    if table.described:
        return table
    try:
        response = fetch(table.url, "text/csv, */*;q=0.5")
    except InputError:
        return table  # said when its rows are read
    dialect = dialect_of(response, table.dialect, own=table.own_dialect)
    with response.stream as stream:
        try:
            titles, width = _header(read(stream, dialect, lambda *problem: None), dialect)
        except BROKEN:
            return table
    count = max([len(row) for row in titles], default=width)
    columns = embedded(titles, count, table.inherited, dialect.skip_columns)
    return replace(table, columns=columns, dialect=dialect)


def _header(rows: Iterator[Row], dialect: Dialect) -> tuple[list[list[str]], int]:
    """The rows of a header, and how many cells the widest row read has."""
    titles: list[list[str]] = []
    width = 0
    for row in rows:
        if row.number <= dialect.skip_rows or row.comment is not None:
            continue
        cells = row.cells[dialect.skip_columns :]
        width = max(width, len(cells))
        if dialect.header_rows:
            titles.append(cells)
        if len(titles) >= dialect.header_rows:
            break
    return titles, width
