"""Consistency of figures: the verdicts of the checks that a dataset declares.

A check that does not hold is data, not a fault: it is told as an information. One without a verdict is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.terms import local_name
from kzlod.vocab import DCTERMS, KZ


def check_figures(dataset: Dataset) -> Iterator[Unplaced]:
    """The consistency checks that have no verdict, and those that do not hold."""
    query = """
        SELECT verdict.s, verdict.o, any_value(reason.o) FROM quads verdict
        JOIN quads reason ON reason.s = verdict.s AND reason.p = $reason AND reason.source = verdict.source
        WHERE verdict.p = $verdict GROUP BY ALL ORDER BY ALL
    """
    keys = {"verdict": f"<{KZ}verdict>", "reason": f"<{DCTERMS}description>"}
    for s, verdict, reason in dataset.table.rows(query, keys):
        said = local_name(reason)
        if verdict.endswith("/not-computable>"):
            message, remedy = f"the check has no verdict: {said}", "correct its rule, its result or its operands"
            yield Unplaced("figure.not-computable", message, s, f"<{DCTERMS}type>", "", remedy, "warning")
        elif verdict.endswith("/does-not-hold>"):
            remedy = "look whether a figure was entered wrongly; if not, leave it, and say why in an explanation"
            yield Unplaced("figure.does-not-hold", f"the check does not hold: {said}", s, "", "", remedy, "info")
