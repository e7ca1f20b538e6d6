"""Dates, times and durations: the formats of CSVW, XML Schema's forms, their order (Tabular Data Model, 6.4.4).

>>> DateFormat("date", "d.M.yyyy").lexical("2.7.2024")
'2024-07-02'
>>> check("date", "2023-02-29")
Traceback (most recent call last):
ValueError: there is no such day
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

DATES = ("date", "dateTime", "datetime", "dateTimeStamp", "time", "gDay", "gMonth", "gMonthDay", "gYear", "gYearMonth")
DURATIONS = ("duration", "dayTimeDuration", "yearMonthDuration")

_YEAR, _ZONE = "-?(?:[1-9][0-9]{3,8}|0[0-9]{3})", r"(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DAY = "[0-9]{2}"
_TIME = r"(?P<h>[0-9]{2}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2}(?:\.[0-9]+)?)"
LEXICAL = {
    "date": f"(?P<Y>{_YEAR})-(?P<M>{_DAY})-(?P<D>{_DAY})(?P<z>{_ZONE})?",
    "time": f"{_TIME}(?P<z>{_ZONE})?",
    "dateTime": f"(?P<Y>{_YEAR})-(?P<M>{_DAY})-(?P<D>{_DAY})T{_TIME}(?P<z>{_ZONE})?",
    "dateTimeStamp": f"(?P<Y>{_YEAR})-(?P<M>{_DAY})-(?P<D>{_DAY})T{_TIME}(?P<z>{_ZONE})",
    "gDay": f"---(?P<D>{_DAY})(?P<z>{_ZONE})?",
    "gMonth": f"--(?P<M>{_DAY})(?P<z>{_ZONE})?",
    "gMonthDay": f"--(?P<M>{_DAY})-(?P<D>{_DAY})(?P<z>{_ZONE})?",
    "gYear": f"(?P<Y>{_YEAR})(?P<z>{_ZONE})?",
    "gYearMonth": f"(?P<Y>{_YEAR})-(?P<M>{_DAY})(?P<z>{_ZONE})?",
}
LEXICAL["datetime"] = LEXICAL["dateTime"]
"""XML Schema's lexical forms (the days of a month apart)."""


@cache
def _matcher(base: str) -> re.Pattern[str]:
    return re.compile(LEXICAL[base])


_DATE_FORMATS = (
    "yyyy-MM-dd", "yyyyMMdd", "dd-MM-yyyy", "d-M-yyyy", "MM-dd-yyyy", "M-d-yyyy", "dd/MM/yyyy", "d/M/yyyy",
    "MM/dd/yyyy", "M/d/yyyy", "dd.MM.yyyy", "d.M.yyyy", "MM.dd.yyyy", "M.d.yyyy",
)  # fmt: skip
_FORMAT = re.compile(
    f"(?P<date>{'|'.join(map(re.escape, _DATE_FORMATS))})?(?:(?P<join>T|'T'| )?"
    r"(?P<time>HH:mm:ss(?:\.(?P<S>S+))?|HHmmss|HH:mm|HHmm))?(?P<zone> ?(?:X{1,3}|x{1,3}))?"
)
_FIELDS = {
    "yyyy": "(?P<Y>[0-9]{4})", "MM": "(?P<M>[0-9]{2})", "M": "(?P<M>[0-9]{1,2})", "dd": "(?P<D>[0-9]{2})",
    "d": "(?P<D>[0-9]{1,2})", "HH": "(?P<h>[0-9]{2})", "mm": "(?P<m>[0-9]{2})", "ss": "(?P<s>[0-9]{2}",
    "X": "(?P<z>Z|[+-][0-9]{2}(?:[0-9]{2})?)", "XX": "(?P<z>Z|[+-][0-9]{4})",
    "XXX": "(?P<z>Z|[+-][0-9]{2}:[0-9]{2})", "x": "(?P<z>[+-][0-9]{2}(?:[0-9]{2})?)",
    "xx": "(?P<z>[+-][0-9]{4})", "xxx": "(?P<z>[+-][0-9]{2}:[0-9]{2})",
}  # fmt: skip
_SHAPES = {"date": (True, False), "time": (False, True)} | dict.fromkeys(
    ("dateTime", "datetime", "dateTimeStamp"), (True, True)
)


class BadFormatError(ValueError):
    """A format that is not among those that CSVW names."""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """One of the formats of CSVW, for a date, a time or both.

    Raises `BadFormatError` for any other format.
    """

    base: str
    pattern: str
    regex: str = field(init=False)

    def __post_init__(self) -> None:
        match = _FORMAT.fullmatch(self.pattern)
        if match is None or self.base not in _SHAPES:
            raise BadFormatError(self.pattern)
        date, join, time = match["date"], match["join"], match["time"]
        if (date is not None, time is not None) != _SHAPES[self.base] or bool(join) != bool(date and time):
            raise BadFormatError(self.pattern)
        if join and join != " " and (date != "yyyy-MM-dd" or not (time or "").startswith("HH:mm")):
            raise BadFormatError(self.pattern)
        regex = re.sub("yyyy|MM?|dd?", lambda m: _FIELDS[m[0]], re.escape(date or ""))
        regex += {"'T'": "T", None: ""}.get(join, join or "")
        if time:
            clock = re.sub("HH|mm|ss", lambda m: _FIELDS[m[0]], time.partition(".")[0])
            fraction = rf"(?:\.[0-9]{{1,{len(match['S'])}}})?" if match["S"] else ""
            regex += f"{clock}{fraction})" if "ss" in time else clock
        if match["zone"]:
            space = " " if match["zone"].startswith(" ") else ""
            regex += space + _FIELDS[match["zone"].strip()]
        object.__setattr__(self, "regex", regex)

    def lexical(self, text: str) -> str:
        """XML Schema's form of what the text says. Raises `ValueError` where it is not in this format."""
        match = re.fullmatch(self.regex, text)
        if match is None:
            raise ValueError(f"it is not in the format {self.pattern}")
        parts = match.groupdict()
        out = ""
        if parts.get("Y"):
            out = f"{parts['Y']}-{parts['M']:0>2}-{parts['D']:0>2}"
        if parts.get("h"):
            out += f"{'T' if out else ''}{parts['h']}:{parts['m']}:{parts.get('s') or '00'}"
        if zone := parts.get("z"):
            digits = zone[1:].replace(":", "")
            out += "Z" if zone == "Z" else f"{zone[0]}{digits[:2]}:{digits[2:] or '00'}"
        check(self.base, out)
        return out


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def check(base: str, lexical: str) -> re.Match[str]:
    """Match XML Schema's form, the days of the month included. Raises `ValueError` where it does not."""
    match = _matcher(base).fullmatch(lexical)
    if match is None:
        if base == "dateTimeStamp" and _matcher("dateTime").fullmatch(lexical):
            raise ValueError("it has no time zone")
        raise ValueError("it is not in the form of XML Schema")
    parts = match.groupdict()
    month = int(parts.get("M") or 1)
    # A leap year stands in where there is no year: --02-29 is a day.
    if not 1 <= month <= 12 or not 1 <= int(parts.get("D") or 1) <= _days_in(int(parts.get("Y") or 2000), month):
        raise ValueError("there is no such day")
    if parts.get("h"):
        hour, minute, second = int(parts["h"]), int(parts["m"]), parts["s"]
        midnight = hour == 24 and minute == 0 and float(second) == 0
        if not ((hour < 24 and minute < 60 and float(second) < 60) or midnight):
            raise ValueError("there is no such time")
    return match


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 in the Gregorian calendar, before and after its beginning."""
    y = year - (month < 3)
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1


def order(base: str, lexical: str) -> Fraction:
    """Where a value is on the time line, in seconds; a value without a time zone counts as UTC."""
    parts = check(base, lexical).groupdict()
    days = _day_number(int(parts.get("Y") or 2000), int(parts.get("M") or 1), int(parts.get("D") or 1))
    clock = Fraction(0)
    if parts.get("h"):
        clock = int(parts["h"]) * 3600 + int(parts["m"]) * 60 + Fraction(parts["s"])
    if (zone := parts.get("z")) and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        clock -= offset if zone[0] == "+" else -offset
    return days * 86400 + clock


def canonical(lexical: str) -> str:
    """The canonical form: seconds without trailing zeros, `Z` for no offset.

    >>> canonical("15:02:37.10+00:00")
    '15:02:37.1Z'
    """
    text = re.sub(r"(:[0-9]{2}\.[0-9]*?)0+(?![0-9])", r"\1", lexical)
    text = re.sub(r"\.(?![0-9])", "", text)
    return re.sub(r"[+-]00:00\Z", "Z", text)


_DURATION = re.compile(
    r"(?P<sign>-)?P(?=[0-9T])(?:(?P<Y>[0-9]+)Y)?(?:(?P<M>[0-9]+)M)?(?:(?P<D>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?(?:(?P<s>[0-9]+(?:\.[0-9]+)?)S)?)?"
)


def duration(base: str, lexical: str) -> tuple[int, Fraction]:
    """A duration's months and seconds. Raises `ValueError` for what is no duration of that type.

    >>> duration("duration", "P1Y2M3DT4.5S")
    (14, Fraction(518409, 2))
    """
    match = _DURATION.fullmatch(lexical)
    parts = match.groupdict() if match else {}
    wrong = {"dayTimeDuration": "YM", "yearMonthDuration": "Dhms"}.get(base, "")
    if match is None or "T" in lexical[-1:] or any(parts[key] for key in wrong):
        raise ValueError("it is not in the form of XML Schema")
    if base == "yearMonthDuration" and "T" in lexical:
        raise ValueError("it is not in the form of XML Schema")
    sign = -1 if parts["sign"] else 1
    months = int(parts["Y"] or 0) * 12 + int(parts["M"] or 0)
    clock = int(parts["h"] or 0) * 3600 + int(parts["m"] or 0) * 60 + Fraction(parts["s"] or 0)
    return sign * months, sign * (int(parts["D"] or 0) * 86400 + clock)


def duration_order(months: int, seconds: Fraction) -> tuple[Fraction, ...]:
    """Seconds of a duration from each of the four instants that XML Schema compares durations at."""
    out = []
    for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7)):
        y, m = divmod(year * 12 + month - 1 + months, 12)
        out.append((_day_number(y, m + 1, 1) - _day_number(year, month, 1)) * 86400 + seconds)
    return tuple(out)


def canonical_duration(base: str, lexical: str) -> str:
    """The canonical form of a duration.

    >>> canonical_duration("duration", "PT130S"), canonical_duration("yearMonthDuration", "P0Y20M")
    ('PT2M10S', 'P1Y8M')
    """
    months, seconds = duration(base, lexical)
    sign = "-" if months < 0 or seconds < 0 else ""
    months, whole = abs(months), int(abs(seconds))
    decimals = lexical.partition(".")[2].rstrip("S").rstrip("0")
    fraction = f".{decimals}" if decimals else ""
    days, rest = divmod(whole, 86400)
    hours, minutes, secs = rest // 3600, rest % 3600 // 60, rest % 60
    text = "".join(f"{n}{unit}" for n, unit in ((months // 12, "Y"), (months % 12, "M"), (days, "D")) if n)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{secs}{fraction}S" if secs or fraction else ""
    if not text and not clock:
        return "P0M" if base == "yearMonthDuration" else "PT0S"
    return f"{sign}P{text}{'T' + clock if clock else ''}"
