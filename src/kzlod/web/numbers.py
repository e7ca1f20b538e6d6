"""Numbers as a language writes them: digits in threes, the mark of the fraction, a minus sign that is one, bytes."""

from __future__ import annotations

import re

from kzlod.query.labels import DEFAULT

_MARKS = {"en": (",", "."), "kk": ("\u202f", ","), "ru": ("\u202f", ","), "zh": (",", ".")}
"""What stands between the threes and before the fraction (Unicode CLDR; the space is the narrow one)."""
_UNITS = {
    "en": ("B", "kB", "MB", "GB", "TB"),
    "kk": ("Б", "кБ", "МБ", "ГБ", "ТБ"),
    "ru": ("Б", "кБ", "МБ", "ГБ", "ТБ"),
    "zh": ("字节", "kB", "MB", "GB", "TB"),
}
"""Bytes, and each unit a thousand of the one before (SI)."""
_TOGETHER = 4
"""So many digits stand together, so that a year is not taken apart."""
_THREES = re.compile(r"(?<=\d)(?=(?:\d{3})+\Z)")
_DECIMAL = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?", re.ASCII)


def grouped(number: str, language: str = DEFAULT) -> str:
    """A decimal number with its digits in threes, as a language writes it; whatever is none as it is.

    >>> grouped("30050000000.5"), grouped("-2024")
    ('30,050,000,000.5', '−2024')
    >>> grouped("30050000000.5", "ru").replace("\\u202f", " ")
    '30 050 000 000,5'
    """
    found = _DECIMAL.fullmatch(number)
    if found is None:
        return number
    between, point = _MARKS[language]
    sign, whole, fraction = found.groups()
    shown = _THREES.sub(between, whole) if len(whole) > _TOGETHER else whole
    return ("−" if sign == "-" else "") + shown + (point + fraction if fraction else "")


def exact_size(count: int, language: str = DEFAULT) -> str:
    """A number of bytes.

    >>> exact_size(3393207).replace("\\u00a0", " ")
    '3,393,207 B'
    """
    return f"{grouped(str(count), language)}\u00a0{_UNITS[language][0]}"


def rounded_size(count: int, language: str = DEFAULT) -> str:
    """A number of bytes in the unit that leaves it below a thousand, with one digit of a fraction if it is below ten.

    >>> [rounded_size(count).replace("\\u00a0", " ") for count in (890, 2111, 999_500, 34_000_000)]
    ['890 B', '2.1 kB', '1.0 MB', '34 MB']
    >>> rounded_size(2111, "ru").replace("\\u00a0", " ")
    '2,1 кБ'
    """
    shown, (unit, *larger) = float(count), _UNITS[language]
    while larger and round(shown) >= 1000:
        shown, unit = shown / 1000, larger.pop(0)
    fraction = 1 if shown < 9.95 and unit != _UNITS[language][0] else 0
    return f"{grouped(f'{shown:.{fraction}f}', language)}\u00a0{unit}"
