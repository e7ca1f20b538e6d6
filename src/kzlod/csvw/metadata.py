"""Metadata documents: from JSON to the model of a group of tables (Metadata Vocabulary, 5.2 to 5.4, 6).

What the standard says to pass over is a warning among the group's findings; what makes a document unusable
raises `MetadataError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from kzlod.csvw import descriptions, jsonld
from kzlod.csvw.fetch import BROKEN, Fetch
from kzlod.csvw.model import Column, Dialect, ForeignKey, Json, Table, TableGroup
from kzlod.csvw.properties import Document, atomic, is_boolean, kind, known, nearest, one_of
from kzlod.csvw.schema import INHERITED, Schema, finish, inherited, schema
from kzlod.csvw.templates import Template
from kzlod.errors import InputError, MetadataError
from kzlod.terms import has_surrogate

_SHARED = INHERITED | {
    "dialect", "notes", "tableDirection", "tableSchema", "transformations", "@context", "@id", "@type",
}  # fmt: skip
_GROUP = _SHARED | {"tables"}
_TABLE = _SHARED | {"url", "suppressOutput"}
ACCEPT = "application/csvm+json, application/ld+json, application/json"
Display = Callable[[str], str]
"""How a URL is shown to the user: as the path that they would type."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as fetched: its URL and its JSON object."""

    url: str
    json: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a description passes to those within it: links to follow, inherited properties, defaults."""

    fetch: Fetch
    display: Display
    inherited: Mapping[str, Json]
    dialect: Dialect | None = None
    schema: Schema | None = None
    direction: str = "auto"
    transformations: tuple[Json, ...] = ()


def read_json(fetch: Fetch, url: str, display: Display) -> Source:
    """Fetch a metadata document. Raises `MetadataError` where it is no JSON object."""
    where = display(url)
    try:
        response = fetch(url, ACCEPT)
        with response.stream as stream:
            data = stream.read()
    except InputError as error:
        raise type(error)(error.message, where=where, remedy=error.remedy) from error
    except BROKEN as error:
        raise InputError(f"it cannot be read to its end: {error}", where=where) from error
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise MetadataError("the document is not UTF-8", where=where, remedy="save it as UTF-8") from error
    except json.JSONDecodeError as error:
        message = f"it is not JSON: {error.msg}, at character {error.colno}"
        raise MetadataError(message, where=f"{where}:{error.lineno}") from error
    except (RecursionError, ValueError) as error:
        message = f"it is not JSON that can be read: {error}"
        raise MetadataError(message, where=where, remedy="look for deep nesting and for numbers") from error
    if not isinstance(value, dict):
        raise MetadataError(f"it is {kind(value)}, not an object", where=where)
    if "\\ud" in text.lower() and has_surrogate(json.dumps(value, ensure_ascii=False)):
        raise MetadataError("it holds half of a surrogate pair", where=where, remedy="look for \\ud8 to \\udf")
    return Source(response.url or url, value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def group(source: Source, fetch: Fetch, display: Display, *, url: str | None = None) -> TableGroup:
    """The group of tables that a document describes; a table alone is a group of one.

    `url` is that of the table where the document itself names none.
    """
    document = Document(display(source.url), source.url)
    value = dict(source.json)
    if "@context" not in value:
        document.fail("@context", "it is missing", remedy='write "@context": "http://www.w3.org/ns/csvw"')
    document = descriptions.context_of(document, value["@context"])
    settings = Settings(fetch, display, {})
    try:
        if "tables" not in value and value.get("@type") != "TableGroup":
            if url is not None and "url" not in value:
                value["url"] = url
            return _single(document, value, settings, source.url)
        return _group(document, value, settings, source.url)
    except RecursionError as error:
        raise MetadataError("the document is nested too deep", where=document.file) from error


def _single(document: Document, value: Mapping[str, Json], settings: Settings, url: str) -> TableGroup:
    table, parsed = _table(document, "", value, settings, None)
    tables = _foreign_keys(document, [table], [parsed])
    return TableGroup(tables=tables, findings=tuple(document.findings), metadata=url, fetch=settings.fetch)


def _group(document: Document, value: Mapping[str, Json], settings: Settings, url: str) -> TableGroup:
    descriptions.check_type(document, "", value, "TableGroup")
    own_id = document.identifier("@id", value["@id"]) if "@id" in value else None
    common = {n: jsonld.normalise(document, n, v) for n, v in known(document, "", value, _GROUP).items()}
    if "tables" not in value:
        document.fail("tables", "a group of tables has none", remedy="list its tables")
    notes = _notes(document, "", value)
    shared = _shared(document, "", value, settings)
    described = document.objects("tables", value["tables"])
    if not described:
        document.fail("tables", "a group of tables has none", remedy="list its tables")
    tables, schemas = [], []
    for place, item in described:
        if "@context" in item:
            document.warn(f"{place}.@context", "a context stands only at the top of a document; it is passed over")
        table, parsed = _table(document, place, item, shared, shared.schema)
        tables.append(table)
        schemas.append(parsed)
    return TableGroup(
        tables=_foreign_keys(document, tables, schemas),
        id=own_id,
        notes=notes,
        common=common,
        findings=tuple(document.findings),
        metadata=url,
        fetch=settings.fetch,
    )


def _shared(document: Document, place: str, value: Mapping[str, Json], outer: Settings) -> Settings:
    """The properties that groups and tables have in common, a group's being the defaults of its tables'."""
    directions = one_of("rtl", "ltr", "auto")
    wanted = "rtl, ltr or auto"
    transformations = outer.transformations
    if "transformations" in value:
        at = f"{place}.transformations".lstrip(".")
        items = document.objects(at, value["transformations"])
        transformations = tuple(descriptions.transformation(document, p, v) for p, v in items)
    return Settings(
        outer.fetch,
        outer.display,
        {**outer.inherited, **inherited(document, place, value)},
        _dialect(document, f"{place}.dialect".lstrip("."), value, outer),
        _schema(document, f"{place}.tableSchema".lstrip("."), value, outer),
        str(atomic(document, place, value, "tableDirection", directions, outer.direction, wanted)),
        transformations,
    )


def _object(
    document: Document, place: str, value: Json, settings: Settings
) -> tuple[Document, Mapping[str, Json], str | None]:
    """An object property: the object, or the one that its URL gives, with its own document (5.1.5; 6, step 4)."""
    if isinstance(value, dict):
        return document, value, None
    if not isinstance(value, str):
        document.warn(place, f"it is {kind(value)}, not an object or a URL; it counts as an empty object")
        return document, {}, None
    url = document.link(place, value)
    if settings.display(url.partition("#")[0]) == document.file:
        document.fail(place, "it refers to the document that it stands in", remedy="name another, or write it here")
    source = read_json(settings.fetch, url, settings.display)
    inner = Document(settings.display(source.url), source.url, "und", document.findings)
    if "@context" not in source.json:
        inner.fail("@context", "it is missing", remedy='write "@context": "http://www.w3.org/ns/csvw"')
    inner = descriptions.context_of(inner, source.json["@context"])
    return inner, {name: item for name, item in source.json.items() if name != "@context"}, url


def _dialect(document: Document, place: str, value: Mapping[str, Json], outer: Settings) -> Dialect | None:
    if "dialect" not in value or value["dialect"] is None:
        return outer.dialect
    inner, description, url = _object(document, place, value["dialect"], outer)
    return descriptions.dialect(inner, "" if url else place, description)


def _schema(document: Document, place: str, value: Mapping[str, Json], outer: Settings) -> Schema | None:
    if "tableSchema" not in value or value["tableSchema"] is None:
        return outer.schema
    inner, description, url = _object(document, place, value["tableSchema"], outer)
    if url is not None and "@id" not in description:
        description = {**description, "@id": url}
    return schema(inner, "" if url else place, description)


def _notes(document: Document, place: str, value: Mapping[str, Json]) -> tuple[Json, ...]:
    if "notes" not in value:
        return ()
    at = f"{place}.notes".lstrip(".")
    items = document.array(at, value["notes"])
    return tuple(jsonld.normalise(document, f"{at}[{n}]", item) for n, item in enumerate(items))


def _table(
    document: Document, place: str, value: Mapping[str, Json], outer: Settings, default: Schema | None
) -> tuple[Table, Schema]:
    descriptions.check_type(document, place, value, "Table")
    own_id = document.identifier(f"{place}.@id".lstrip("."), value["@id"]) if "@id" in value else None
    dot = f"{place}." if place else ""
    common = {n: jsonld.normalise(document, f"{dot}{n}", v) for n, v in known(document, place, value, _TABLE).items()}
    if "url" not in value:
        document.fail(f"{dot}url", "a table has no url", remedy="write the file's name or URL")
    url = document.link(f"{dot}url", value["url"])
    if not isinstance(value["url"], str) or value["url"] == "":
        document.fail(f"{dot}url", "a table has no url", remedy="write the file's name or URL")
    if outer.display(url.partition("#")[0]) == document.file:
        document.fail(f"{dot}url", "it is the metadata's own, not a table's", remedy="write the file's name or URL")
    shared = _shared(document, place, value, outer)
    parsed = shared.schema or default or Schema()
    dialect = shared.dialect or Dialect()
    columns = finish(parsed, shared.inherited, dialect.skip_columns)
    _check_templates(document, f"{dot}tableSchema", columns)
    table = Table(
        url=url,
        path=outer.display(url),
        columns=columns,
        dialect=dialect,
        own_dialect=shared.dialect is not None,
        inherited={**shared.inherited, **parsed.inherited},
        described=parsed.described,
        primary_key=parsed.primary_key,
        row_titles=parsed.row_titles,
        suppress_output=bool(atomic(document, place, value, "suppressOutput", is_boolean, False, "true or false")),
        direction=shared.direction,
        id=own_id,
        schema=parsed.id,
        notes=_notes(document, place, value),
        common=common,
        transformations=shared.transformations,
    )
    return table, parsed


def _check_templates(document: Document, place: str, columns: tuple[Column, ...]) -> None:
    """Warn of URI templates that use a column which is not there: nothing would stand for it."""
    names = {column.name for column in columns}
    templates = {url for column in columns for url in (column.about_url, column.property_url, column.value_url) if url}
    for source in sorted(templates):
        for name in Template(source).names:
            if name not in names and not name.startswith("_"):
                message = f"the URI template {source!r} uses {name!r}, which is no column"
                document.warn(place, message, remedy=nearest(name, names), code="metadata.template")


def _foreign_keys(document: Document, tables: list[Table], schemas: list[Schema]) -> tuple[Table, ...]:
    """The tables with their foreign keys, each pointing at a table of the group. Raises `MetadataError`."""
    out = []
    for table, parsed in zip(tables, schemas, strict=True):
        keys = []
        for place, columns, reference in parsed.foreign_keys:
            target = _referenced(document, place, tables, reference)
            names = _names(tables[target].columns)
            referenced = document.references(
                f"{place}.reference.columnReference", reference.get("columnReference"), names
            )
            if len(referenced) != len(columns):
                document.fail(
                    f"{place}.reference.columnReference",
                    f"it names {len(referenced)} columns of {tables[target].path}, for {len(columns)} here",
                    remedy="name as many existing columns on both sides",
                )
            keys.append(ForeignKey(columns, target, referenced))
        out.append(replace(table, foreign_keys=tuple(keys)))
    return tuple(out)


def _names(columns: tuple[Column, ...]) -> dict[str, int]:
    """The columns that can be referred to: by a name that is the metadata's own."""
    return {column.name: position for position, column in enumerate(columns) if column.named}


def _referenced(document: Document, place: str, tables: list[Table], reference: Mapping[str, Json]) -> int:
    if "resource" in reference:
        matches = [n for n, table in enumerate(tables) if table.url == reference["resource"]]
        wanted = reference["resource"]
    else:
        wanted = reference["schemaReference"]
        matches = [n for n, table in enumerate(tables) if table.schema == wanted]
        if len(matches) > 1:
            document.fail(f"{place}.reference.schemaReference", f"several tables have the schema {wanted}")
    if not matches:
        document.fail(f"{place}.reference", f"no table of the group is {wanted}", remedy="list it among the tables")
    return matches[0]
