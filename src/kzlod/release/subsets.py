"""Subsets: what each source says, what each table becomes, what each linkset holds, as N-Triples."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from kzlod.dataset import Dataset
from kzlod.quads.sqltext import text
from kzlod.quads.write import write_rows
from kzlod.release.dumps import compress_large
from kzlod.release.void import linkset_files, linksets
from kzlod.terms import iri
from kzlod.vocab import DCAT, DCTERMS, KZ, RDF, RDFS, SKOS

_LINE = "s || ' ' || p || ' ' || o || ' .'"
_NAMING = ", ".join(
    text(iri(p)) for p in (RDF + "type", RDFS + "label", SKOS + "prefLabel", DCAT + "startDate", DCAT + "endDate")
)


def write_subsets(dataset: Dataset, folder: Path) -> None:
    """Write `subsets/table-<name>.nt`, `subsets/links-<name>.nt`, `subsets/source-<id>.nt`.

    The first is what a table becomes, the second a linkset of the VoID description, the third what a source says. That
    holds the source, its passages, their mentions, the facts that name one of them as evidence, and
    the names, classes and dates of what those facts are about.
    """
    target = folder / "subsets"
    target.mkdir()
    for number, path in dataset.table.rows("SELECT id, path FROM sources WHERE path LIKE '%.csv' ORDER BY path"):
        rows = f"SELECT {_LINE} FROM (SELECT DISTINCT s, p, o FROM quads WHERE source = {number} ORDER BY s, p, o)"
        _write(dataset, rows, target / f"table-{PurePosixPath(path).stem}.nt")
    for links, name in linkset_files(linksets(dataset.table, base=dataset.project.base)).items():
        held = f"p = {text(iri(links.predicate))} AND starts_with(o, {text('<' + links.target)})"
        rows = f"SELECT {_LINE} FROM (SELECT DISTINCT s, p, o FROM quads WHERE {held} ORDER BY s, p, o)"
        _write(dataset, rows, folder / name)
    sources = dataset.table.rows(
        "SELECT DISTINCT s FROM quads WHERE p = ? AND o = ? ORDER BY s", [iri(RDF + "type"), iri(KZ + "Source")]
    )
    for (source,) in sources:
        _write(dataset, _said_by(source), target / f"source-{source[1:-1].rpartition('/')[2]}.nt")


def _write(dataset: Dataset, rows: str, path: Path) -> None:
    write_rows(dataset.table, rows, path)
    compress_large(path)


def _said_by(source: str) -> str:
    part, evidence, type_ = (text(iri(p)) for p in (DCTERMS + "isPartOf", KZ + "evidence", RDF + "type"))
    said, own = text(source), text(iri(KZ + "Source"))
    return f"""
        WITH passage AS (SELECT s FROM quads WHERE p = {part} AND o = {said}),
        place AS (FROM passage UNION SELECT s FROM quads WHERE p = {part} AND o IN (FROM passage)),
        fact AS (SELECT s FROM quads WHERE p = {evidence} AND o IN (FROM place)
                 AND s NOT IN (SELECT s FROM quads WHERE p = {type_} AND o = {own})),
        own AS (SELECT {said} AS s UNION FROM place UNION FROM fact),
        near AS (SELECT DISTINCT o AS s FROM quads WHERE s IN (FROM own) AND o[1] = '<')
        SELECT {_LINE} FROM (
            SELECT DISTINCT s, p, o FROM quads
            WHERE s IN (FROM own) OR (s IN (FROM near) AND p IN ({_NAMING})) ORDER BY s, p, o)
    """
