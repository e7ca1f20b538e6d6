"""Inherited properties, columns and schemas (Metadata Vocabulary, 5.5 to 5.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from kzlod.csvw import context, descriptions, jsonld
from kzlod.csvw.model import Column, Json, Titles
from kzlod.csvw.properties import Document, atomic, is_boolean, is_string, kind, known, one_of
from kzlod.csvw.templates import Template

INHERITED = frozenset((
    "aboutUrl", "datatype", "default", "lang", "null", "ordered", "propertyUrl", "required", "separator",
    "textDirection", "valueUrl",
))  # fmt: skip
_COLUMN = INHERITED | {"name", "suppressOutput", "titles", "virtual", "@id", "@type"}
_SCHEMA = INHERITED | {"columns", "foreignKeys", "primaryKey", "rowTitles", "@id", "@type"}
_FIELDS = {
    "aboutUrl": "about_url", "propertyUrl": "property_url", "valueUrl": "value_url",
    "textDirection": "text_direction",
}  # fmt: skip
_NAME = re.compile(r"(?:[A-Za-z0-9]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*")


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as it was read: its columns wait for the properties that they inherit from the table."""

    columns: tuple[tuple[Column, Mapping[str, Json]], ...] = ()
    """Each with its own inherited properties, by field of `Column`."""
    inherited: Mapping[str, Json] = field(default_factory=dict)
    described: bool = False
    primary_key: tuple[int, ...] = ()
    row_titles: tuple[int, ...] = ()
    foreign_keys: tuple[tuple[str, tuple[int, ...], Mapping[str, Json]], ...] = ()
    """The place, the referencing columns and the reference of each."""
    id: str | None = None


def inherited(document: Document, place: str, description: Mapping[str, Json]) -> dict[str, Json]:
    """The inherited properties of a description, by field of `Column`; a wrong value is the default (5.7)."""
    out: dict[str, Json] = {}

    def own(name: str) -> str:
        return f"{place}.{name}".lstrip(".")

    for name in ("aboutUrl", "propertyUrl", "valueUrl"):
        if name in description:
            out[name] = _template(document, own(name), description[name])
    for name in ("ordered", "required"):
        if name in description:
            out[name] = atomic(document, place, description, name, is_boolean, False, "true or false")
    if "datatype" in description:
        out["datatype"] = descriptions.datatype(document, own("datatype"), description["datatype"])
    if "default" in description:
        out["default"] = atomic(document, place, description, "default", is_string, "", "a string")
    if "lang" in description:
        out["lang"] = atomic(document, place, description, "lang", context.is_language, "und", "a language tag")
    if "null" in description:
        out["null"] = _null(document, own("null"), description["null"])
    if "separator" in description:
        separator = description["separator"]
        if separator is not None and not (is_string(separator) and separator):
            document.warn(own("separator"), f"it is {separator!r}, not a string; it is passed over")
            separator = None
        out["separator"] = separator
    if "textDirection" in description:
        allowed = one_of("ltr", "rtl", "auto", "inherit")
        wanted = "ltr, rtl, auto or inherit"
        out["textDirection"] = atomic(document, place, description, "textDirection", allowed, "inherit", wanted)
    return {_FIELDS.get(name, name): value for name, value in out.items()}


def _template(document: Document, place: str, value: Json) -> str:
    if not isinstance(value, str):
        document.warn(place, f"it is {kind(value)}, not a URI template")
        return ""
    if not Template(value).well_formed:
        document.warn(place, f"{value!r} is no URI template of RFC 6570", remedy="check its braces")
    return value


def _null(document: Document, place: str, value: Json) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    right = tuple(item for item in items if isinstance(item, str))
    if len(right) != len(items):
        document.warn(place, "it is not a string or an array of strings; what is not is passed over")
        return right or ("",)
    return right


def encode_name(title: str) -> str:
    """A column's name, made of its title.

    >>> encode_name("On Street (km)")
    'On%20Street%20%28km%29'
    """
    return quote(title, safe="").replace("-", "%2D").replace("~", "%7E")


def _column(document: Document, place: str, value: Mapping[str, Json], number: int) -> tuple[Column, dict[str, Json]]:
    descriptions.check_type(document, place, value, "Column")
    own_id = document.identifier(f"{place}.@id", value["@id"]) if "@id" in value else None
    common = known(document, place, value, _COLUMN)
    titles: Titles = document.titles(f"{place}.titles", value["titles"]) if "titles" in value else {}
    name = value.get("name")
    if name is not None and (not isinstance(name, str) or _NAME.fullmatch(name) is None):
        document.warn(
            f"{place}.name",
            f"{name!r} cannot be a column's name; it is passed over",
            remedy="use letters, digits, and _ but not as the first character",
        )
        name = None
    explicit = name is not None
    if name is None:
        name = name_of(titles, document.language, number)
    flags = {
        n: atomic(document, place, value, n, is_boolean, False, "true or false") for n in ("virtual", "suppressOutput")
    }
    column = Column(
        name=name,
        number=number,
        source_number=0,
        named=explicit,
        titles=titles,
        virtual=flags["virtual"],
        suppress_output=flags["suppressOutput"],
        id=own_id,
        common={n: jsonld.normalise(document, f"{place}.{n}", v) for n, v in common.items()},
    )
    return column, inherited(document, place, value)


def name_of(titles: Titles, language: str, number: int) -> str:
    """The name of a column that has none: of its first title in the default language, or its number."""
    for tag in (language, "und"):
        if titles.get(tag):
            return encode_name(titles[tag][0])
    return f"_col.{number}"


def schema(document: Document, place: str, value: Mapping[str, Json]) -> Schema:
    """A schema description (5.5). Raises `MetadataError` for what makes it unusable."""
    descriptions.check_type(document, place, value, "Schema")
    own_id = document.identifier(f"{place}.@id", value["@id"]) if "@id" in value else None
    descriptions.check_common(document, place, known(document, place, value, _SCHEMA))
    columns: list[tuple[Column, dict[str, Json]]] = []
    seen: set[str] = set()
    for at, item in document.objects(f"{place}.columns", value["columns"]) if "columns" in value else []:
        column, own = _column(document, at, item, len(columns) + 1)
        if columns and columns[-1][0].virtual and not column.virtual:
            document.fail(at, "a column of the file follows a virtual one", remedy="put virtual columns last")
        if column.named and column.name in seen:
            document.fail(at, f"the name {column.name!r} is that of another column", remedy="give each its own")
        if column.named:
            seen.add(column.name)
        columns.append((column, own))
    named = {column.name: position for position, (column, _) in enumerate(columns) if column.named}
    keys = {
        name: document.references(f"{place}.{name}", value[name], named) if value.get(name) is not None else ()
        for name in ("primaryKey", "rowTitles")
    }
    foreign = []
    for at, item in document.objects(f"{place}.foreignKeys", value["foreignKeys"]) if "foreignKeys" in value else []:
        foreign.append((at, *_foreign_key(document, at, item, named)))
    return Schema(
        columns=tuple(columns),
        inherited=inherited(document, place, value),
        described=True,
        primary_key=keys["primaryKey"],
        row_titles=keys["rowTitles"],
        foreign_keys=tuple(foreign),
        id=own_id,
    )


def _foreign_key(
    document: Document, place: str, value: Mapping[str, Json], names: Mapping[str, int]
) -> tuple[tuple[int, ...], Mapping[str, Json]]:
    for name in value.keys() - {"columnReference", "reference"}:
        document.fail(f"{place}.{name}", "a foreign key has columnReference and reference only")
    columns = document.references(f"{place}.columnReference", value.get("columnReference"), names)
    if not columns:
        document.fail(f"{place}.columnReference", "a foreign key names no columns of its table")
    reference = value.get("reference")
    if not isinstance(reference, dict):
        document.fail(f"{place}.reference", "a foreign key refers to nothing", remedy="add a reference object")
    for name in reference.keys() - {"resource", "schemaReference", "columnReference"}:
        document.fail(f"{place}.reference.{name}", "a reference has resource or schemaReference, and columnReference")
    if ("resource" in reference) == ("schemaReference" in reference):
        document.fail(f"{place}.reference", "a reference has either a resource or a schemaReference")
    resolved = dict(reference)
    for name in ("resource", "schemaReference"):
        if name in reference:
            resolved[name] = document.link(f"{place}.reference.{name}", reference[name])
    return columns, resolved


def finish(schema: Schema, outer: Mapping[str, Json], skipped: int) -> tuple[Column, ...]:
    """The columns with all that they inherit from the schema and, through `outer`, from table and group."""
    out = []
    for column, own in schema.columns:
        source = 0 if column.virtual else column.number + skipped
        values = {**outer, **schema.inherited, **own}
        out.append(_with(column, source, values))
    return tuple(out)


def _with(column: Column, source: int, values: Mapping[str, Json]) -> Column:
    return replace(column, source_number=source, **values)


def embedded(titles: list[list[str]], count: int, outer: Mapping[str, Json], skipped: int) -> tuple[Column, ...]:
    """The columns of a file without metadata: named by its header, one list of titles for each header row."""
    out = []
    for index in range(count):
        # What is not in the file's encoding is said when its rows are read.
        cells = [row[index].encode("utf-8", "replace").decode() for row in titles if index < len(row)]
        own = tuple(cell for cell in cells if cell.strip())
        known_titles: Titles = {"und": own} if own else {}
        name = name_of(known_titles, "und", index + 1)
        number = index + 1
        out.append(Column(name, number, number + skipped, titles=known_titles, **outer))
    return tuple(out)
