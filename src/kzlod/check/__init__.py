"""The gate: everything that must hold before a dataset is published, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from kzlod.check.coverage import check_coverage
from kzlod.check.cube import check_cubes
from kzlod.check.figures import check_figures
from kzlod.check.labels import check_labels
from kzlod.check.links import check_links, check_matches, check_terms
from kzlod.check.literals import check_literals
from kzlod.check.publication import check_publication
from kzlod.check.queries import check_queries
from kzlod.check.shapes import check_shapes
from kzlod.dataset import TABLES, Dataset
from kzlod.evidence.prove import check_corpus, check_words
from kzlod.findings import Finding, Limit, Unplaced

__all__ = ["check"]

_ROWS = ("table.primary-key", "table.ragged")
"""The codes of what is wrong with a row as a whole."""

Check = Callable[[Dataset], Iterable[Unplaced]]
_STAGES: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("evidence", (check_words,)),
    ("coverage", (check_coverage,)),
    ("shapes", (check_shapes,)),
    ("cubes", (check_cubes,)),
    ("links", (check_links, check_terms, check_matches)),
    ("literals", (check_literals,)),
    ("labels", (check_labels,)),
    ("formats", (check_publication,)),
    ("figures", (check_figures,)),
)
_LAST = "figures"
"""What is computed from all figures, and says nothing where one of them is wrong."""


def check(
    dataset: Dataset, *, corpus: Path | None = None, step: Callable[[str], None] = lambda _: None
) -> tuple[Finding, ...]:
    """All findings about a dataset, each place with what the first check that looks at it has to say.

    `corpus` is the folder of the documents; without it evidence is checked as far as the tables go. `step` is told what
    is being checked. Tables that are not what their metadata says are reported alone, and of a row whose key is not its
    own nothing else: what more they would cause is noise. Of each kind a thousand findings are kept, the rest counted.
    """
    step("tables")
    found = [*dataset.findings, *check_queries(dataset.project)]
    if not dataset.readable:
        return tuple(sorted(found))
    doubtful = dataset.subjects(finding for finding in found if finding.code in _ROWS)
    stages = list(_STAGES)
    if corpus is not None:
        stages.insert(1, ("documents", (lambda dataset: check_corpus(dataset, corpus),)))
    limit = Limit()
    places = {_place(finding) for finding in found}
    for name, checks in stages:
        if name == _LAST and any(finding.severity == "error" for finding in found):
            continue
        step(name)
        unplaced = list(limit.first(chain.from_iterable(one(dataset) for one in checks)))
        kept = [
            (finding, _place(finding, about))
            for about, finding in zip(unplaced, dataset.placed(unplaced), strict=True)
            if _place(finding, about) not in places and (finding.file, finding.subject) not in doubtful
        ]
        found += [finding for finding, _ in kept]
        places.update(place for _, place in kept)
    return tuple(sorted({*found, *limit.more(TABLES)}))


def _place(finding: Finding, about: Unplaced | None = None) -> tuple[object, ...]:
    """What a finding is about: a cell or a row of a table; in a file without rows what is said of a subject."""
    if finding.row is None and about is not None:
        return finding.file, about.s, about.p
    return finding.file, finding.row, finding.column
