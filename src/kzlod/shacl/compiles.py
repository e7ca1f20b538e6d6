"""What does not compile, or not for some data: found, and named, before anything is validated."""

from __future__ import annotations

import re
import warnings

import duckdb

from kzlod.errors import InputError
from kzlod.shacl.literals import not_kept
from kzlod.shacl.model import Shape, Shapes
from kzlod.shacl.regex import UncompiledError, translate


def uncompiled(connection: duckdb.DuckDBPyConnection, source: str, shapes: Shapes) -> dict[str, str]:
    """The shapes that have a constraint that does not compile for some data, each with what that is.

    `source` is a query with the columns s, p, o: the data. Raises `InputError` for a regular expression that is none,
    and for a query that the reference would not run as the standard has it either.
    """
    found: dict[str, str] = {}
    patterns: dict[str, list[tuple[Shape, str]]] = {}
    asked = _asked_of_literals(shapes)
    for shape in shapes:
        for constraint in shape.constraints:
            if constraint.component == "Pattern":
                pattern, flags = constraint.terms
                try:
                    compiled = translate(pattern, flags, where=shape.file)
                    patterns.setdefault(compiled, []).append((shape, pattern))
                except UncompiledError as error:
                    found[shape.id] = _reason(shape, pattern, str(error))
            elif constraint.query:
                what = not_kept(connection, source, shape, constraint.query, literals=shape.id in asked)
                if what and constraint.component != "SPARQL" and not constraint.query.is_ask:
                    message = f"{shape.id} has {what}; and pySHACL runs a SELECT validator with ?value bound beforehand"
                    remedy = "write an ASK validator, or the data's numbers and times in canonical form"
                    raise InputError(message, where=shape.file or "shapes", remedy=remedy)
                if what:
                    found[shape.id] = f"has {what}"
    if patterns:
        refused = "SELECT p FROM (SELECT unnest(?) AS p) WHERE try(regexp_matches('', p)) IS NULL"
        for (compiled,) in connection.execute(refused, [list(patterns)]).fetchall():
            for shape, pattern in patterns[compiled]:
                found[shape.id] = _reason(shape, pattern, "one of its constructs")
    return found


def _asked_of_literals(shapes: Shapes) -> frozenset[str]:
    """The shapes whose focus nodes can be literals: by their targets, or as values of a property."""
    starts = [s.id for s in shapes if any(t.kind == "objectsOf" or t.term.startswith('"') for t in s.targets)]
    starts += [member for s in shapes if s.path for constraint in s.constraints for member in constraint.shapes]
    return shapes.reachable(*starts)


def _reason(shape: Shape, pattern: str, what: str) -> str:
    """Why an expression does not compile, if the reference can run it at least."""
    try:
        with warnings.catch_warnings():
            # Where Python would read a class subtraction as something else, it says so.
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, FutureWarning) as error:
        message = f"the regular expression {pattern!r} does not compile: {error}"
        raise InputError(message, where=shape.file or "shapes", remedy="mend the sh:pattern") from error
    return f"has the regular expression {pattern!r}, and RE2 does not have {what}"
