"""Descriptions of datatypes, dialects and transformations (Metadata Vocabulary, 5.9, 5.10, 5.11)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping

from kzlod.csvw import datatypes, iri, jsonld
from kzlod.csvw.context import DATATYPES, NAMESPACE, is_language
from kzlod.csvw.dates import DATES, BadFormatError, DateFormat
from kzlod.csvw.model import Datatype, Dialect, Json
from kzlod.csvw.numbers import NUMERIC, BadPatternError, NumberFormat
from kzlod.csvw.properties import (
    Document,
    atomic,
    is_boolean,
    is_count,
    is_string,
    kind,
    known,
    nearest,
    one_of,
)

_LENGTHS = ("length", "minLength", "maxLength")
_BOUNDS = ("minimum", "maximum", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_DATATYPE = frozenset(("base", "format", *_LENGTHS, *_BOUNDS, "@id", "@type"))
_DIALECT = frozenset((
    "commentPrefix", "delimiter", "doubleQuote", "encoding", "header", "headerRowCount", "headerColumnCount",
    "lineTerminators", "quoteChar", "skipBlankRows", "skipColumns", "skipInitialSpace", "skipRows", "trim",
    "@id", "@type",
))  # fmt: skip
_TRANSFORMATION = frozenset(("url", "scriptFormat", "targetFormat", "source", "titles", "@id", "@type"))


def check_type(document: Document, place: str, description: Mapping[str, Json], *wanted: str) -> None:
    """An `@type`, if there is one, must be the description's own."""
    value = description.get("@type", wanted[0])
    if value not in wanted:
        document.fail(f"{place}.@type".lstrip("."), f"it is {value!r}", remedy=f"write {wanted[0]!r}, or leave it out")


def check_common(document: Document, place: str, common: Mapping[str, Json]) -> None:
    """Common properties that make no triples must be right all the same (5.8)."""
    for name, value in common.items():
        jsonld.normalise(document, f"{place}.{name}", value)


def datatype(document: Document, place: str, value: Json) -> Datatype:
    """A datatype: the name of a built-in one or a description. What it is not becomes a string, with a warning."""
    if isinstance(value, str):
        if value in DATATYPES:
            return Datatype(value)
        document.warn(place, f"{value!r} is no built-in datatype; string is used", remedy=nearest(value, DATATYPES))
        return Datatype()
    if not isinstance(value, dict):
        document.warn(place, f"it is {kind(value)}, not a datatype; string is used")
        return Datatype()
    check_type(document, place, value, "Datatype")
    check_common(document, place, known(document, place, value, _DATATYPE))
    name = document.identifier(f"{place}.@id", value["@id"]) if "@id" in value else None
    if name is not None and datatypes.is_builtin(name):
        document.fail(f"{place}.@id", f"{name} is a built-in datatype", remedy="write its name as the base")
    if name is not None and not iri.is_iri(name):
        document.warn(f"{place}.@id", f"{name!r} is no IRI; it is passed over")
        name = None
    base = atomic(document, place, value, "base", one_of(*DATATYPES), "string", "the name of a built-in datatype")
    lengths = {n: atomic(document, place, value, n, is_count, None, "a whole number from 0") for n in _LENGTHS}
    bounds = {n: _bound(document, place, value, n, base) for n in _BOUNDS if n in value}
    _check_lengths(document, place, base, lengths)
    low, high = _check_bounds(document, place, base, bounds)
    pattern, decimal_char, group_char = _format(document, place, base, value)
    return Datatype(
        base=base,
        id=name,
        format=pattern,
        decimal_char=decimal_char,
        group_char=group_char,
        length=lengths["length"],
        min_length=lengths["minLength"],
        max_length=lengths["maxLength"],
        min_inclusive=low,
        max_inclusive=high,
        min_exclusive=bounds.get("minExclusive"),
        max_exclusive=bounds.get("maxExclusive"),
    )


def _bound(document: Document, place: str, value: Mapping[str, Json], name: str, base: str) -> str | None:
    bound = value[name]
    if isinstance(bound, bool) or not isinstance(bound, str | int | float):
        document.warn(f"{place}.{name}", f"it is {kind(bound)}, not a number or a string; it is passed over")
        return None
    text = str(bound)
    if base not in datatypes.ORDERED:
        document.fail(f"{place}.{name}", f"{datatypes.a(base)} has no order, so it can have no bounds")
    try:
        datatypes.order(base, text)
    except (ValueError, ArithmeticError):
        document.warn(f"{place}.{name}", f"{text!r} is not {datatypes.a(base)}; it is passed over")
        return None
    return text


def _check_lengths(document: Document, place: str, base: str, lengths: Mapping[str, int | None]) -> None:
    exact, least, most = (lengths[name] for name in _LENGTHS)
    if all(value is None for value in (exact, least, most)):
        return
    if base not in datatypes.STRINGS | datatypes.BINARIES:
        document.fail(place, f"{datatypes.a(base)} has no length", remedy="leave out length, minLength and maxLength")
    if exact is not None and least is not None and exact < least:
        document.fail(place, f"length {exact} is less than minLength {least}")
    if exact is not None and most is not None and exact > most:
        document.fail(place, f"length {exact} is more than maxLength {most}")
    if least is not None and most is not None and least > most:
        document.fail(place, f"minLength {least} is more than maxLength {most}")


def _check_bounds(
    document: Document, place: str, base: str, bounds: Mapping[str, str | None]
) -> tuple[str | None, str | None]:
    """The inclusive bounds; contradictions are errors (5.11.2)."""

    def order(name: str) -> object:
        return datatypes.order(base, bounds[name] or "")

    given = {name for name, bound in bounds.items() if bound is not None}
    for one, other in (("minimum", "minInclusive"), ("maximum", "maxInclusive")):
        if {one, other} <= given and order(one) != order(other):
            document.fail(place, f"{one} and {other} differ", remedy="write one of them")
    low = next((name for name in ("minInclusive", "minimum") if name in given), None)
    high = next((name for name in ("maxInclusive", "maximum") if name in given), None)
    if low and "minExclusive" in given:
        document.fail(place, f"{low} and minExclusive exclude each other", remedy="write one of them")
    if high and "maxExclusive" in given:
        document.fail(place, f"{high} and maxExclusive exclude each other", remedy="write one of them")
    lower = low or ("minExclusive" if "minExclusive" in given else None)
    upper = high or ("maxExclusive" if "maxExclusive" in given else None)
    if lower and upper:
        a, b = order(lower), order(upper)
        mixed = (lower == "minExclusive") != (upper == "maxExclusive")
        if datatypes.below(b, a) or (mixed and a == b):
            document.fail(place, f"{upper} {bounds[upper]} is below {lower} {bounds[lower]}")
    return bounds.get(low or ""), bounds.get(high or "")


def _format(document: Document, place: str, base: str, value: Mapping[str, Json]) -> tuple[str | None, str, str | None]:
    """A datatype's pattern, decimal character and group character; what cannot be used is a warning."""
    form, at = value.get("format"), f"{place}.format"
    if form is None:
        return None, ".", None
    if base in NUMERIC:
        return _number_format(document, at, form)
    if not isinstance(form, str):
        document.warn(at, f"it is {kind(form)}, not a string; it is passed over")
        return None, ".", None
    try:
        if base in DATES:
            DateFormat(base, form)
        elif base == "boolean":
            if form.count("|") != 1 or not all(form.split("|")) or len(set(form.split("|"))) != 2:
                raise ValueError("write the word for true, a |, and the word for false")
        else:
            datatypes.ecmascript(form)
    except BadFormatError:
        remedy = "write one such as yyyy-MM-dd, HH:mm:ss or yyyy-MM-ddTHH:mm:ss"
        message = f"{form!r} is no format of {datatypes.a(base)}; it is passed over"
        document.warn(at, message, remedy=remedy, code="metadata.format")
    except ValueError as error:
        message = f"{form!r} is no format of {datatypes.a(base)}: {error}; it is passed over"
        document.warn(at, message, code="metadata.format")
    else:
        return form, ".", None
    return None, ".", None


def _number_format(document: Document, at: str, form: Json) -> tuple[str | None, str, str | None]:
    if isinstance(form, str):
        form = {"pattern": form}
    if not isinstance(form, dict):
        document.warn(at, f"it is {kind(form)}, not a string or an object; it is passed over")
        return None, ".", None
    for name in form.keys() - {"pattern", "decimalChar", "groupChar"}:
        document.warn(f"{at}.{name}", f"{name!r} is no property of a number format; it is passed over")
    given = {name: value for name, value in form.items() if value is not None}
    point = atomic(document, at, given, "decimalChar", lambda v: is_string(v) and v != "", ".", "a string")
    group = atomic(document, at, given, "groupChar", lambda v: is_string(v) and v != "", None, "a string")
    pattern = atomic(document, at, given, "pattern", is_string, None, "a string")
    try:
        NumberFormat(pattern, point, group)
    except BadPatternError as error:
        document.warn(at, f"{pattern!r} is no number pattern: {error}; it is passed over", code="metadata.format")
        pattern = None
    return pattern, point, group


def dialect(document: Document, place: str, value: Mapping[str, Json]) -> Dialect:
    """A dialect description; what is wrong in it is a warning and the default."""
    check_type(document, place, value, "Dialect")
    known(document, place, value, _DIALECT, common=False)
    if "@id" in value:
        document.identifier(f"{place}.@id", value["@id"])
    default = Dialect()

    def text(name: str, fallback: str | None, *, null: bool = False) -> Json:
        if null and name in value and value[name] is None:
            return None
        return atomic(document, place, value, name, lambda v: is_string(v) and v != "", fallback, "a string")

    def count(name: str, fallback: int) -> int:
        return int(atomic(document, place, value, name, is_count, fallback, "a whole number from 0"))

    def flag(name: str, *, fallback: bool) -> bool:
        return bool(atomic(document, place, value, name, is_boolean, fallback, "true or false"))

    header = flag("header", fallback=True)
    terminators = value.get("lineTerminators")
    items = [terminators] if isinstance(terminators, str) else terminators
    if items is not None and not (isinstance(items, list) and items and all(is_string(i) and i for i in items)):
        document.warn(f"{place}.lineTerminators", "it is not a string or an array of strings; it is passed over")
        items = None
    count("headerColumnCount", 0)
    quote = text("quoteChar", default.quote, null=True)
    if quote is not None and len(quote) != 1:
        document.warn(f"{place}.quoteChar", f"{quote!r} is not one character; it is passed over")
        quote = default.quote
    return Dialect(
        encoding=atomic(document, place, value, "encoding", is_encoding, "utf-8", "the name of an encoding"),
        line_terminators=tuple(items) if items else default.line_terminators,
        quote=quote,
        double_quote=flag("doubleQuote", fallback=True),
        delimiter=text("delimiter", default.delimiter),
        comment_prefix=text("commentPrefix", None, null=True),
        header_rows=count("headerRowCount", int(header)),
        skip_rows=count("skipRows", 0),
        skip_columns=count("skipColumns", 0),
        skip_blank_rows=flag("skipBlankRows", fallback=False),
        trim=_trim(document, place, value, default.trim),
    )


def _trim(document: Document, place: str, value: Mapping[str, Json], default: str) -> str:
    initial = atomic(document, place, value, "skipInitialSpace", is_boolean, None, "true or false")
    if isinstance(value.get("trim"), bool):
        return str(value["trim"]).lower()
    wanted = "true, false, start or end"
    fallback = default if initial is None else ("start" if initial else "false")
    return str(atomic(document, place, value, "trim", one_of("true", "false", "start", "end"), fallback, wanted))


def is_encoding(value: Json) -> bool:
    """Whether a value names an encoding that text can be read in."""
    if not isinstance(value, str):
        return False
    try:
        "".encode(codecs.lookup(value).name)  # some codecs are not of text
    except (LookupError, UnicodeError, ValueError, TypeError):
        return False
    return True


def transformation(document: Document, place: str, value: Mapping[str, Json]) -> Json:
    """A transformation definition. It is checked and kept; nothing is run."""
    check_type(document, place, value, "Template")
    if "@id" in value:
        document.identifier(f"{place}.@id", value["@id"])
    check_common(document, place, known(document, place, value, _TRANSFORMATION))
    for name in ("url", "scriptFormat", "targetFormat"):
        if name not in value:
            document.fail(place, f"a transformation has no {name}", remedy=f"add {name}")
    out = {name: document.link(f"{place}.{name}", value[name]) for name in ("url", "scriptFormat", "targetFormat")}
    if value.get("source") is not None:
        atomic(document, place, value, "source", one_of("json", "rdf"), None, "json or rdf")
    titles = document.titles(f"{place}.titles", value["titles"]) if "titles" in value else {}
    return out | {"source": value.get("source"), "titles": titles}


def context_of(document: Document, value: Json) -> Document:
    """A document with the base and language that its `@context` says (5.2). Raises `MetadataError`."""
    items = value if isinstance(value, list) else [value]
    right = items[:1] == [NAMESPACE] and len(items) <= 2 and all(isinstance(item, dict) for item in items[1:])
    if not right:
        document.fail("@context", "it is not that of CSV on the Web", remedy=f'write "@context": "{NAMESPACE}"')
    local: dict[str, Json] = items[1] if len(items) > 1 else {}
    for name in local:
        if name not in ("@base", "@language"):
            document.fail("@context", f"it holds {name!r}", remedy="it may hold @base and @language only")
    base, language = document.base, document.language
    if "@base" in local:
        if isinstance(local["@base"], str):
            base = iri.resolve(base, local["@base"])
        else:
            document.warn("@context.@base", f"it is {kind(local['@base'])}, not a URL; it is passed over")
    if "@language" in local:
        if is_language(local["@language"]):
            language = local["@language"]
        else:
            document.warn("@context.@language", f"{local['@language']!r} is not a language tag; it is passed over")
    return Document(document.file, base, language, document.findings)
