"""Findings in the Static Analysis Results Interchange Format, which sites that host code read (OASIS SARIF 2.1.0)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import quote

from kzlod import __version__
from kzlod.findings import Finding, FindingKind

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(findings: Sequence[Finding], kinds: Sequence[FindingKind]) -> str:
    """One run with a result for each finding, and a rule (section 3.49) for each kind among them.

    >>> log = json.loads(as_sarif([Finding("data/a.csv", 2, "id", "table.required", "it is empty")], ()))
    >>> log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    {'startLine': 2}
    """
    codes = list(dict.fromkeys(finding.code for finding in findings))
    known = {kind.code: kind for kind in kinds}
    driver = {
        "name": "kzlod",
        "version": __version__,
        "informationUri": "https://w3id.org/kzlod/",
        "rules": [_rule(code, known.get(code)) for code in codes],
    }
    results = [_result(finding, codes.index(finding.code)) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _rule(code: str, kind: FindingKind | None) -> dict[str, object]:
    if kind is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": kind.meaning},
        "help": {"text": kind.remedy},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
    }


def _result(finding: Finding, rule: int) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.row is not None:
        place["region"] = {"startLine": finding.row}
    column = [{"name": finding.column, "kind": "member"}] if finding.column else []
    location = {"physicalLocation": place, **({"logicalLocations": column} if column else {})}
    column_first = f"{finding.column}: " if finding.column else ""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    # A finding is the same where its row has moved, so its number is no part of what it is known by.
    known_by = "\x1f".join((finding.code, finding.file, finding.column or "", finding.subject, finding.message))
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{column_first}{finding.message}{remedy}"},
        "locations": [location],
        "partialFingerprints": {"finding/v1": hashlib.sha256(known_by.encode()).hexdigest()},
    }
