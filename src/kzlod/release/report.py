"""The validation report of a release: what the gate found, as a W3C validation report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.findings import Finding
from kzlod.release.description import Description, file_iri
from kzlod.terms import iri, is_iri, literal
from kzlod.vocab import DCTERMS, SH, XSD


def write_report(dataset: Dataset, folder: Path, findings: Sequence[Finding]) -> None:
    """Write `report.ttl` (SHACL, section 3.6.1): a release has no errors, so what is in it are warnings."""
    project = dataset.project
    document = file_iri(project, "report.ttl")
    about = Description()
    results = []
    for number, finding in enumerate(findings, start=1):
        result = f"{document}#result-{number}"
        results.append(iri(result))
        focus = [iri(finding.subject)] if is_iri(finding.subject) else []
        severity = "Violation" if finding.severity == "error" else "Warning"
        about.say(
            result,
            SH + "ValidationResult",
            {
                SH + "focusNode": focus,
                SH + "resultMessage": literal(str(finding), language="en"),
                SH + "resultSeverity": iri(SH + severity),
                DCTERMS + "identifier": literal(finding.code),
            },
        )
    conforms = "false" if any(finding.severity == "error" for finding in findings) else "true"
    about.say(
        f"{document}#report",
        SH + "ValidationReport",
        {
            SH + "conforms": literal(conforms, datatype=XSD + "boolean"),
            SH + "result": results,
            SH + "shapesGraph": [
                iri(file_iri(project, project.shown(path))) for path in project.files("shapes", ".ttl")
            ],
        },
    )
    about.write(folder / "report.ttl", project)
