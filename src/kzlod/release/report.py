"""The validation report of a release: what the gate found, as a W3C validation report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kzlod.dataset import Dataset
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.release.description import Description, file_iri
from kzlod.terms import iri, is_iri, literal
from kzlod.vocab import DCTERMS, SH, XSD

_FILE = "report.ttl"
_SEVERITIES = {"error": "Violation", "warning": "Warning", "info": "Info"}


def write_report(dataset: Dataset, folder: Path, findings: Sequence[Finding]) -> None:
    """Write `report.ttl`: a release has no errors, so what is in it are warnings.

    Information is no result there: it tells of the documents, such as a sum that does not hold, and is data itself.
    """
    warnings = [finding for finding in findings if finding.severity != "info"]
    _report(dataset.project, warnings).write(folder / _FILE, dataset.project)


def as_turtle(project: Project, findings: Sequence[Finding]) -> str:
    """Findings as the text of a validation report in Turtle."""
    with TemporaryDirectory(prefix="kzlod-") as folder:
        path = Path(folder) / _FILE
        _report(project, findings).write(path, project)
        return path.read_text("utf-8")


def _report(project: Project, findings: Sequence[Finding]) -> Description:
    """A validation report, which conforms where there is no result, however severe (SHACL, section 3.6.1.1)."""
    document = file_iri(project, _FILE)
    about = Description()
    results = []
    for number, finding in enumerate(findings, start=1):
        result = f"{document}#result-{number}"
        results.append(iri(result))
        focus = [iri(finding.subject)] if is_iri(finding.subject) else []
        about.say(
            result,
            SH + "ValidationResult",
            {
                SH + "focusNode": focus,
                SH + "resultMessage": literal(str(finding), language="en"),
                SH + "resultSeverity": iri(SH + _SEVERITIES[finding.severity]),
                DCTERMS + "identifier": literal(finding.code),
            },
        )
    about.say(
        f"{document}#report",
        SH + "ValidationReport",
        {
            SH + "conforms": literal("false" if results else "true", datatype=XSD + "boolean"),
            SH + "result": results,
            SH + "shapesGraph": [
                iri(file_iri(project, project.shown(path))) for path in project.files("shapes", ".ttl")
            ],
        },
    )
    return about
