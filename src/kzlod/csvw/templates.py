"""URI templates (RFC 6570): simple ones taken apart once, the others left to the `uritemplate` library.

A template of `{x}`, `{+x}` and `{#x}` alone becomes literal parts and variables, which the executors fill in by
themselves; any other is expanded by the library.

>>> Template("http://example.org/{on_street}/{GID}").expand({"on_street": "ADDISON AV", "GID": "1"})
'http://example.org/ADDISON%20AV/1'
>>> Template("{?a,b}").expand({"a": "1", "b": ["x", "y"]})
'?a=1&b=x,y'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from uritemplate import URITemplate

Value = str | Sequence[str] | None
"""What a variable stands for: a text, a list of texts, or nothing."""

_EXPRESSION = re.compile(r"\{([^}]+)\}")
_SIMPLE = re.compile(r"([+#]?)((?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+)\Z")
_VARIABLE = re.compile(
    r"[+#./;?&]?((?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(?:\*|:[0-9]+)?(?:,(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(?:\*|:[0-9]+)?)*)"
)
_TRIPLET = re.compile("(%[0-9A-Fa-f]{2})")
_RESERVED = ":/?#[]@!$&'()*+,;="


def encode(text: str) -> str:
    """A value as `{x}` writes it: all but unreserved characters percent-encoded."""
    return text if text.isalnum() and text.isascii() else quote(text, safe="")


def encode_reserved(text: str) -> str:
    """A value as `{+x}` writes it: reserved characters and percent-encoded triplets stay.

    >>> encode_reserved("/a b?c=%20%")
    '/a%20b?c=%20%25'
    """
    if "%" not in text:
        return quote(text, safe=_RESERVED)
    pieces = _TRIPLET.split(text)
    return "".join(p if n % 2 else quote(p, safe=_RESERVED) for n, p in enumerate(pieces))


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a simple template, with its operator: none, `+` or `#`."""

    name: str
    operator: str = ""

    def expand(self, value: Value) -> str:
        """The text that stands for a value."""
        if value is None or (not isinstance(value, str) and not value):
            return ""
        one: Callable[[str], str] = encode_reserved if self.operator else encode
        text = one(value) if isinstance(value, str) else ",".join(map(one, value))
        return f"#{text}" if self.operator == "#" else text


@dataclass(frozen=True, slots=True)
class Template:
    """A URI template. `parts` are its literals and variables where it is simple, None where it is not."""

    source: str
    parts: tuple[str | Variable, ...] | None = field(init=False)
    names: tuple[str, ...] = field(init=False)
    """The variables that it uses."""
    _library: list[Any] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        parts: list[str | Variable] = []
        names: list[str] = []
        simple, position = True, 0
        # One that is malformed stays as it is: no IRI (RFC 6570, 3).
        for match in _EXPRESSION.finditer(self.source) if self.well_formed else ():
            if match.start() > position:
                parts.append(self.source[position : match.start()])
            position = match.end()
            if plain := _SIMPLE.match(match[1]):
                parts.append(Variable(plain[2], plain[1]))
                names.append(plain[2])
            else:
                simple = False
                names += [re.split(r"[*:]", name)[0] for name in match[1].lstrip("+#./;?&").split(",")]
        if position < len(self.source):
            parts.append(self.source[position:])
        object.__setattr__(self, "parts", tuple(parts) if simple else None)
        object.__setattr__(self, "names", tuple(dict.fromkeys(names)))

    @property
    def well_formed(self) -> bool:
        """Whether its braces and expressions are those of RFC 6570."""
        rest = _EXPRESSION.sub("", self.source)
        expressions = _EXPRESSION.findall(self.source)
        return not re.search("[{}]", rest) and all(_VARIABLE.fullmatch(text) for text in expressions)

    def expand(self, values: Mapping[str, Value]) -> str:
        """The template with its variables filled in; those without a value leave nothing."""
        if self.parts is not None:
            return "".join(p if isinstance(p, str) else p.expand(values.get(p.name)) for p in self.parts)
        if not self._library:
            from uritemplate import URITemplate

            self._library.append(URITemplate(self.source))
        library: URITemplate = self._library[0]
        given = {name: values.get(name) for name in self.names}
        return library.expand({name: list(v) if isinstance(v, tuple) else v for name, v in given.items()})
