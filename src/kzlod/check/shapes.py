"""Shapes: what SHACL finds, told as findings about rows."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Finding, Severity
from kzlod.shacl.validation import validate
from kzlod.terms import local_name
from kzlod.vocab import SH

FOLDER = "shapes"


def check_shapes(dataset: Dataset) -> Iterator[Finding]:
    """The results of the project's shapes over its data."""
    shapes = dataset.project.files(FOLDER, ".ttl")
    if not shapes:
        return
    for result in validate(dataset.table, {dataset.project.shown(path): path for path in shapes}).results:
        component = result.component.rstrip(">").rpartition("#")[2].removesuffix("ConstraintComponent")
        severity: Severity = "error" if result.severity == f"<{SH}Violation>" else "warning"
        message, _, remedy = result.message.partition("; ")
        path, value = (result.predicate, result.value) if result.predicate else ("", "")
        if value:
            message = f"{local_name(value)!r} {message}"
        code = f"shape.{component}"
        yield dataset.finding(code, message, s=result.focus, p=path, o=value, remedy=remedy, severity=severity)
