"""What validation says: results, each with all that the W3C report vocabulary has for it (SHACL, section 3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kzlod.terms import parse
from kzlod.vocab import SH

Level = Literal["violation", "warning", "info"]
_WARNING, _INFO = f"<{SH}Warning>", f"<{SH}Info>"
LEVELS: tuple[Level, ...] = ("violation", "warning", "info")


def level(severity: str) -> Level:
    """The level of a severity's token; a severity of one's own counts as a violation.

    >>> level("<http://www.w3.org/ns/shacl#Warning>"), level("<http://e/Fatal>")
    ('warning', 'violation')
    """
    return "warning" if severity == _WARNING else "info" if severity == _INFO else "violation"


def shown(messages: Sequence[str]) -> str:
    """The text of the message that is shown of some: the English one, else one without a language, else the first.

    >>> shown(['"zu lang"@de', '"too long"@en-gb', '"слишком длинно"@ru']), shown([])
    ('too long', '')
    """
    terms = sorted(
        map(parse, messages), key=lambda term: (term.language.partition("-")[0] != "en", term.language != "")
    )
    return terms[0].value if terms else ""


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One validation result; terms are canonical N-Quads tokens, empty where the report has none.

    `path` is a predicate's token, or a complex path as SPARQL writes it, with every nested path in brackets.
    `messages` are literals, each perhaps with a language, and `message` is the text of the one to show. `constraint` is
    the node of a SPARQL-based constraint; `place` says file and line, as far as they are known.

    >>> result = Result("<http://e/a>", "", "", "", "", "", ('"is odd"@en', '"ist ungerade"@de'))
    >>> result.message
    'is odd'
    """

    focus: str
    path: str
    value: str
    component: str
    severity: str
    shape: str
    messages: tuple[str, ...] = ()
    constraint: str = ""
    place: str = ""

    @property
    def message(self) -> str:
        """The text of the message to show: English, else without a language, else the first."""
        return shown(self.messages)

    @property
    def predicate(self) -> str:
        """The path, where it is one predicate; empty for other paths.

        >>> Result("", "<http://e/p>", "", "", "", "").predicate
        '<http://e/p>'
        >>> Result("", "<http://e/p>/<http://e/q>", "", "", "", "").predicate
        ''
        """
        return self.path if self.path.startswith("<") and self.path.find(">") == len(self.path) - 1 else ""


@dataclass(frozen=True, slots=True)
class Group:
    """What results of one shape and component have in common, how many they are, and the first of them.

    `owner` is the nearest shape above that has an IRI; there are no `messages` where each result has its own.
    """

    shape: str
    owner: str
    path: str
    component: str
    severity: str
    messages: tuple[str, ...]
    count: int
    examples: tuple[Result, ...]

    @property
    def message(self) -> str:
        """The text of the message to show, as of a result."""
        return shown(self.messages)

    @property
    def level(self) -> Level:
        """The level of the severity."""
        return level(self.severity)


@dataclass(frozen=True, slots=True)
class Report:
    """A validation report: whether the data conforms, the results in order, and what is odd about data and shapes.

    `groups` count all results, the most severe and frequent first; `results` may be fewer, where so was asked for.
    They are fetched when they are looked at: a million of them need not be in memory. `prefixes` are those of the
    files.
    """

    conforms: bool
    results: Sequence[Result]
    warnings: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many results there are, those that are not kept included."""
        return sum(group.count for group in self.groups)

    @property
    def counts(self) -> dict[Level, int]:
        """How many results there are of each level."""
        return {name: sum(group.count for group in self.groups if group.level == name) for name in LEVELS}

    def fails(self, on: Level = "violation") -> bool:
        """Whether there is a result of this level or a more severe one."""
        return any(self.counts[name] for name in LEVELS[: LEVELS.index(on) + 1])
