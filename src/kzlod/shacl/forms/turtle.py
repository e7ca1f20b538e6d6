"""A report as the standard has it: a graph with one `sh:ValidationReport` (SHACL, section 3.6), in Turtle."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.shacl.paths import Path, parse_path
from kzlod.shacl.report import Report, Result
from kzlod.vocab import SH

_OPERATORS = {
    "inverse": "inversePath",
    "alternative": "alternativePath",
    "*": "zeroOrMorePath",
    "+": "oneOrMorePath",
    "?": "zeroOrOnePath",
}


def as_turtle(report: Report) -> Iterator[str]:
    """The report; blank nodes of data and shapes have the labels that the results give them.

    >>> print("".join(as_turtle(Report(True, ()))), end="")
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    <BLANKLINE>
    [] a sh:ValidationReport ;
        sh:conforms true .
    """
    yield f"@prefix sh: <{SH}> .\n\n[] a sh:ValidationReport ;\n    sh:conforms {str(report.conforms).lower()}"
    for result in report.results:
        yield f" ;\n    sh:result {_result(result)}"
    yield " .\n"


def _result(result: Result) -> str:
    said = {
        "focusNode": result.focus,
        "resultPath": _path(parse_path(result.path)) if result.path else "",
        "value": result.value,
        "resultMessage": ", ".join(result.messages),
        "resultSeverity": result.severity,
        "sourceConstraintComponent": result.component,
        "sourceConstraint": result.constraint,
        "sourceShape": result.shape,
    }
    lines = "".join(f" ;\n        sh:{name} {_short(value)}" for name, value in said.items() if value)
    return f"[ a sh:ValidationResult{lines} ]"


def _short(term: str) -> str:
    """A term, its name shorter where it is one of SHACL's."""
    local = term[len(SH) + 1 : -1]
    return f"sh:{local}" if term.startswith(f"<{SH}") and local.isalpha() else term


def _path(path: Path) -> str:
    """A path as SHACL writes it in a graph (section 2.3.1)."""
    if path.kind == "predicate":
        return path.predicate
    inner = " ".join(_path(part) for part in path.parts)
    if path.kind == "sequence":
        return f"( {inner} )"
    return f"[ sh:{_OPERATORS[path.kind]} {f'( {inner} )' if path.kind == 'alternative' else inner} ]"
