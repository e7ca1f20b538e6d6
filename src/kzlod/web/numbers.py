"""Numbers as a language writes them: digits in threes, the mark of the fraction, a minus sign that is one."""

from __future__ import annotations

import re

from kzlod.query.labels import DEFAULT

_MARKS = {"en": (",", "."), "kk": ("\u202f", ","), "ru": ("\u202f", ","), "zh": (",", ".")}
"""What stands between the threes and before the fraction (Unicode CLDR; the space is the narrow one)."""
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
