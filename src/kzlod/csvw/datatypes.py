"""Datatypes: from the text of a cell to a value's lexical and canonical form (Tabular Data Model, 6.4).

`compile_datatype` makes a parser of a datatype once; the executors run it for each cell, and the compiled path
takes its regular expressions.

>>> from kzlod.csvw.model import Datatype
>>> compile_datatype(Datatype("decimal")).lexical("30.5")
'30.5'
>>> compile_datatype(Datatype("boolean", format="Y|N")).lexical("N")
'false'
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kzlod.csvw import dates, numbers
from kzlod.csvw.context import DATATYPES
from kzlod.csvw.dates import DATES, DURATIONS
from kzlod.csvw.model import Datatype
from kzlod.csvw.numbers import FLOATS, INTEGERS, NUMERIC, SPECIAL

KEEPS_SPACE = frozenset(("string", "json", "xml", "html", "anyAtomicType", "any"))
"""Datatypes whose cells keep their white space as it is."""
STRINGS = frozenset(
    ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "json", "xml", "html")
)
BINARIES = frozenset(("base64Binary", "binary", "hexBinary"))
ORDERED = NUMERIC | frozenset(DATES) | frozenset(DURATIONS)
"""Datatypes that bounds apply to."""

_NAME_START = "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"  # noqa: E501
_NAME = rf"{_NAME_START}\-.0-9\xb7\u0300-\u036f\u203f-\u2040"
SHAPES = {
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "Name": f"[:{_NAME_START}][:{_NAME}]*",
    "NCName": f"[{_NAME_START}][{_NAME}]*",
    "NMTOKEN": f"[:{_NAME}]+",
    "QName": f"([{_NAME_START}][{_NAME}]*:)?[{_NAME_START}][{_NAME}]*",
}
_EXAMPLES = {
    "date": "2024-07-02", "dateTime": "2024-07-02T09:30:00", "datetime": "2024-07-02T09:30:00",
    "dateTimeStamp": "2024-07-02T09:30:00Z", "time": "09:30:00", "gDay": "---02", "gMonth": "--07",
    "gMonthDay": "--07-02", "gYear": "2024", "gYearMonth": "2024-07", "duration": "P1Y6M",
    "dayTimeDuration": "P1DT12H", "yearMonthDuration": "P1Y6M", "decimal": "1234.5", "boolean": "true",
    "hexBinary": "0FB7", "base64Binary": "aGVsbG8=", "binary": "aGVsbG8=", "language": "en-GB",
}  # fmt: skip


class BadValueError(ValueError):
    """A text that a datatype does not allow; `code` says by which rule, `remedy` what to write instead."""

    def __init__(self, message: str, *, code: str = "table.datatype", remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.remedy = message, code, remedy


@dataclass(frozen=True, slots=True)
class Parser:
    """A datatype, ready to read cells.

    `lexical` gives the lexical form of a text's value and raises `BadValueError`; `canonical` gives the
    canonical form of a lexical form (XML Schema 1.1), which URI templates use.
    """

    datatype: Datatype
    lexical: Callable[[str], str]
    canonical: Callable[[str], str]


def normalise_space(text: str, base: str) -> str:
    r"""White space as a datatype treats it, before a cell is parsed (6.4, steps 1 and 2).

    >>> normalise_space(" a \t b ", "token"), normalise_space(" a\n", "string")
    ('a b', ' a\n')
    """
    if base in KEEPS_SPACE or (" " not in text and text.isprintable()):
        return text
    if base == "normalizedString":
        return re.sub("[\t\n\r]", " ", text)
    return " ".join(re.split("[ \t\n\r]+", text.strip(" \t\n\r")))


def cut(text: str) -> str:
    """A text as a message quotes it.

    >>> cut("x" * 100)[-8:]
    "xxxxxx…'"
    """
    return repr(text if len(text) <= 80 else text[:79] + "…")


def a(base: str) -> str:
    """A datatype's name with its article."""
    return f"{'an' if base[0] in 'aeiou' and not base.startswith('uni') else 'a'} {base}"


def _number(datatype: Datatype) -> tuple[Callable[[str], str], Callable[[str], str]]:
    base = datatype.base
    form = numbers.NumberFormat(datatype.format, datatype.decimal_char, datatype.group_char)
    matches = re.compile(form.regex).fullmatch
    plain = form.pattern is None and form.group_char is None and form.decimal_char == "."
    example = "write digits, such as " + ("30050000000" if base in INTEGERS else "1234.5")
    if form.pattern is not None:
        example = f"write it in the format {form.pattern}"
    low, high = INTEGERS.get(base, (None, None))
    # What needs no second look.
    simple = plain and low is None and high is None
    is_simple = re.compile("[+-]?[0-9]+" if base in INTEGERS else r"[+-]?[0-9]+(?:\.[0-9]+)?").fullmatch

    def lexical(text: str) -> str:
        if base in FLOATS and text in SPECIAL:
            return text
        if simple and is_simple(text) is not None:
            return text
        if matches(text) is None:
            raise BadValueError(f"{cut(text)} is not {a(base)}", remedy=example)
        number = form.lexical(text)
        if base not in FLOATS:
            if "e" in number:
                raise BadValueError(f"{cut(text)} has an exponent, which {a(base)} cannot have", remedy=example)
            if base in INTEGERS:
                if "." in number or (form.decimal_char in text and datatype.format is None):
                    raise BadValueError(f"{cut(text)} is not {a(base)}", remedy=example)
                if (low is not None and Decimal(number) < low) or (high is not None and Decimal(number) > high):
                    limits = f"{'' if low is None else low} to {'' if high is None else high}".strip()
                    raise BadValueError(f"{cut(text)} is not {a(base)}", remedy=f"its range is {limits}")
        return number

    if base in INTEGERS:
        return lexical, numbers.canonical_integer
    if base == "decimal":
        return lexical, numbers.canonical_decimal
    return lexical, lambda value: numbers.canonical_float(value, single=base == "float")


def _date(datatype: Datatype) -> tuple[Callable[[str], str], Callable[[str], str]]:
    base = datatype.base
    form = dates.DateFormat(base, datatype.format) if datatype.format else None
    remedy = f"write it as {_EXAMPLES[base]}" if form is None else f"write it in the format {form.pattern}"

    def lexical(text: str) -> str:
        try:
            if form is not None:
                return form.lexical(text)
            dates.check(base, text)
        except ValueError as error:
            raise BadValueError(f"{cut(text)} is not {a(base)}: {error}", remedy=remedy) from None
        return text

    return lexical, dates.canonical


def _boolean(datatype: Datatype) -> tuple[Callable[[str], str], Callable[[str], str]]:
    values = {"true": "true", "1": "true", "false": "false", "0": "false"}
    if datatype.format:
        yes, no = datatype.format.split("|")
        values = {yes: "true", no: "false"}
    words = " or ".join(values) if datatype.format else "true or false"

    def lexical(text: str) -> str:
        if text not in values:
            raise BadValueError(f"{cut(text)} is not a boolean", remedy=f"write {words}")
        return values[text]

    return lexical, str


def _checked(datatype: Datatype) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """Strings of every kind, binaries and durations: a regular expression, and the type's own form."""
    base = datatype.base
    pattern = ecmascript(datatype.format) if datatype.format else None
    shape = re.compile(SHAPES[base]) if base in SHAPES else None
    canonical: Callable[[str], str] = str
    if base in DURATIONS:

        def canonical(value: str) -> str:
            return dates.canonical_duration(base, value)
    elif base == "hexBinary":
        canonical = str.upper

    def lexical(text: str) -> str:
        if pattern is not None and pattern.search(text) is None:
            remedy = f"write what matches the regular expression {datatype.format}"
            raise BadValueError(f"{cut(text)} is not in the format of this column", code="table.format", remedy=remedy)
        try:
            if shape is not None and shape.fullmatch(text) is None:
                raise ValueError
            if base in DURATIONS:
                dates.duration(base, text)
            elif base in BINARIES:
                octets(base, text)
        except ValueError:
            remedy = f"write it as {_EXAMPLES[base]}" if base in _EXAMPLES else ""
            raise BadValueError(f"{cut(text)} is not {a(base)}", remedy=remedy) from None
        return text

    return lexical, canonical


def octets(base: str, text: str) -> bytes:
    """The bytes of a binary value. Raises `ValueError` for a text that is none."""
    try:
        if base == "hexBinary":
            if re.fullmatch("([0-9A-Fa-f]{2})*", text) is None:
                raise ValueError(text)
            return bytes.fromhex(text)
        return base64.b64decode(text.replace(" ", ""), validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


def ecmascript(pattern: str) -> re.Pattern[str]:
    r"""A regular expression of ECMAScript. Raises `ValueError` for one that Python cannot run.

    >>> ecmascript("^[0-9]{3}$").search("123\n") is None
    True
    """
    out, position, in_class = [], 0, False
    while position < len(pattern):
        char = pattern[position]
        pair = pattern[position : position + 2]
        if char == "\\":
            rest = pattern[position:]
            if named := re.match(r"\\u\{([0-9A-Fa-f]+)\}", rest):
                out.append(re.escape(chr(int(named[1], 16))))
                position += len(named[0])
                continue
            out.append("/" if pair == "\\/" else pair)
            position += 2
            continue
        if in_class:
            in_class = char != "]"
            # Python keeps these for operations on sets.
            out.append(f"\\{char}" if char in "[&~|" or pair == "--" else char)
        elif char == "[":
            in_class = True
            if pattern.startswith(("[]", "[^]"), position):
                empty = pattern.startswith("[]", position)
                out.append("(?!)" if empty else "(?s:.)")
                position += 2 if empty else 3
                in_class = False
                continue
            out.append(char)
        elif char == "$":
            out.append(r"\Z")
        elif re.match(r"\(\?<[A-Za-z_$]", pattern[position:]):
            out.append("(?P<")
            position += 3
            continue
        else:
            out.append(char)
        position += 1
    try:
        return re.compile("".join(out), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def order(base: str, lexical: str) -> Any:
    """What a value of an ordered datatype is compared by. Raises `ValueError` for what is no such value."""
    if base in DURATIONS:
        return dates.duration_order(*dates.duration(base, lexical))
    if base in DATES:
        return dates.order(base, lexical)
    if base in FLOATS:
        return float(lexical.replace("INF", "inf"))
    return Decimal(lexical)


def below(one: Any, other: Any) -> bool:
    """Whether a value is less than another; durations are where they are at every instant of comparison."""
    if isinstance(one, tuple):
        return all(x < y for x, y in zip(one, other, strict=True))
    return bool(one < other)


def _bounds(datatype: Datatype) -> list[tuple[Callable[[Any], bool], str]]:
    """The bounds of a datatype: for each, whether a value breaks it, and what to say then."""
    base, out = datatype.base, list[tuple[Callable[[Any], bool], str]]()

    def add(bound: str | None, broken: Callable[[Any, Any], bool], words: str) -> None:
        if bound is not None:
            limit = order(base, bound)
            out.append((lambda value: broken(value, limit), f"{words} {bound}"))

    # A value that is not comparable (NaN) breaks every bound.
    add(datatype.min_inclusive, lambda v, m: not (below(m, v) or v == m), "is less than")
    add(datatype.max_inclusive, lambda v, m: not (below(v, m) or v == m), "is more than")
    add(datatype.min_exclusive, lambda v, m: not below(m, v), "is not more than")
    add(datatype.max_exclusive, lambda v, m: not below(v, m), "is not less than")
    return out


def _with_constraints(datatype: Datatype, parse: Callable[[str], str]) -> Callable[[str], str]:
    """A parser that also applies the length and value constraints (4.6.1, 4.6.2)."""
    base, bounds = datatype.base, _bounds(datatype)
    exact, least, most = datatype.length, datatype.min_length, datatype.max_length
    if not bounds and exact is None and least is None and most is None:
        return parse

    def lexical(text: str) -> str:
        value = parse(text)
        if exact is not None or least is not None or most is not None:
            size = len(octets(base, value)) if base in BINARIES else len(value)
            unit = "bytes" if base in BINARIES else "characters"
            wanted = exact if exact is not None and size != exact else None
            if wanted is not None or (least is not None and size < least) or (most is not None and size > most):
                limits = f"{wanted}" if wanted is not None else f"{least or 0} to {most if most is not None else ''}"
                raise BadValueError(
                    f"{cut(text)} has {size} {unit}", code="table.length", remedy=f"write {limits.strip()} {unit}"
                )
        if bounds:
            place = order(base, value)
            for broken, words in bounds:
                if broken(place):
                    raise BadValueError(f"{cut(text)} {words}", code="table.range")
        return value

    return lexical


@lru_cache(maxsize=1024)
def compile_datatype(datatype: Datatype) -> Parser:
    """Make a datatype's parser. The datatype's format and bounds must have been checked (`metadata`)."""
    base = datatype.base
    if base in NUMERIC:
        lexical, canonical = _number(datatype)
    elif base in DATES:
        lexical, canonical = _date(datatype)
    elif base == "boolean":
        lexical, canonical = _boolean(datatype)
    else:
        lexical, canonical = _checked(datatype)
    return Parser(datatype, _with_constraints(datatype, lexical), canonical)


def is_builtin(iri: str) -> bool:
    """Whether an IRI is that of a built-in datatype."""
    return iri in DATATYPES.values()
