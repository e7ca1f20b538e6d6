"""Lexical forms of datatypes as regular expressions that RE2 runs (XML Schema Definition Language 1.1, part 2).

A literal whose form its datatype does not have is ill-typed; the leap years are in the expressions too.
"""

from __future__ import annotations

from kzlod.vocab import RDF, XSD

_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_DAY_OF_MONTH = (
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = (
    r"-?(([1-9][0-9]+|0[0-9])(0[48]|[2468][048]|[13579][26])"
    r"|([1-9][0-9]*([02468][048]|[13579][26])|0[48]|[2468][048]|[13579][26]|00)00)"
)
_DATE = rf"({_YEAR}-{_DAY_OF_MONTH}|{_LEAP_YEAR}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_SECONDS = r"[0-9]+(\.[0-9]+)?S"
_DAYS_TIME = rf"T([0-9]+H([0-9]+M)?({_SECONDS})?|[0-9]+M({_SECONDS})?|{_SECONDS})"
_YEARS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_FLOAT = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_NAME_START, _NAME = r"\p{L}_", r"\p{L}\p{N}\p{M}_.\-·"
_PLAIN = r"([^\\]|\\[^tnr])"

DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
INTEGER = r"[+-]?[0-9]+"

# The ranges of the integer types that have both ends; those with one end are told by sign alone.
RANGES = {
    f"{XSD}{name}": (low, high)
    for name, low, high in (
        ("long", -(2**63), 2**63 - 1),
        ("int", -(2**31), 2**31 - 1),
        ("short", -(2**15), 2**15 - 1),
        ("byte", -(2**7), 2**7 - 1),
        ("unsignedLong", 0, 2**64 - 1),
        ("unsignedInt", 0, 2**32 - 1),
        ("unsignedShort", 0, 2**16 - 1),
        ("unsignedByte", 0, 2**8 - 1),
    )
}

EXACT = {
    f"{XSD}decimal": DECIMAL,
    f"{XSD}integer": INTEGER,
    f"{XSD}nonNegativeInteger": r"\+?[0-9]+|-0+",
    f"{XSD}positiveInteger": r"\+?0*[1-9][0-9]*",
    f"{XSD}nonPositiveInteger": r"-[0-9]+|\+?0+",
    f"{XSD}negativeInteger": r"-0*[1-9][0-9]*",
    **dict.fromkeys(RANGES, INTEGER),
}
"""The types whose values are exact numbers."""

INEXACT = {f"{XSD}double": _FLOAT, f"{XSD}float": _FLOAT}
"""The types whose values are binary fractions."""

MOMENTS = {
    f"{XSD}dateTime": rf"{_DATE}T{_TIME}{_ZONE}",
    f"{XSD}dateTimeStamp": rf"{_DATE}T{_TIME}(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
    f"{XSD}date": rf"{_DATE}{_ZONE}",
    f"{XSD}time": rf"{_TIME}{_ZONE}",
    f"{XSD}gYear": rf"{_YEAR}{_ZONE}",
    f"{XSD}gYearMonth": rf"{_YEAR}-(0[1-9]|1[0-2]){_ZONE}",
    f"{XSD}gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}",
    f"{XSD}gDay": rf"---(0[1-9]|[12][0-9]|3[01]){_ZONE}",
    f"{XSD}gMonthDay": rf"--({_DAY_OF_MONTH}|02-29){_ZONE}",
}
"""The types whose values are points of time, with or without a zone."""

FORMS = {
    **EXACT,
    **INEXACT,
    **MOMENTS,
    f"{XSD}boolean": "true|false|1|0",
    f"{XSD}duration": rf"-?P({_YEARS}([0-9]+D)?({_DAYS_TIME})?|[0-9]+D({_DAYS_TIME})?|{_DAYS_TIME})",
    f"{XSD}dayTimeDuration": rf"-?P([0-9]+D({_DAYS_TIME})?|{_DAYS_TIME})",
    f"{XSD}yearMonthDuration": rf"-?P{_YEARS}",
    f"{XSD}hexBinary": "([0-9a-fA-F]{2})*",
    f"{XSD}base64Binary": "(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|"
    "([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    f"{XSD}language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    f"{XSD}normalizedString": f"{_PLAIN}*",
    f"{XSD}token": r"(([^\\ ]|\\[^tnr])+( ([^\\ ]|\\[^tnr])+)*)?",
    f"{XSD}Name": f"[{_NAME_START}:][{_NAME}:]*",
    f"{XSD}NCName": f"[{_NAME_START}][{_NAME}]*",
    f"{XSD}NMTOKEN": f"[{_NAME}:]+",
}
"""The lexical forms, of a literal as it is escaped in N-Quads; types that are not listed allow every text."""

LANG_STRING = f"{RDF}langString"
