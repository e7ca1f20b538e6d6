"""Numbers: the patterns of UAX #35 that CSVW knows, and canonical forms (Tabular Data Model, 6.4.2).

A pattern becomes one regular expression without look-around, so that every engine can run it.

>>> NumberFormat("#,##0.0#").lexical("1,234.5")
'1234.5'
>>> NumberFormat("0%").lexical("12%")
'0.12'
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from decimal import Decimal

INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
"""The integer types and their bounds."""

FLOATS = frozenset(("double", "float", "number"))
NUMERIC = frozenset(("decimal", *INTEGERS, *FLOATS))
SPECIAL = frozenset(("NaN", "INF", "-INF"))


class BadPatternError(ValueError):
    """A format that is no pattern that CSVW knows."""


def _integer_part(part: str, group: str) -> str:
    """The regular expression for the digits before the decimal point."""
    digits = part.replace(group, "") if group else part
    if re.fullmatch("#*0*", digits) is None:
        raise BadPatternError("# comes before 0 in the integer part")
    least = digits.count("0")
    sizes = [len(piece) for piece in part.split(group)[1:]] if group else []
    if not sizes:
        return f"[0-9]{{{least},}}"
    first = sizes[-1]
    second = sizes[-2] if len(sizes) > 1 else first
    if first == 0 or second == 0:
        raise BadPatternError("a group has no digits")
    g = re.escape(group)
    if least <= first:
        return f"(?:[0-9]{{{least},{first}}}|[0-9]{{1,{second}}}(?:{g}[0-9]{{{second}}})*{g}[0-9]{{{first}}})"
    full, lead = divmod(least - first - 1, second)
    tail = f"{g}[0-9]{{{first}}}"
    return (
        f"(?:[0-9]{{{lead + 1},{second}}}(?:{g}[0-9]{{{second}}}){{{full}}}{tail}"
        f"|[0-9]{{1,{second}}}(?:{g}[0-9]{{{second}}}){{{full + 1},}}{tail})"
    )


def _fraction_part(part: str, group: str, point: str) -> str:
    """The regular expression for the decimal point and the digits after it."""
    digits = part.replace(group, "") if group else part
    if re.fullmatch("0*#*", digits) is None:
        raise BadPatternError("0 comes before # in the fraction")
    least, most = digits.count("0"), len(digits)
    sizes = [len(piece) for piece in part.split(group)] if group else []
    if len(sizes) < 2:
        some = f"{re.escape(point)}[0-9]{{{max(least, 1)},{most}}}" if most else ""
    elif 0 in sizes:
        raise BadPatternError("a group has no digits")
    else:
        forms = []
        for count in range(max(least, 1), most + 1):
            pieces, rest = [], count
            for size in sizes:
                pieces.append(f"[0-9]{{{min(size, rest)}}}")
                rest -= min(size, rest)
                if not rest:
                    break
            forms.append(re.escape(group).join(pieces))
        some = f"{re.escape(point)}(?:{'|'.join(forms)})"
    return some if least or not some else f"(?:{some})?"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers are written: by a pattern, or freely with a decimal and perhaps a group character.

    Raises `BadPatternError` for a pattern that CSVW does not know.
    """

    pattern: str | None = None
    decimal_char: str = "."
    group_char: str | None = None
    regex: str = field(init=False)
    """What a number must match as a whole."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "regex", self._free() if self.pattern is None else self._of_pattern())

    def _free(self) -> str:
        exponent = "(?:[Ee][+-]?[0-9]+)?"
        if self.group_char is None and self.decimal_char == ".":
            # XML Schema's forms, and the standard decimal format of CLDR where its grouping is plain: 3,05 is no 305.
            digits = "(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)"
            return rf"[+-]?(?:{digits}(?:\.[0-9]*)?|\.[0-9]+){exponent}"
        group, point = re.escape(self.group_char or ""), re.escape(self.decimal_char)
        digits = f"[0-9]+(?:{group}[0-9]+)*" if group else "[0-9]+"
        return f"[+-]?{digits}(?:{point}[0-9]+)?{exponent}[%‰]?"

    def _of_pattern(self) -> str:
        pattern, point, group = self.pattern or "", self.decimal_char, self.group_char or ","
        sign = r"[+\-]?"
        match = re.fullmatch(
            rf"([%‰]?)([+-]?)([%‰]?)((?:[#0]|{re.escape(group)})*)"
            rf"(?:{re.escape(point)}((?:[#0]|{re.escape(group)})*))?(?:E([+-]?)(#*0*))?([%‰]?)",
            pattern,
        )
        if match is None:
            raise BadPatternError("it may hold 0 # E + - % ‰, the decimal and the group character")
        before, signed, after, integer, fraction, e_sign, exponent, end = match.groups()
        signs = before + after + end
        if len(signs) > 1 or not re.search("[#0]", integer + (fraction or "")) or exponent == "":
            raise BadPatternError("it has no digits, or more than one sign of per cent")
        if signed:
            sign = r"[+\-]" if signed == "+" else "-"
        regex = _integer_part(integer, group) + (_fraction_part(fraction, group, point) if fraction else "")
        if exponent is not None:
            e = r"[+\-]" if e_sign == "+" else r"[+\-]?"
            regex += f"E{e}[0-9]{{{max(exponent.count('0'), 1)},}}"
        return f"{before}{sign}{after}{regex}{end}"

    def lexical(self, text: str) -> str:
        """The number in plain digits, its per cent or per mille sign applied.

        Raises `ValueError` where the text is not in this format.
        """
        if re.fullmatch(self.regex, text) is None or not any("0" <= char <= "9" for char in text):
            raise ValueError(text)
        group = self.group_char or ("," if self.pattern is not None or self.decimal_char == "." else "")
        plain = text.replace(group, "") if group else text
        if self.decimal_char != ".":
            plain = plain.replace(self.decimal_char, ".")
        plain = plain.replace("E", "e")
        if "%" in plain:
            return _shifted(plain.replace("%", ""), 2)
        if "‰" in plain:
            return _shifted(plain.replace("‰", ""), 3)
        return plain


def _shifted(text: str, places: int) -> str:
    """A number with its decimal point moved to the left, exactly.

    >>> _shifted("+123.4", 2), _shifted("5", 3), _shifted("1.5e7", 2)
    ('1.234', '0.005', '1.5e5')
    """
    mantissa, e, exponent = text.partition("e")
    if e:
        return f"{mantissa}e{int(exponent) - places}"
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    digits = whole.rjust(places + 1, "0") + fraction
    cut = len(digits) - len(fraction) - places
    return f"{sign}{digits[:cut].lstrip('0') or '0'}.{digits[cut:]}".rstrip("0").rstrip(".")


def canonical_integer(lexical: str) -> str:
    """The canonical form of an integer, by XML Schema 1.1.

    >>> canonical_integer("+007"), canonical_integer("-0")
    ('7', '0')
    """
    digits = lexical.lstrip("+-").lstrip("0") or "0"
    return f"-{digits}" if lexical.startswith("-") and digits != "0" else digits


def canonical_decimal(lexical: str) -> str:
    """The canonical form of a decimal, by XML Schema 1.1.

    >>> canonical_decimal("+01.50"), canonical_decimal("2.0"), canonical_decimal("-.5")
    ('1.5', '2', '-0.5')
    """
    whole, _, fraction = lexical.partition(".")
    whole, fraction = canonical_integer(whole or "0") or "0", fraction.rstrip("0")
    if not fraction:
        return whole
    return f"-0.{fraction}" if whole == "0" and lexical.startswith("-") else f"{whole}.{fraction}"


def canonical_float(lexical: str, *, single: bool = False) -> str:
    """The canonical form of a double, or of a float (`single`).

    >>> canonical_float("10.10e1"), canonical_float("0"), canonical_float("0.1", single=True)
    ('1.01E2', '0.0E0', '1.0E-1')
    """
    if lexical in SPECIAL:
        return lexical
    number = float(lexical)
    shortest = repr(number)
    if single:
        try:
            number = struct.unpack("f", struct.pack("f", number))[0]
        except OverflowError:
            number = float("inf") if number > 0 else float("-inf")
        packed = struct.pack("f", number)
        forms = (f"{number:.{n}e}" for n in range(9))
        shortest = next((form for form in forms if struct.pack("f", float(form)) == packed), repr(number))
    if number in (float("inf"), float("-inf")):
        return "INF" if number > 0 else "-INF"
    sign, digits, exponent = Decimal(shortest).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = int(exponent) + len(digits) - 1 if text != "0" else 0
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"
