"""The values of literals, as SPARQL's `=` compares them (SPARQL 1.1 Query Language, section 17.3).

Two literals have the same key where `=` is true of them. Numbers are equal across their types, points of time and
durations within theirs; a literal of a datatype that SPARQL does not know, or one that its datatype does not have, is
*opaque*: it is equal to itself alone, and whether it differs from another literal is an error. NaN equals nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb

from kzlod.cube.terms import is_literal
from kzlod.lexical import INTEGERS, canonical
from kzlod.quads.sqltext import text
from kzlod.terms import XSD_STRING, literal, parse
from kzlod.vocab import XSD

NODE, LITERAL, OPAQUE, NAN = range(4)
"""The kinds of values: IRIs, blank nodes and texts with a language, which always compare; other literals; the rest."""

_DAY = "(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OWN_KEY = "|".join(
    f'"({form})"\\^\\^<{re.escape(XSD + name)}>'
    for name, form in {
        "integer": "0|-?[1-9][0-9]{0,17}",
        "decimal": r"-?(0|[1-9][0-9]{0,17})\.[0-9]{0,17}[1-9]",
        "boolean": "true|false",
        "gYear": "[1-9][0-9]{3}",
        "gYearMonth": "[1-9][0-9]{3}-(0[1-9]|1[0-2])",
        "date": f"[1-9][0-9]{{3}}-{_DAY}",
        "dateTime": f"[1-9][0-9]{{3}}-{_DAY}T{_CLOCK}",
    }.items()
)
_NUMBERS = {*INTEGERS, XSD + "decimal", XSD + "double", XSD + "float"}
_ZONE = r"(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR, _MONTH, _DATE = r"-?(?:[1-9]\d{3,}|0\d{3})", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_MOMENTS = {
    XSD + name: re.compile(f"({form}){_ZONE}", re.ASCII)
    for name, form in {
        "dateTime": f"{_YEAR}-{_MONTH}-{_DATE}T{_TIME}",
        "date": f"{_YEAR}-{_MONTH}-{_DATE}",
        "time": _TIME,
        "gYear": _YEAR,
        "gYearMonth": f"{_YEAR}-{_MONTH}",
        "gMonth": f"--{_MONTH}",
        "gMonthDay": f"--{_MONTH}-{_DATE}",
        "gDay": f"---{_DATE}",
    }.items()
}
_DURATION = re.compile(
    r"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_DURATIONS = {XSD + "duration", XSD + "dayTimeDuration", XSD + "yearMonthDuration"}


def unsure(x: str) -> str:
    """SQL: whether a token may have another key than itself, or none, or be opaque."""
    return f"({is_literal(x)} AND ends_with({x}, '>') AND NOT regexp_full_match({x}, {text(_OWN_KEY)}))"


def has_language(x: str) -> str:
    """SQL: whether a literal's token has a language."""
    return f"NOT ends_with({x}, '\"') AND NOT ends_with({x}, '>')"


def kind(x: str, known: str) -> str:
    """SQL: the kind of a token; `known` is the kind that the table `value` has for it, or NULL."""
    return (
        f"coalesce({known}, CASE WHEN {is_literal(x)} AND NOT ({has_language(x)}) THEN {LITERAL} ELSE {NODE} END)"
        "::UTINYINT"
    )


def valued(rows: str, column: str) -> str:
    """SQL: rows, with `key` and `kind` of a column; `evaluate` has been told of its tokens."""
    return (
        f"SELECT r.*, coalesce(v.key, r.{column}) AS key, {kind(f'r.{column}', 'v.kind')} AS kind"
        f" FROM ({rows}) r LEFT JOIN value v ON v.token = r.{column}"
    )


DIFFER = (
    f"(a.kind = {NAN} OR a.key <> b.key) AND NOT (a.kind = {OPAQUE} AND b.kind <> {NODE})"
    f" AND NOT (b.kind = {OPAQUE} AND a.kind <> {NODE})"
)
"""SQL: whether `!=` is true of two rows of `valued`, a and b: it is an error of an opaque literal and another one."""


def evaluate(sql: duckdb.DuckDBPyConnection, tokens: str) -> None:
    """Make the table `value` (token, key, kind) of those tokens, from a query, whose keys are not the tokens."""
    sql.execute("CREATE OR REPLACE TEMP TABLE value (token VARCHAR, key VARCHAR, kind UTINYINT)")
    found = sql.execute(f"SELECT DISTINCT token FROM ({tokens}) WHERE {unsure('token')}").fetchall()
    rows = list(_other(token for (token,) in found))
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        sql.execute(
            "INSERT INTO value SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::UTINYINT[])", columns
        )


def _other(tokens: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    for token in tokens:
        key, kind = value_key(token)
        if key != token or kind != LITERAL:
            yield token, key, kind


def value_key(token: str) -> tuple[str, int]:
    """The key and the kind of a literal.

    >>> one = value_key(f'"1"^^<{XSD}integer>')
    >>> [value_key(f'"{form}"^^<{XSD}{type_}>') == one for form, type_ in (("01", "int"), ("1.0", "decimal"))]
    [True, True]
    >>> value_key('"a"^^<http://e/type>')[1] == OPAQUE
    True
    """
    term = parse(token)
    key: str | None = None
    if term.datatype in (XSD_STRING, ""):
        return token, LITERAL if term.datatype else NODE
    if term.datatype in _NUMBERS:
        key = _number(term.value, term.datatype)
        if key and "NaN" in key:
            return key, NAN
    elif term.datatype == XSD + "boolean" and term.value in ("true", "false", "1", "0"):
        key = literal(canonical(term.value, term.datatype), datatype=term.datatype)
    elif term.datatype in _MOMENTS:
        key = _moment(term.value, term.datatype)
    elif term.datatype in _DURATIONS:
        key = _duration(term.value)
    return (token, OPAQUE) if key is None else (key, LITERAL)


def _number(lexical: str, datatype: str) -> str | None:
    text = canonical(lexical, datatype)
    if text in ("INF", "-INF", "NaN") and datatype[len(XSD) :] in ("double", "float"):
        return literal(text, datatype=XSD + "double")
    if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) or (datatype in INTEGERS and "." in text):
        return None
    text = text.removeprefix("-") if Decimal(text) == 0 else text
    return literal(text, datatype=XSD + ("decimal" if "." in text else "integer"))


def _moment(lexical: str, datatype: str) -> str | None:
    match = _MOMENTS[datatype].fullmatch(lexical)
    if match is None or not _is_day(lexical, datatype):
        return None
    local, zone = match[1], match[2]
    whole, _, fraction = local.partition(".")
    fraction = f".{fraction}".rstrip("0").rstrip(".")
    if datatype == XSD + "dateTime" and (zone or "T24" in whole) and re.match(r"\d{4}-", whole):
        whole, zone = _in_utc(whole, zone)
    elif zone and zone[1:] == "00:00":
        zone = "Z"
    return literal(whole + fraction + (zone or ""), datatype=datatype)


def _is_day(lexical: str, datatype: str) -> bool:
    if datatype not in (XSD + "dateTime", XSD + "date"):
        return True
    year, month, day = re.match(r"(-?\d+)-(\d\d)-(\d\d)", lexical).groups()  # type: ignore[union-attr]
    leap = int(year) % 4 == 0 and (int(year) % 100 != 0 or int(year) % 400 == 0)
    return (
        int(day) <= (29 if leap else 28, 30, 31)[0 if month == "02" else 1 if month in ("04", "06", "09", "11") else 2]
    )


def _in_utc(whole: str, zone: str | None) -> tuple[str, str | None]:
    date, _, clock = whole.partition("T")
    hour, minute, second = map(int, clock.split(":"))
    away = timedelta()
    if zone and zone != "Z":
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    try:
        moment = datetime.fromisoformat(date) + timedelta(hours=hour, minutes=minute, seconds=second) - away
    except (OverflowError, ValueError):  # in the first or the last year that Python counts
        return whole, zone
    return moment.isoformat(), "Z" if zone else None


def _duration(lexical: str) -> str | None:
    match = _DURATION.fullmatch(lexical)
    if match is None:
        return None
    years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups()[1:])
    sign = -1 if match[1] else 1
    parts = sign * (years * 12 + months), sign * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    shown = " ".join(f"{part.normalize() + 0:f}" for part in parts)
    return literal(shown, datatype=XSD + "duration")
