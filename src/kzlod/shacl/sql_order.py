"""The order of literals in SQL: what `<` says in SPARQL (SPARQL 1.1 Query Language, section 17.3).

A literal has a family and a key: two literals of one family compare as their keys do, as texts; literals of two
families do not compare, but for numbers. Numbers of any number of digits are compared exactly; a number of a binary
type is compared, as XPath promotes it, in the wider of the two types. Points of time with a zone and without one are
of two families. Beyond SPARQL's own list, dates, times and parts of dates are compared within their type.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from kzlod.shacl.lexical import EXACT, FORMS, INEXACT, MOMENTS
from kzlod.shacl.sql_terms import in_range, lexical, text, typed, unescaped, well_formed
from kzlod.terms import parse
from kzlod.vocab import XSD

_FLOAT, _DOUBLE, _BOOLEAN = f"{XSD}float", f"{XSD}double", f"{XSD}boolean"


def of_type(token: str) -> str:
    """SQL: the datatype of a token, empty for texts and for what is no literal."""
    return f"regexp_extract({token}, '\"\\^\\^<([^>\"]*)>$', 1)"


def ordered(source: str, types: Collection[str]) -> str:
    """SQL: the tokens of `source` (a table) with family, key, and the number in double and in single precision.

    `types` are the datatypes that there are, as `of_type` gives them. What compares with nothing has no family.
    """
    families: list[tuple[str, str, str]] = []
    if "" in types:
        plain = "starts_with(token, '\"') AND ends_with(token, '\"')"
        families.append((plain, "'text'", unescaped("lexical")))
    if exact := _some(EXACT, types):
        families.append((_typed(exact), "'exact'", _number_key("lexical")))
    for name, family in ((_DOUBLE, "'double'"), (_FLOAT, "'float'")):
        if name in types:
            families.append((_typed({name: INEXACT[name]}), family, "NULL"))
    if _BOOLEAN in types:
        truth = "(lexical IN ('true', '1'))::VARCHAR"
        families.append((_typed({_BOOLEAN: FORMS[_BOOLEAN]}), "'truth'", truth))
    moments = _some(MOMENTS, types)
    if moments:
        zoned = "replace(type, 'dateTimeStamp', 'dateTime') || CASE WHEN m.zone = '' THEN '' ELSE ' with zone' END"
        families.append((_typed(moments), zoned, _MOMENT_KEY))
    family = " ".join(f"WHEN {condition} THEN {name}" for condition, name, _ in families)
    key = " ".join(f"WHEN {condition} THEN {value}" for condition, _, value in families)
    none, wide, narrow = "WHEN false THEN NULL", "try_cast(lexical AS DOUBLE)", "try_cast(lexical AS FLOAT)::DOUBLE"
    return (
        "SELECT token, family, key,"
        f" CASE WHEN family IN ('exact', 'double') THEN {wide} WHEN family = 'float' THEN {narrow} END AS wide,"
        f" CASE WHEN family IN ('exact', 'float') THEN {narrow} END AS narrow FROM (SELECT token, lexical,"
        f" CASE {family or none} END::VARCHAR AS family, CASE {key or none} END::VARCHAR AS key"
        f" FROM (SELECT *, {_moment(moments)} AS m FROM (SELECT token, {of_type('token')} AS type,"
        f" {lexical('token')} AS lexical FROM {source})))"
    )


def _some(forms: Mapping[str, str], types: Collection[str]) -> dict[str, str]:
    return {name: form for name, form in forms.items() if name in types}


def _typed(forms: Mapping[str, str]) -> str:
    any_of = (
        f"type = {text(name)} AND regexp_full_match(lexical, {text(form)}, 's'){in_range(name, 'lexical')}"
        for name, form in forms.items()
    )
    return f"({' OR '.join(any_of)})"


def _number_key(lexical: str) -> str:
    """SQL: a text that orders as the numbers do that decimal lexical forms stand for."""
    digits = f"ltrim({lexical}, '+-')"
    whole = f"ltrim(split_part({digits}, '.', 1), '0')"
    part = f"rtrim(split_part({digits}, '.', 2), '0')"
    size = f"lpad(length({whole})::VARCHAR, 10, '0')"
    return (
        f"CASE WHEN {whole} = '' AND {part} = '' THEN 'p0000000000.'"
        # The larger a negative number's digits are, the smaller it is; the end sorts after all digits.
        f" WHEN starts_with({lexical}, '-') THEN"
        f" 'n' || translate({size} || {whole} || '.' || {part}, '0123456789', '9876543210') || '~'"
        f" ELSE 'p' || {size} || {whole} || '.' || {part} END"
    )


_PARTS = "['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'zone']"
_CLOCK = r"(?:([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?)?"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_MOMENT = r"^(-?[0-9]{4,})?-*([0-9]{2})?(?:-([0-9]{2}))?T?" + _CLOCK + _ZONE + "$"
_SPECIAL = {
    f"{XSD}time": "^()()()" + _CLOCK + _ZONE + "$",
    f"{XSD}gDay": "^()()---([0-9]{2})()()()()" + _ZONE + "$",
}


def _moment(types: Collection[str]) -> str:
    """SQL: the parts of a point of time."""
    if not types:
        return "NULL"
    special = " ".join(
        f"WHEN type = {text(name)} THEN regexp_extract(lexical, {text(pattern)}, {_PARTS})"
        for name, pattern in _SPECIAL.items()
        if name in types
    )
    other = f"regexp_extract(lexical, {text(_MOMENT)}, {_PARTS})"
    return f"CASE {special} ELSE {other} END" if special else other


def _moment_key() -> str:
    """SQL: the seconds since 1970 in UTC, then the fraction.

    What a type leaves out is filled in from 1972, as XML Schema does (part 2, E.3.3), so that each day is there.
    """
    number = "coalesce(try_cast(m.{} AS BIGINT), {})"
    year, month, hour, minute, second = (
        number.format(name, default)
        for name, default in (("year", 1972), ("month", 12), ("hour", 0), ("minute", 0), ("second", 0))
    )
    # The first day of a month that is given without one: each month has it.
    day = number.format("day", "CASE WHEN m.year = '' AND m.month = '' THEN 31 ELSE 1 END")
    zone = (
        "CASE WHEN m.zone IN ('', 'Z') THEN 0 ELSE (CASE m.zone[1] WHEN '-' THEN -1 ELSE 1 END)"
        " * (m.zone[2:3]::BIGINT * 3600 + m.zone[5:6]::BIGINT * 60) END"
    )
    days = f"(make_date({year}, {month}, {day}) - DATE '1970-01-01')"
    seconds = f"{days} * 86400 + {hour} * 3600 + {minute} * 60 + {second} - ({zone})"
    return f"lpad((try({seconds}) + 1000000000000000)::VARCHAR, 16, '0') || rtrim(rtrim(m.fraction, '0'), '.')"


_MOMENT_KEY = _moment_key()


def compares(x: str, operator: str, y: str) -> str:
    """SQL: whether two rows that `ordered` made compare so; false where they do not compare at all."""
    wide = f"NOT isnan({x}.wide) AND NOT isnan({y}.wide) AND {x}.wide {operator} {y}.wide"
    narrow = f"NOT isnan({x}.narrow) AND NOT isnan({y}.narrow) AND {x}.narrow {operator} {y}.narrow"
    numbers = "IN ('exact', 'float', 'double')"
    return (
        f"coalesce(CASE WHEN {x}.key IS NOT NULL AND {x}.family = {y}.family THEN {x}.key {operator} {y}.key"
        f" WHEN {x}.family {numbers} AND {y}.family {numbers} THEN"
        f" CASE WHEN 'double' IN ({x}.family, {y}.family) THEN {wide} ELSE {narrow} END END, false)"
    )


def short_decimal(x: str, operator: str, constant: str, known: Collection[str] = ()) -> str | None:
    """SQL: whether a token compares so with a constant, for numbers of a size that DuckDB's DECIMAL holds.

    True, false, or NULL for terms that need `ordered`; None where the constant does. The form of literals of the
    datatypes in `known` is not asked about.
    """
    term = parse(constant)
    if term.datatype not in EXACT or not re.fullmatch(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})", term.value):
        return None
    number = f"{Decimal(term.value):f}::DECIMAL(38, 18)"
    cases = []
    for name in [name for name in EXACT if name in known] or (f"{XSD}decimal", f"{XSD}integer"):
        has, between = typed(x, name)
        condition = has if name in known else well_formed(x, name, EXACT[name])
        decimal = f"try_cast({between} AS DECIMAL(38, 18)) {operator} {number}"
        cases.append(f"WHEN {condition} AND length({between}) <= 18 THEN {decimal}")
    return f"CASE {' '.join(cases)} END"
