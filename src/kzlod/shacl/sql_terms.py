"""Terms in SQL: what a constraint says of one value, as a condition on the value's parts.

A condition is made from a `Value`, which says how SQL finds the parts of a term in its canonical N-Quads token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kzlod.shacl.lexical import FORMS, LANG_STRING, RANGES
from kzlod.shacl.regex import translate
from kzlod.vocab import XSD

STRING = f"{XSD}string"
_MARKS = {"BlankNode": "_", "IRI": "<", "Literal": '"'}
# How long a text may be for a regular expression to count its characters.
_SHORT = 50


def text(value: str) -> str:
    """A text as a SQL literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Texts as a SQL list in brackets, never empty."""
    return "(" + (", ".join(map(text, values)) or "NULL") + ")"


def unescaped(lexical: str) -> str:
    """SQL: what stands between a token's quotes, as the text that it means; it is, letter for letter, JSON."""
    meant = f"json_extract_string('\"' || {lexical} || '\"', '$')"
    return f"CASE WHEN contains({lexical}, '\\') THEN {meant} ELSE {lexical} END"


Typed = Callable[[str], tuple[str, str]]
"""For a datatype (an IRI): the condition that a term has it, and what stands between its quotes then."""


@dataclass(frozen=True, slots=True)
class Value:
    """Where SQL finds the parts of a term: expressions, and how to ask for a datatype.

    `mark` is the token's first character; `lexical` what stands between the quotes; `language` is in lower case and
    empty where there is none; `typed` is for datatypes other than those of plain and tagged texts.
    """

    token: str
    mark: str
    lexical: str
    language: str
    typed: Typed

    @property
    def string(self) -> str:
        """SQL: SPARQL's STR of the term, NULL for a blank node."""
        return f"CASE {self.mark} WHEN '<' THEN {self.token}[2:-2] WHEN '\"' THEN {unescaped(self.lexical)} END"


def of_token(x: str) -> Value:
    """The parts of a token in a column."""

    def typed(datatype: str) -> tuple[str, str]:
        end = f'"^^<{datatype}>'
        return f"ends_with({x}, {text(end)})", f"{x}[2:-{len(end) + 1}]"

    return Value(x, f"{x}[1]", f"{x}[2:length({x}) - strpos(reverse({x}), '\"')]", language(x), typed)


def language(x: str) -> str:
    """SQL: the language of the token in a column, in lower case; empty where there is none."""
    return f"CASE {x}[1] WHEN '\"' THEN lower(regexp_extract({x}, '\"@([A-Za-z0-9-]+)$', 1)) ELSE '' END"


def well_formed(typed: Typed, forms: Mapping[str, str]) -> str:
    """SQL: whether a term is a literal of one of some datatypes and has the form of it."""
    return "(" + " OR ".join(_well_formed(*typed(name), name, form) for name, form in forms.items()) + ")"


def _well_formed(has: str, lexical: str, datatype: str, form: str) -> str:
    condition = f"{has} AND regexp_full_match({lexical}, {text(form)}, 's')"
    if datatype in RANGES:
        low, high = RANGES[datatype]
        number = f"try_cast({lexical} AS HUGEINT)"
        condition += f" AND coalesce({number} BETWEEN {low}::HUGEINT AND {high}::HUGEINT, false)"
    return condition


def has_datatype(value: Value, datatype: str) -> str:
    """SQL: whether a term is a well-formed literal of a datatype (an IRI)."""
    if datatype == STRING:
        return f"({value.mark} = '\"' AND ends_with({value.token}, '\"'))"
    if datatype == LANG_STRING:
        return f"({value.language} <> '')"
    if datatype in FORMS:
        return well_formed(value.typed, {datatype: FORMS[datatype]})
    return value.typed(datatype)[0]


def has_kind(value: Value, kind: str) -> str:
    """SQL: whether a term is of a node kind (`IRI`, `BlankNodeOrIRI` …)."""
    return f"({value.mark} IN {texts(_MARKS[part] for part in kind.split('Or'))})"


def has_length(value: Value, operator: str, length: int) -> str:
    """SQL: whether a term's text is at least or at most (`>=`, `<=`) so long in characters; blank nodes have none."""
    if length <= _SHORT:
        least, most = (length, "") if operator == ">=" else (0, length)
        form = rf'"([^"\\]|\\(u[0-9A-F]{{4}}|[^u])){{{least},{most}}}".*|<.{{{least},{most}}}>'
        return f"regexp_full_match({value.token}, {text(form)}, 's')"
    lexical = value.lexical
    flat = f"regexp_replace({lexical}, '\\\\(u[0-9A-F]{{4}}|.)', '.', 'g')"
    short = f"CASE WHEN contains({lexical}, '\\') THEN length({flat}) ELSE length({lexical}) END"
    many = f"CASE {value.mark} WHEN '<' THEN length({value.token}) - 2 WHEN '\"' THEN {short} END"
    return f"({many} {operator} {length})"


def matches(value: Value, pattern: str, flags: str) -> str:
    """SQL: whether a term's text matches a pattern as SPARQL's REGEX does; blank nodes do not."""
    return f"regexp_matches({value.string}, {text(translate(pattern, flags))})"


def in_languages(value: Value, ranges: Iterable[str]) -> str:
    """SQL: whether a literal's language is in one of some ranges (RFC 4647, basic filtering)."""
    any_of = "|".join("[a-z0-9-]+" if name == "*" else f"{re.escape(name)}(-[a-z0-9-]*)?" for name in ranges)
    tagged = text(f'".*"@({any_of})')
    return f"regexp_full_match({value.token}, {tagged}, 'si')" if any_of else "false"


def is_term(value: Value, terms: Iterable[str]) -> str:
    """SQL: whether a token is one of some tokens."""
    return f"({value.token} IN {texts(terms)})"
