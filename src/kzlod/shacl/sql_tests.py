"""What one value must be, in SQL: the tests of single terms, and the order of literals."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kzlod.shacl import sql_terms as terms
from kzlod.shacl.model import Constraint
from kzlod.shacl.plan import BOUNDS, LESS, Numbered
from kzlod.shacl.regex import translate
from kzlod.shacl.sql_order import compares, short_decimal
from kzlod.shacl.sql_terms import of_token, text


def condition(constraint: Constraint, x: str) -> str:
    """SQL: whether the token in a column satisfies a test; NULL is no."""
    value = of_token(x)
    if constraint.component == "Datatype":
        return terms.has_datatype(value, constraint.terms[0][1:-1])
    if constraint.component == "NodeKind":
        return terms.has_kind(value, constraint.terms[0])
    if constraint.component in ("MinLength", "MaxLength"):
        return terms.has_length(value, ">=" if constraint.component == "MinLength" else "<=", constraint.count)
    if constraint.component == "Pattern":
        return terms.matches(value, constraint.terms[0], constraint.terms[1])
    if constraint.component == "LanguageIn":
        return terms.in_languages(value, constraint.terms)
    return terms.is_term(value, constraint.terms)


def surely(constraint: Constraint, x: str, known: Collection[str]) -> str:
    """SQL: whether the token in a column satisfies a test or a bound; what is not sure is NULL or false.

    `known` are the datatypes and node kinds that other tests ask for: what is not of them fails those.
    """
    value = of_token(x)
    if constraint.component in BOUNDS:
        return short_decimal(value, BOUNDS[constraint.component], constraint.terms[0], known) or "false"
    if constraint.component == "Pattern":
        pattern = text(translate(*constraint.terms))
        if "IRI" in known:
            return f"regexp_matches({x}[2:-2], {pattern})"
        plain = f"CASE {x}[1] WHEN '<' THEN {x}[2:-2] WHEN '\"' THEN {value.lexical} END"
        return f"(NOT contains({x}, '\\') AND regexp_matches({plain}, {pattern}))"
    return condition(constraint, x)


def cases(constraints: Iterable[Numbered], column: str, x: str) -> str:
    """SQL: whether the token in a column satisfies the test whose constraint's number is in another column.

    Constraints that ask the same are one case; what is none of the constraints is true.
    """
    same: dict[str, list[int]] = {}
    for c in constraints:
        same.setdefault(condition(c.constraint, x), []).append(c.number)
    whens = " ".join(f"WHEN {column} {_in(numbers)} THEN coalesce({test}, false)" for test, numbers in same.items())
    return f"CASE {whens} ELSE true END"


def _in(numbers: list[int]) -> str:
    return f"= {numbers[0]}" if len(numbers) == 1 else f"IN ({', '.join(map(str, numbers))})"


def in_order(components: Iterable[str]) -> str:
    """SQL: whether the rows x and y compare as the component in `r` says, for some components."""
    operators = {**BOUNDS, **LESS}
    return (
        "CASE r.component "
        + " ".join(f"WHEN {text(name)} THEN {compares('x', operators[name], 'y')}" for name in components)
        + " END"
    )
