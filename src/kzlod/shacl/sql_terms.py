"""Terms in SQL: what a constraint says of one value, as a condition on its canonical N-Quads token.

Each function takes the SQL name of a column that holds tokens. What is cheap on billions of rows is preferred: how a
token begins and ends is looked at before it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kzlod.shacl.lexical import FORMS, LANG_STRING, RANGES
from kzlod.shacl.regex import translate
from kzlod.vocab import XSD

STRING = f"{XSD}string"
_MARKS = {"BlankNode": "_", "IRI": "<", "Literal": '"'}
# Expressions without angle brackets, without what could match one, without alternatives.
_INNER = re.compile(r"(?:[\w/:#,;=&~@!%'-]|\\[.-]|\[[\w-]+\]|\{[0-9,]+\}|[+*?])*")
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


def lexical(x: str) -> str:
    """SQL: what stands between the quotes of a literal's token."""
    return f"substring({x}, 2, length({x}) - strpos(reverse({x}), '\"') - 1)"


def plain(x: str) -> str:
    """SQL: SPARQL's STR of a token that has no escapes, NULL for a blank node."""
    iri = f"WHEN starts_with({x}, '<') THEN substring({x}, 2, length({x}) - 2)"
    return f"CASE {iri} WHEN starts_with({x}, '\"') THEN {lexical(x)} END"


def string(x: str) -> str:
    """SQL: SPARQL's STR of a token, NULL for a blank node."""
    iri = f"WHEN starts_with({x}, '<') THEN substring({x}, 2, length({x}) - 2)"
    return f"CASE {iri} WHEN starts_with({x}, '\"') THEN {unescaped(lexical(x))} END"


def language(x: str) -> str:
    """SQL: the language of a token, in lower case; empty where there is none."""
    tag = f"lower(regexp_extract({x}, '\"@([A-Za-z0-9-]+)$', 1))"
    return f"CASE WHEN starts_with({x}, '\"') THEN {tag} ELSE '' END"


def typed(x: str, datatype: str) -> tuple[str, str]:
    """SQL: whether a token has a datatype (an IRI, not that of plain or tagged texts), and its lexical form then."""
    end = f'"^^<{datatype}>'
    return f"ends_with({x}, {text(end)})", f"substring({x}, 2, length({x}) - {len(end) + 1})"


def well_formed(x: str, datatype: str, form: str) -> str:
    """SQL: whether a token is a literal of a datatype with some form, one that no quote fits."""
    has, between = typed(x, datatype)
    pattern = text(f'^"({form})"')
    return f"({has} AND regexp_matches({x}, {pattern}, 's'){in_range(datatype, between)})"


def in_range(datatype: str, lexical: str) -> str:
    """SQL: the further condition that an integer type of bounded size has, if it is one."""
    if datatype not in RANGES:
        return ""
    low, high = RANGES[datatype]
    return f" AND coalesce(try_cast({lexical} AS HUGEINT) BETWEEN {low}::HUGEINT AND {high}::HUGEINT, false)"


def any_well_formed(x: str, forms: Mapping[str, str]) -> str:
    """SQL: whether a token is a well-formed literal of one of some datatypes."""
    return "(" + " OR ".join(well_formed(x, name, form) for name, form in forms.items()) + ")"


def has_datatype(x: str, datatype: str) -> str:
    """SQL: whether a token is a well-formed literal of a datatype (an IRI)."""
    if datatype == STRING:
        return f"(starts_with({x}, '\"') AND ends_with({x}, '\"'))"
    if datatype == LANG_STRING:
        return f"({language(x)} <> '')"
    return well_formed(x, datatype, FORMS[datatype]) if datatype in FORMS else typed(x, datatype)[0]


def has_kind(x: str, kind: str) -> str:
    """SQL: whether a token is of a node kind (`IRI`, `BlankNodeOrIRI` …)."""
    return "(" + " OR ".join(f"starts_with({x}, {text(_MARKS[part])})" for part in kind.split("Or")) + ")"


def has_length(x: str, operator: str, length: int) -> str:
    """SQL: whether a term's text is at least or at most (`>=`, `<=`) so long in characters; blank nodes have none."""
    if length <= _SHORT:
        least, most = (length, "") if operator == ">=" else (0, length)
        form = rf'"([^"\\]|\\(u[0-9A-F]{{4}}|[^u])){{{least},{most}}}".*|<.{{{least},{most}}}>'
        return f"regexp_full_match({x}, {text(form)}, 's')"
    between = lexical(x)
    flat = f"regexp_replace({between}, '\\\\(u[0-9A-F]{{4}}|.)', '.', 'g')"
    short = f"CASE WHEN contains({x}, '\\') THEN length({flat}) ELSE length({between}) END"
    iri = f"WHEN starts_with({x}, '<') THEN length({x}) - 2"
    return f"(CASE {iri} WHEN starts_with({x}, '\"') THEN {short} END {operator} {length})"


def matches(x: str, pattern: str, flags: str) -> str:
    """SQL: whether a term's text matches a pattern as SPARQL's REGEX does; blank nodes do not."""
    return f"regexp_matches({string(x)}, {text(translate(pattern, flags))})"


def surely_matches(x: str, pattern: str, flags: str, *, is_iri: bool) -> str:
    """SQL: whether a term's text surely matches a pattern: not asked of texts with escapes.

    `is_iri` says that it is known to be an IRI. The expression then sees the whole token, where none of its parts
    could match an angle bracket.
    """
    expression = translate(pattern, flags)
    if not is_iri:
        return f"(NOT contains({x}, '\\') AND regexp_matches({plain(x)}, {text(expression)}))"
    body = expression.removeprefix("^").removesuffix("$")
    if _INNER.fullmatch(body):
        start, end = "^<" if expression.startswith("^") else "", ">$" if expression.endswith("$") else ""
        return f"regexp_matches({x}, {text(start + body + end)})"
    return f"regexp_matches(substring({x}, 2, length({x}) - 2), {text(expression)})"


def in_languages(x: str, ranges: Iterable[str]) -> str:
    """SQL: whether a literal's language is in one of some ranges (RFC 4647, basic filtering)."""
    any_of = "|".join("[a-z0-9-]+" if name == "*" else f"{re.escape(name)}(-[a-z0-9-]*)?" for name in ranges)
    tagged = text(f'".*"@({any_of})')
    return f"regexp_full_match({x}, {tagged}, 'si')" if any_of else "false"


def is_term(x: str, terms: Iterable[str]) -> str:
    """SQL: whether a token is one of some tokens."""
    return f"({x} IN {texts(terms)})"
