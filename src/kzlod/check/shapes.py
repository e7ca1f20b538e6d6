"""Shapes: what SHACL finds, told as findings about rows."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Severity, Unplaced
from kzlod.shacl.validation import validate
from kzlod.terms import local_name
from kzlod.vocab import SH

FOLDER = "shapes"
_SEVERITIES: dict[str, Severity] = {f"<{SH}Warning>": "warning", f"<{SH}Info>": "info"}
COMPONENTS = frozenset(
    (
        *("Class", "Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive", "MaxExclusive"),
        *("MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang", "Equals", "Disjoint"),
        *("LessThan", "LessThanOrEquals", "Not", "And", "Or", "Xone", "Node", "QualifiedMinCount"),
        *("QualifiedMaxCount", "Closed", "HasValue", "In", "SPARQL"),
    )
)
"""The constraint components of SHACL, each a kind of findings; those that shapes declare themselves are one more."""


def check_shapes(dataset: Dataset) -> Iterator[Unplaced]:
    """The results of the project's shapes over its data."""
    shapes = dataset.project.files(FOLDER, ".ttl")
    if not shapes:
        return
    for result in validate(dataset.table, {dataset.project.shown(path): path for path in shapes}).results:
        name = result.component.removeprefix(f"<{SH}").removesuffix("ConstraintComponent>")
        severity = _SEVERITIES.get(result.severity, "error")
        message, _, remedy = result.message.partition("; ")
        path, value = (result.predicate, result.value) if result.predicate else ("", "")
        if value:
            message = f"{local_name(value)!r} {message}"
        code = f"shape.{name}" if name in COMPONENTS else "shape.component"
        yield Unplaced(code, message, s=result.focus, p=path, o=value, remedy=remedy, severity=severity)
