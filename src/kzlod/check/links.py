"""Links inside a dataset: what it points to in its own namespace must be there."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Finding


def check_links(dataset: Dataset) -> Iterator[Finding]:
    """The objects, predicates and graphs below the dataset's base that no statement is about."""
    own = f"<{dataset.project.base}"
    query = """
        WITH known AS (SELECT DISTINCT s FROM quads)
        SELECT min(s), p, o, o FROM quads WHERE starts_with(o, $own) AND o NOT IN (FROM known) GROUP BY p, o
        UNION ALL
        SELECT min(s), p, '', p FROM quads WHERE starts_with(p, $own) AND p NOT IN (FROM known) GROUP BY p
        ORDER BY ALL
    """
    for s, p, o, missing in dataset.table.rows(query, {"own": own}):
        message = f"{missing[1:-1]} is not there"
        yield dataset.finding("link.missing", message, s=s, p=p, o=o, remedy="correct the name, or add what it names")
