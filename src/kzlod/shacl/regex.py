"""Regular expressions of SPARQL's REGEX as RE2 has them (XPath and XQuery Functions 3.1, section 5.6).

What RE2 cannot do is named by `UncompiledError`; what no engine here can do is an `InputError`. Where the standard and
all implementations of it part, this follows the implementations: `\\w` holds the underscore and no symbols.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kzlod.errors import InputError

_FLAGS = frozenset("smixq")
_NAME_START = (
    r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}"
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
)
_NAME = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}"
# The members of the classes that have letters for names; the capital letter is what is in none of them.
_CLASSES = {"d": r"\p{Nd}", "w": r"\p{L}\p{N}_", "s": r"\t\n\r ", "i": _NAME_START, "c": _NAME}
_ESCAPE = re.compile(r"\\(?:([pP])\{(\^?)(\w+)\}|(.))", re.DOTALL)
_GROUP = re.compile(r"\(\?(?:[ims]+(?:-[ims]+)?[:)]|:|P<\w+>)")
_CHARACTER = re.compile(r"(?:\\([^a-zA-Z0-9])|\\([nrt])|([^\\\[\]]))", re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


class UncompiledError(Exception):
    """An expression that RE2 does not have; the message names the construct."""


def translate(pattern: str, flags: str = "", *, where: str = "shapes") -> str:
    """An expression for RE2 that matches what SPARQL's REGEX does with these flags.

    Raises `InputError` for what is no expression, `UncompiledError` for what RE2 cannot run.

    >>> translate("[a-z-[aeiou]]")
    '[b-df-hj-np-tv-z]'
    >>> translate("(a)" + chr(92) + "1")
    Traceback (most recent call last):
    kzlod.shacl.regex.UncompiledError: a back-reference
    """
    wrong = sorted(set(flags) - _FLAGS)
    if wrong:
        raise InputError(f"sh:flags {flags!r} has {', '.join(wrong)}; there are s, m, i, x and q", where=where)
    mode = "".join(flag for flag in "im" if flag in flags)
    start = f"(?{mode})" if mode else ""
    if "q" in flags:
        return start.replace("m", "") + re.escape(pattern) if "i" in flags else re.escape(pattern)
    return start + "".join(_pieces(pattern, flags, where))


def _pieces(pattern: str, flags: str, where: str) -> Iterable[str]:
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            match = _ESCAPE.match(pattern, position)
            if match is None:
                raise InputError(f"the regular expression {pattern!r} ends in a backslash", where=where)
            yield _escape(match, pattern, where, inside=False)
            position = match.end()
        elif char == "[":
            text, position = _class(pattern, position, where)
            yield text
        elif pattern.startswith("(?", position):
            match = _GROUP.match(pattern, position)
            if match is None:
                look = pattern[position + 2 : position + 3] in ("=", "!", "<")
                raise UncompiledError("look-around" if look else f"the group {pattern[position : position + 4]}")
            yield match[0]
            position = match.end()
        else:
            position += 1
            if char == ".":
                yield "(?s:.)" if "s" in flags else r"[^\n\r]"
            elif not ("x" in flags and char in " \t\n\r"):
                yield char


def _escape(match: re.Match[str], pattern: str, where: str, *, inside: bool) -> str:
    category, negated, name, char = match.groups()
    if category:
        if name.startswith("Is") and len(name) > 3:
            message = f"the regular expression {pattern!r} asks for the Unicode block {name}"
            raise InputError(f"{message}, which no engine here knows", where=where, remedy="write it as a range")
        return rf"\{category}{{{negated}{name}}}"
    if char in _CLASSES:
        return _CLASSES[char] if inside else f"[{_CLASSES[char]}]"
    if char.lower() in _CLASSES:
        if inside and char != "D":
            raise UncompiledError(rf"the class \{char} inside a class")
        return r"\P{Nd}" if char == "D" else f"[^{_CLASSES[char.lower()]}]"
    if char in _CONTROL:
        return f"\\{char}"
    if char.isdigit():
        raise UncompiledError("a back-reference")
    if char.isalpha():
        raise UncompiledError(rf"the escape \{char}")
    return re.escape(char)


def _class(pattern: str, start: int, where: str) -> tuple[str, int]:
    """A class in square brackets, and where it ends."""
    position = start + 1
    negated = pattern.startswith("^", position)
    position += negated
    pieces, first = [], position
    while True:
        if position >= len(pattern):
            raise InputError(f"the regular expression {pattern!r} has a class without an end", where=where)
        char = pattern[position]
        if char == "]" and position > first:
            break
        if pattern.startswith("-[", position):
            end = pattern.find("]", position)
            if position == first or pattern[end : end + 2] != "]]":
                raise UncompiledError("class subtraction")
            return _subtract(pattern, first, position, end, negated=negated), end + 2
        if char == "\\":
            match = _ESCAPE.match(pattern, position)
            if match is None:
                raise InputError(f"the regular expression {pattern!r} ends in a backslash", where=where)
            pieces.append(_escape(match, pattern, where, inside=True))
            position = match.end()
            continue
        pieces.append("\\" + char if char in "[]" else char)
        position += 1
    return f"[{'^' if negated else ''}{''.join(pieces)}]", position + 1


def _subtract(pattern: str, start: int, middle: int, end: int, *, negated: bool) -> str:
    """A class less another one, both of characters and ranges only; RE2 has no subtraction."""
    inner = pattern[middle + 2 : end]
    if negated or inner.startswith("^"):
        raise UncompiledError("class subtraction")
    left = _members(pattern[start:middle]) - _members(inner)
    ranges: list[list[int]] = []
    for code in sorted(left):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    shown = [re.escape(chr(low)) if low == high else f"{_plain(low)}-{_plain(high)}" for low, high in ranges]
    # A class of nothing matches nothing.
    return f"[{''.join(shown)}]" if shown else r"[^\x{0}-\x{10FFFF}]"


def _plain(code: int) -> str:
    return chr(code) if chr(code).isalnum() else rf"\x{{{code:X}}}"


def _members(text: str) -> set[int]:
    chars: list[int] = []
    found: set[int] = set()
    position, pending = 0, False
    while position < len(text):
        if text[position] == "-" and chars and position + 1 < len(text) and not pending:
            pending, position = True, position + 1
            continue
        match = _CHARACTER.match(text, position)
        if match is None:
            raise UncompiledError("class subtraction")
        code = ord(match[1] or _CONTROL.get(match[2] or "", "") or match[3])
        if pending:
            found.update(range(chars.pop(), code + 1))
            pending = False
        else:
            chars.append(code)
            found.add(code)
        position = match.end()
    return found
