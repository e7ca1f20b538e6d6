"""Coverage: every passage of every source is the evidence of a fact, or is omitted for a reason."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.vocab import DCTERMS, KZ, RDF


def check_coverage(dataset: Dataset) -> Iterator[Unplaced]:
    """The passages that no fact names as evidence and no omission accounts for."""
    query = """
        WITH source AS (SELECT s FROM quads WHERE p = $type AND o = $source),
             cited AS (SELECT o FROM quads WHERE p = $evidence AND s NOT IN (FROM source)),
             omitted AS (SELECT quads.o FROM quads JOIN quads kind ON kind.s = quads.s
                         WHERE quads.p = $about AND kind.p = $type AND kind.o = $omission)
        SELECT s FROM quads WHERE p = $type AND o = $passage
            AND s NOT IN (FROM cited) AND s NOT IN (FROM omitted)
            AND s NOT IN (SELECT o FROM quads WHERE p = $part AND s IN (FROM cited))
        ORDER BY s
    """
    keys = {name.lower(): f"<{KZ}{name}>" for name in ("Source", "Passage", "Omission", "evidence", "about")}
    keys |= {"type": f"<{RDF}type>", "part": f"<{DCTERMS}isPartOf>"}
    for (s,) in dataset.table.rows(query, keys):
        message = f"the passage {s[1:-1].rpartition('/')[2]} is the evidence of nothing"
        remedy = "record what it says, or give the reason in data/omissions.csv"
        yield Unplaced("evidence.coverage", message, s=s, remedy=remedy)
