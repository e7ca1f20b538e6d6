"""What one value must be, in SQL: the tests of single terms, and the order of literals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from kzlod.shacl import sql_terms as terms
from kzlod.shacl.lexical import EXACT
from kzlod.shacl.model import Constraint
from kzlod.shacl.plan import BOUNDS, LESS, Numbered
from kzlod.shacl.sql_order import compares, short_decimal
from kzlod.shacl.sql_terms import text


def condition(constraint: Constraint, x: str) -> str:
    """SQL: whether the token in a column satisfies a test; NULL is no."""
    if constraint.component == "Datatype":
        return terms.has_datatype(x, constraint.terms[0][1:-1])
    if constraint.component == "NodeKind":
        return terms.has_kind(x, constraint.terms[0])
    if constraint.component in ("MinLength", "MaxLength"):
        return terms.has_length(x, ">=" if constraint.component == "MinLength" else "<=", constraint.count)
    if constraint.component == "Pattern":
        return terms.matches(x, constraint.terms[0], constraint.terms[1])
    if constraint.component == "LanguageIn":
        return terms.in_languages(x, constraint.terms)
    return terms.is_term(x, constraint.terms)


def sure_tests(constraints: Iterable[Numbered], x: str, group: Callable[[Numbered], str]) -> dict[str, str]:
    """SQL for each group of tests and bounds: whether the token in a column surely satisfies all of them.

    NULL and false are for what does not, or may not: a number that DECIMAL does not hold, a text with escapes.
    """
    listed = list(constraints)
    known = _known(listed, group)
    tests: dict[str, dict[str, None]] = {}
    for c in sorted(listed, key=lambda c: (c.constraint.component in BOUNDS, c.constraint.component == "Pattern")):
        tests.setdefault(group(c), {})[_surely(c.constraint, x, known[group(c)])] = None
    return {name: " AND ".join(found) for name, found in tests.items()}


def proving(constraints: Iterable[Numbered], group: Callable[[Numbered], str]) -> set[str]:
    """The groups of tests and bounds that only canonical tokens surely satisfy.

    Such are terms of a list, and what is cast to a number between the quotes of a well-formed literal.
    """
    listed = list(constraints)
    known = _known(listed, group)
    return {group(c) for c in listed if c.constraint.component == "In" or _is_cast(c.constraint, known[group(c)])}


def _is_cast(constraint: Constraint, known: Collection[str]) -> bool:
    operator = BOUNDS.get(constraint.component)
    exact = EXACT.keys() & known
    return operator is not None and bool(exact) and short_decimal("", operator, constraint.terms[0], exact) is not None


def _known(constraints: Iterable[Numbered], group: Callable[[Numbered], str]) -> dict[str, set[str]]:
    """The datatypes and node kinds that the tests of each group ask for."""
    known: dict[str, set[str]] = defaultdict(set)
    for c in constraints:
        if c.constraint.component in ("Datatype", "NodeKind"):
            known[group(c)].add(c.constraint.terms[0].strip("<>"))
    return known


def _surely(constraint: Constraint, x: str, known: Collection[str]) -> str:
    """SQL: whether a token surely satisfies a test; `known` are datatypes and node kinds that other tests ask for."""
    if constraint.component in BOUNDS:
        return short_decimal(x, BOUNDS[constraint.component], constraint.terms[0], known) or "false"
    if constraint.component == "Pattern":
        return terms.surely_matches(x, *constraint.terms, is_iri="IRI" in known)
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
