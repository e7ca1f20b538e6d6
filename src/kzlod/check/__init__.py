"""The gate: everything that must hold before a dataset is published, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from kzlod.check.coverage import check_coverage
from kzlod.check.links import check_links, check_matches
from kzlod.check.publication import check_publication
from kzlod.check.shapes import check_shapes
from kzlod.dataset import Dataset
from kzlod.evidence.prove import check_corpus, check_words
from kzlod.findings import Finding

__all__ = ["check"]

_ROWS = ("table.primary-key", "table.ragged")
"""The codes of what is wrong with a row as a whole."""


def check(
    dataset: Dataset, *, corpus: Path | None = None, step: Callable[[str], None] = lambda _: None
) -> tuple[Finding, ...]:
    """All findings about a dataset, each place with what the first check that looks at it has to say.

    `corpus` is the folder of the documents; without it evidence is checked as far as the tables go. `step` is told what
    is being checked. Tables that are not what their metadata says are reported alone, and of a row whose key is not its
    own nothing else: what more they would cause is noise.
    """
    step("tables")
    found = list(dataset.findings)
    if not dataset.readable:
        return tuple(sorted(found))
    doubtful = dataset.subjects(finding for finding in found if finding.code in _ROWS)
    stages: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("evidence", lambda: check_words(dataset)),
        ("coverage", lambda: check_coverage(dataset)),
        ("shapes", lambda: check_shapes(dataset)),
        ("links", lambda: (*check_links(dataset), *check_matches(dataset))),
        ("formats", lambda: check_publication(dataset)),
    ]
    if corpus is not None:
        stages.insert(1, ("documents", lambda: check_corpus(dataset, corpus)))
    for name, stage in stages:
        step(name)
        places = {(finding.file, finding.row, finding.column) for finding in found}
        found += [
            finding
            for finding in stage()
            if (finding.file, finding.row, finding.column) not in places
            and (finding.file, finding.subject) not in doubtful
        ]
    return tuple(sorted(set(found)))
