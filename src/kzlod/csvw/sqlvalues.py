"""Datatypes as SQL: whether a text is certainly one of the datatype's, its lexical form, its canonical form.

SQL says yes only where it is sure, and then its forms are those of `datatypes`. A text that it is not sure of is
left to the row executor, whether it is wrong or only written in a rare way.

>>> from kzlod.csvw.model import Datatype
>>> value_sql(Datatype("gYear"), "x", canonical=False).sure
"regexp_full_match(x, '(?:[1-9][0-9]{3,8}|0[0-9]{3})')"
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kzlod.csvw import datatypes, numbers
from kzlod.csvw.dates import DATES, DURATIONS
from kzlod.csvw.model import Datatype
from kzlod.csvw.numbers import FLOATS, INTEGERS, NUMERIC, SPECIAL
from kzlod.csvw.sqldialect import concat, found, matches, replaced, text, trimmed

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_YEAR = "(?:[1-9][0-9]{3,8}|0[0-9]{3})"
_DAY = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_FORMS = {
    "date": f"{_DAY}{_ZONE}",
    "time": rf"{_CLOCK}(?:\.[0-9]+)?{_ZONE}",
    "dateTime": rf"{_DAY}T{_CLOCK}(?:\.[0-9]+)?{_ZONE}",
    "datetime": rf"{_DAY}T{_CLOCK}(?:\.[0-9]+)?{_ZONE}",
    "dateTimeStamp": rf"{_DAY}T{_CLOCK}(?:\.[0-9]+)?{_ZONE.removesuffix('?')}",
    "gDay": "---(?:0[1-9]|[12][0-9]|3[01])",
    "gMonth": "--(?:0[1-9]|1[0-2])",
    "gMonthDay": "--(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
    "gYear": _YEAR,
    "gYearMonth": f"{_YEAR}-(?:0[1-9]|1[0-2])",
}
# Forms of one length, whose order is that of their texts.
_SORTABLE = {
    "date": _DAY,
    "time": _CLOCK,
    "dateTime": f"{_DAY}T{_CLOCK}",
    "datetime": f"{_DAY}T{_CLOCK}",
    "gYear": "[1-9][0-9]{3}",
    "gYearMonth": "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])",
}
_DURATION_PARTS = {
    "duration": (r"(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?", True),
    "dayTimeDuration": (r"(?:[0-9]+D)?", True),
    "yearMonthDuration": (r"(?:[0-9]+Y)?(?:[0-9]+M)?", False),
}
_DURATION_CLOCK = r"(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
# 38 digits are what a decimal of SQL holds.
_EXACT = r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,18})?"
_BOUND = "DECIMAL(38, 18)"


class NotCompilableError(Exception):
    """A table uses what SQL cannot do; its rows go one by one. The message says what."""


class Value(NamedTuple):
    """SQL of a value: whether it is sure, its lexical form, its canonical form, whether it may need escapes."""

    sure: str
    lexical: str
    canonical: str
    escapes: bool


def value_sql(datatype: Datatype, x: str, *, canonical: bool) -> Value:
    """The SQL for the text `x` of a cell that is not null. Raises `NotCompilableError`.

    `canonical` says whether the canonical form is wanted; it is the lexical form otherwise.
    """
    base = datatype.base
    bounded = _bounds(datatype)
    if base in NUMERIC:
        value = _number(datatype, x, bounded)
    elif base in DATES:
        value = _date(datatype, x, bounded)
    elif bounded:
        raise NotCompilableError(f"bounds of the datatype {base}")
    elif base == "boolean":
        value = _boolean(datatype, x)
    else:
        value = _text(datatype, x)
    value = _with_lengths(datatype, value)
    return _canonical(base, value) if canonical else value._replace(canonical=value.lexical)


def _bounds(datatype: Datatype) -> list[tuple[str, str]]:
    bounds = (
        (">=", datatype.min_inclusive),
        ("<=", datatype.max_inclusive),
        (">", datatype.min_exclusive),
        ("<", datatype.max_exclusive),
    )
    return [(operator, bound) for operator, bound in bounds if bound is not None]


def _number(datatype: Datatype, x: str, bounds: list[tuple[str, str]]) -> Value:
    base = datatype.base
    form = numbers.NumberFormat(datatype.format, datatype.decimal_char, datatype.group_char)
    whole = base in INTEGERS
    low, high = INTEGERS.get(base, (None, None))
    if datatype.format is None and datatype.group_char is None and datatype.decimal_char == ".":
        regex = "[+-]?[0-9]+" if whole else r"[+-]?[0-9]+(?:\.[0-9]+)?"
        lexical = x
        if base in FLOATS:
            regex, lexical = regex + "(?:[Ee][+-]?[0-9]{1,3})?", f"replace({x}, 'E', 'e')"
        sure = matches(x, regex)
    elif re.search("[%‰E]", datatype.format or ""):
        raise NotCompilableError(f"the number format {datatype.format}")
    else:
        group = datatype.group_char or ("," if datatype.format is not None or datatype.decimal_char == "." else "")
        lexical = f"replace({x}, {text(group)}, '')" if group else x
        if datatype.decimal_char != ".":
            lexical = f"replace({lexical}, {text(datatype.decimal_char)}, '.')"
        plain = "[+-]?[0-9]+" if whole else r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
        sure = f"({matches(x, form.regex)} AND {matches(lexical, plain)})"
    if base in FLOATS:
        special = ", ".join(text(word) for word in sorted(SPECIAL))
        if not bounds:
            sure = f"({x} IN ({special}) OR {sure})"
        lexical = f"CASE WHEN {x} IN ({special}) THEN {x} ELSE {lexical} END" if lexical != x else x
    limits = [(">=", low), ("<=", high)]
    bounds = [*bounds, *((operator, str(limit)) for operator, limit in limits if limit is not None)]
    if bounds:
        if base in FLOATS:
            tests = [f"TRY_CAST({lexical} AS DOUBLE) {op} CAST({text(bound)} AS DOUBLE)" for op, bound in bounds]
        else:
            if not all(re.fullmatch(_EXACT, bound) for _, bound in bounds):
                raise NotCompilableError("bounds of so many digits")
            tests = [f"TRY_CAST({lexical} AS {_BOUND}) {op} CAST({text(bound)} AS {_BOUND})" for op, bound in bounds]
            tests.insert(0, matches(lexical, _EXACT))
        sure = f"coalesce({sure} AND {' AND '.join(tests)}, false)"
    return Value(sure, lexical, "", False)


def _date(datatype: Datatype, x: str, bounds: list[tuple[str, str]]) -> Value:
    base, lexical, shape = datatype.base, x, "true"
    if datatype.format:
        lexical, shape = _formatted_date(datatype.format, x)
    form = _FORMS[base]
    if bounds:
        form = _SORTABLE.get(base, "")
        if not form or not all(re.fullmatch(form, bound) for _, bound in bounds):
            raise NotCompilableError(f"bounds of the datatype {base}")
    tests = [matches(lexical, form)] if shape == "true" else [shape, matches(lexical, form)]
    if form.startswith(_DAY):
        tests.append(f"TRY_CAST(substr({lexical}, 1, 10) AS DATE) IS NOT NULL")
    tests += [f"{lexical} {operator} {text(bound)}" for operator, bound in bounds]
    return Value(tests[0] if len(tests) == 1 else f"({' AND '.join(tests)})", lexical, "", False)


def _formatted_date(pattern: str, x: str) -> tuple[str, str]:
    """A date in one of CSVW's formats, in XML Schema's form; and whether it is in the format."""
    match = re.fullmatch(r"([yMd./-]*)(T|'T'| )?((?:HH.*?)?)( ?(?:X{1,3}|x{1,3}))?", pattern)
    if match is None:
        raise NotCompilableError(f"the date format {pattern}")
    date, join, clock, zone = match[1], match[2] or "", match[3], match[4]
    if zone is not None or clock not in ("", "HH:mm:ss", "HH:mm"):
        raise NotCompilableError(f"the date format {pattern}")
    seconds = ":00" if clock == "HH:mm" else ""
    clocks = {"": "", "HH:mm:ss": "[0-9]{2}:[0-9]{2}:[0-9]{2}", "HH:mm": "[0-9]{2}:[0-9]{2}"}[clock]
    if not date:
        return concat([x, text(seconds)]) if seconds else x, matches(x, clocks)
    joint = {"'T'": "T"}.get(join, join)
    fields = re.findall("y+|M+|d+", date)
    regex = re.sub("[./-]", lambda m: f"[{m[0]}]", re.sub("y+|M+|d+", "#", date))
    for name in fields:
        regex = regex.replace("#", {"yyyy": "[0-9]{4}"}.get(name, "[0-9]{2}" if len(name) == 2 else "[0-9]{1,2}"), 1)
    shape = matches(x, f"{regex}{joint}{clocks}")
    padded = x
    if "d" in fields or "M" in fields:  # such formats begin with both, and the year follows
        padded = replaced(padded, "^([0-9][^0-9])", r"0\1")
        padded = replaced(padded, "^([0-9]{2}[^0-9])([0-9][^0-9])", r"\10\2")
    place, places = 1, dict[str, int]()
    for piece in re.findall("y+|M+|d+|.", date):
        places[piece[0]] = place
        place += 4 if piece[0] == "y" else 2 if piece[0] in "Md" else 1
    pieces = [f"substr({padded}, {places['y']}, 4)", "'-'", f"substr({padded}, {places['M']}, 2)", "'-'"]
    pieces.append(f"substr({padded}, {places['d']}, 2)")
    if clock:
        pieces += ["'T'", f"substr({padded}, {place + len(joint)})", text(seconds)]
    return concat(pieces), shape


def _boolean(datatype: Datatype, x: str) -> Value:
    yes, no = datatype.format.split("|") if datatype.format else ("true", "false")
    truths, lies = ([yes], [no]) if datatype.format else (["true", "1"], ["false", "0"])
    # A word that says both is read as the last of the two.
    true = ", ".join(text(word) for word in truths if word not in lies)
    false = ", ".join(map(text, lies))
    if not true:
        return Value(f"{x} IN ({false})", "'false'", "'false'", False)
    return Value(f"{x} IN ({true}, {false})", f"CASE WHEN {x} IN ({true}) THEN 'true' ELSE 'false' END", "", False)


def _text(datatype: Datatype, x: str) -> Value:
    base = datatype.base
    tests = []
    if datatype.format:
        tests.append(found(x, _re2(datatype.format)))
    shape = datatypes.SHAPES.get(base)
    if shape is not None:
        tests.append(matches(x, re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", shape)))
    elif base in DURATIONS:
        parts, clock = _DURATION_PARTS[base]
        tests += [matches(x, f"-?P{parts}{_DURATION_CLOCK if clock else ''}"), found(x, "[YMDHS]$")]
    elif base == "hexBinary":
        tests.append(matches(x, "(?:[0-9A-Fa-f]{2})*"))
    elif base in ("base64Binary", "binary"):
        tests.append(matches(x, "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"))
    sure = " AND ".join(tests)
    return Value(
        f"({sure})" if len(tests) > 1 else sure or "true",
        x,
        "",
        base in datatypes.STRINGS | datatypes.KEEPS_SPACE | {"anyURI", "QName"},
    )


def _re2(pattern: str) -> str:
    """A regular expression of ECMAScript for RE2, where the two say the same."""
    plain = r"(?:[^\\\[\](){}?*+|^$]|\\[.\-/\\+*?()\[\]{}|^$dwDW]|\((?:\?:)?|\)|[?*+|^$]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\}|\[\^?(?:[^\\\[\]&~|^]|\\[.\-/\\\]\[dw])+\])*"  # noqa: E501
    if re.fullmatch(plain, pattern) is None or not pattern.isascii():
        raise NotCompilableError(f"the regular expression {pattern}")
    anchored = re.sub(r"(\\.|\[[^\]]*\])|\$", lambda m: m[1] or r"\z", pattern, flags=re.DOTALL)
    return anchored.replace("\\/", "/")


def _with_lengths(datatype: Datatype, value: Value) -> Value:
    bounds = [("=", datatype.length), (">=", datatype.min_length), ("<=", datatype.max_length)]
    tests = [(operator, bound) for operator, bound in bounds if bound is not None]
    if not tests:
        return value
    if datatype.base in datatypes.BINARIES - {"hexBinary"}:
        raise NotCompilableError(f"the length of the datatype {datatype.base}")
    unit = 2 if datatype.base == "hexBinary" else 1
    sure = " AND ".join([value.sure, *(f"length({value.lexical}) {op} {bound * unit}" for op, bound in tests)])
    return value._replace(sure=f"({sure})")


def _canonical(base: str, value: Value) -> Value:
    """The value with its canonical form, by XML Schema 1.1; sure only of what is easily made canonical."""
    x = value.lexical
    if base in INTEGERS:
        digits = trimmed(x, end=False, of="+-0")
        sign = f"CASE WHEN substr({x}, 1, 1) = '-' AND {digits} <> '' THEN '-' ELSE '' END"
        made = concat([sign, f"CASE WHEN {digits} = '' THEN '0' ELSE {digits} END"])
        return value._replace(canonical=f"CASE WHEN {matches(x, '0|-?[1-9][0-9]*')} THEN {x} ELSE {made} END")
    if base == "decimal":
        plain = replaced(replaced(x, r"^\+", ""), r"(\.[0-9]*[1-9])0+$|\.0*$", r"\1")
        plain = f"CASE WHEN {found(x, '[.+]')} THEN {plain} ELSE {x} END"
        return value._replace(
            sure=f"({value.sure} AND {matches(plain, r'0|-?[1-9][0-9]*(?:[.][0-9]+)?|-?0[.][0-9]+')})", canonical=plain
        )
    if base in FLOATS or base in DURATIONS:
        raise NotCompilableError(f"the canonical form of the datatype {base}, in a template or key")
    if base in ("gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth"):
        return value._replace(canonical=x)  # these forms have no time zone
    if base in DATES:
        return value._replace(sure=f"({value.sure} AND NOT {found(x, '[.]|[+-]00:00$')})", canonical=x)
    return value._replace(canonical=f"upper({x})" if base == "hexBinary" else x)
