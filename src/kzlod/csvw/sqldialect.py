r"""SQL that differs between engines, in one place: how DuckDB and Apache Spark match, encode, cut and join texts.

What is the same on both (CASE, IN, `=`, BETWEEN, `replace`, `length`, `substr`, TRY_CAST) is written where it is
needed. The functions give DuckDB's SQL, and Spark's within `on_spark`; texts are never NULL here.

>>> concat(["'a'", "'b'", "x"]), split("x", ";")
("concat('ab', x)", "string_split(x, ';')")
>>> with on_spark():
...     split("x", ";")
"split(x, '[;]', -1)"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from kzlod.quads import sqltext

CELL, ROW = "\x1f", "\x1e"
"""What stands between the cells and the rows of a block, on Spark."""
MARK = "\x02"
"""Begins a text that is no statement: these begin with a token, and no token holds a control character."""
DEEPEST = 2000
"""Characters that Spark matches a repeated group on: Java's stack would not do for a text of any length."""

_SPARK: ContextVar[bool] = ContextVar("spark", default=False)


@contextmanager
def on_spark() -> Iterator[None]:
    """The SQL that is made within is Spark's."""
    token = _SPARK.set(True)
    try:
        yield
    finally:
        _SPARK.reset(token)


def text(value: str) -> str:
    """SQL: a text as a literal. Spark reads backslashes as the start of escapes."""
    if _SPARK.get():
        return sqltext.text(value.replace("\\", "\\\\"))
    return sqltext.text(value)


def _java(regex: str) -> str:
    """A regular expression of RE2 for Java: `.` is all but a line feed, `$` the end of the text and nothing else."""
    ends = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda match: match[1] or r"\z", regex, flags=re.DOTALL)
    return f"(?d){ends}"


def _rlike(value: str, regex: str) -> str:
    condition = f"{value} RLIKE {text(_java(regex))}"
    if re.search(r"\)[*+{]", regex):
        return f"CASE WHEN length({value}) <= {DEEPEST} THEN {condition} ELSE false END"
    return f"({condition})"


def matches(value: str, regex: str) -> str:
    """SQL: whether a regular expression (RE2) matches the whole of a text.

    Spark says no for a text of more than `DEEPEST` characters where the expression repeats a group.
    """
    if _SPARK.get():
        return _rlike(value, rf"\A(?:{regex})\z")
    return f"regexp_full_match({value}, {text(regex)})"


def found(value: str, regex: str) -> str:
    """SQL: whether a regular expression (RE2) matches somewhere in a text; Spark's limit is that of `matches`."""
    if _SPARK.get():
        return _rlike(value, regex)
    return f"regexp_matches({value}, {text(regex)})"


def replaced(value: str, regex: str, by: str) -> str:
    r"""SQL: a text with all that a regular expression (RE2) matches replaced; `\1` is what its first group matched.

    The expression matches no empty text: engines differ in where there is one.
    """
    if _SPARK.get():
        by = re.sub(r"\\(\d)", r"$\1", by.replace("$", r"\$"))
        return f"regexp_replace({value}, {text(_java(regex))}, {text(by)})"
    return f"regexp_replace({value}, {text(regex)}, {text(by)}, 'g')"


def percent_encoded(value: str) -> str:
    """SQL: a text with all but the unreserved characters of RFC 3986 percent-encoded."""
    if _SPARK.get():  # it encodes as forms do
        return f"replace(replace(replace(url_encode({value}), '+', '%20'), '*', '%2A'), '%7E', '~')"
    return f"url_encode({value})"


def trimmed(value: str, *, start: bool = True, end: bool = True, of: str = " \t\r\n") -> str:
    """SQL: a text without certain characters at its start and end: the white space of XML, or others."""
    if _SPARK.get():
        return f"trim({'BOTH' if start and end else 'LEADING' if start else 'TRAILING'} {text(of)} FROM {value})"
    function = "trim" if start and end else "ltrim" if start else "rtrim"
    return f"{function}({value}, {text(of)})"


def concat(pieces: Iterable[str]) -> str:
    """SQL: the pieces one after the other; literals that meet become one.

    DuckDB's `||` copies what it has so far each time; `concat` copies once.
    """
    merged: list[str] = []
    for piece in pieces:
        if merged and piece[0] == "'" == merged[-1][0]:
            merged[-1] = merged[-1][:-1] + piece[1:]
        else:
            merged.append(piece)
    return merged[0] if len(merged) == 1 else f"concat({', '.join(merged)})" if merged else "''"


def as_text(number: str) -> str:
    """SQL: a whole number as a text."""
    return f"CAST({number} AS {'STRING' if _SPARK.get() else 'VARCHAR'})"


def array(values: Iterable[str]) -> str:
    """SQL: a list of values."""
    return f"array({', '.join(values)})" if _SPARK.get() else f"[{', '.join(values)}]"


def size(values: str) -> str:
    """SQL: how many items a list has."""
    return f"size({values})" if _SPARK.get() else f"len({values})"


def split(value: str, separator: str) -> str:
    """SQL: the list of what stands between separators."""
    if _SPARK.get():
        plain = re.sub(
            r"[^\w\s]", lambda match: rf"\{match[0]}" if match[0] in r"\^[]&" else f"[{match[0]}]", separator
        )
        return f"split({value}, {text(plain)}, -1)"
    return f"string_split({value}, {text(separator)})"


def each(values: str, make: str) -> str:
    """SQL: a list with `make` done to each item, which it calls `x`."""
    if _SPARK.get():
        return f"transform({values}, x -> {make})"
    return f"list_transform({values}, lambda x: {make})"


def only(values: str, condition: str) -> str:
    """SQL: the items of a list that a condition holds for, which calls them `x`."""
    if _SPARK.get():
        return f"filter({values}, x -> {condition})"
    return f"list_filter({values}, lambda x: {condition})"


def joined(values: str, by: str) -> str:
    """SQL: the items of a list as one text."""
    return f"array_{'join' if _SPARK.get() else 'to_string'}({values}, {text(by)})"


def row_number(which: Literal["row", "source", "line"], *, broken: bool = False) -> str:
    """SQL: a row's number among the rows of data, among all rows of its file, or the line that it starts on.

    DuckDB counts from where a chunk starts, and lines with `broken`; Spark's rows have their numbers.
    """
    if _SPARK.get():
        return which
    return f"(getvariable('{which}') + rn{' + broken' if broken else ''})"


def irregular() -> str:
    """SQL: whether a row is left to the row executor as it is: on Spark some are, DuckDB gets no chunk with such."""
    return "odd" if _SPARK.get() else "false"


def marked(numbers: Sequence[str], cells: Sequence[str]) -> str:
    """SQL: a row that is left to the row executor, as a text of one line: its numbers and cells as a JSON array.

    On Spark its number in the file is there too, and what is left as it is says itself what it is.
    """
    if _SPARK.get():
        row = f"to_json(array({', '.join([*map(as_text, [*numbers, 'source']), *cells])}))"
        return f"CASE WHEN odd THEN record ELSE {row} END"
    return f"CAST(to_json([{', '.join([*map(as_text, numbers), *cells])}]) AS VARCHAR)"


def numbered(source: str, columns: Sequence[str], *, delimiter: str, quote: str, lines: bool) -> str:
    """SQL: the rows of a file with their places, `rn`.

    With `lines`, `broken` is how many line breaks within cells come before a row. On Spark the source is a view of
    blocks, whose rows start each a line after the other: the places of the first, and a text of `ROW` and `CELL`.
    """
    if _SPARK.get():
        cells = ", ".join(f"get(cells, {place}) AS {column}" for place, column in enumerate(columns))
        places = "row + at AS rn, row + at + 1 AS row, source + at + 1 AS source, line + at AS line"
        rows = f"(SELECT * FROM {source} LATERAL VIEW posexplode(split(text, {text(ROW)}, -1)) AS at, record)"
        split_rows = f"(SELECT *, split(record, {text(CELL)}, -1) AS cells FROM {rows})"
        return f"(SELECT {places}, odd, record, {cells} FROM {split_rows})"
    rows = f"(SELECT *, row_number() OVER () - 1 AS rn FROM {csv(source, columns, delimiter=delimiter, quote=quote)})"
    if not lines:
        return rows
    breaks = " + ".join(f"length({c}) - length(replace({c}, chr(10), ''))" for c in columns)
    before = "ORDER BY rn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"(SELECT *, coalesce(sum({breaks}) OVER ({before}), 0)::BIGINT AS broken FROM {rows} ORDER BY rn)"


def csv(path: str, columns: Sequence[str], *, delimiter: str, quote: str) -> str:
    """SQL: the rows of a CSV file without a header whose lines end with line feeds, every cell a text."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    names = ", ".join(f"'{column}'" for column in columns)
    return (
        f"read_csv({text(path)}, auto_detect = false, header = false, columns = {{{types}}}, delim = {text(delimiter)},"
        f" force_not_null = [{names}], quote = {text(quote)}, escape = {text(quote)}, new_line = '\\n',"
        " strict_mode = true, parallel = false)"
    )
