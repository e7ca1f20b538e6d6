"""The flat table of facts: a row a fact, with labels joined, for people who will never write SPARQL."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kzlod.dataset import Dataset
from kzlod.errors import ReleaseError
from kzlod.quads.names import END
from kzlod.quads.sqltext import text
from kzlod.terms import iri
from kzlod.vocab import DCAT, DCTERMS, KZ, PREFIXES, RDF, RDFS, SCHEMA, SDMX_MEASURE, SKOS

_ORG = PREFIXES["org"]
# Column, property, and what of the object is shown: its label, its text, or the last part of its IRI.
_COLUMNS = (
    ("indicator", KZ + "indicator", "label"),
    ("about", KZ + "about", "label"),
    ("counterpart", KZ + "counterpart", "label"),
    ("subject", RDF + "subject", "label"),
    ("predicate", RDF + "predicate", "label"),
    ("object", RDF + "object", "label"),
    ("person", _ORG + "member", "label"),
    ("organisation", _ORG + "organization", "label"),
    ("role", _ORG + "role", "label"),
    ("agent", SCHEMA + "agent", "label"),
    ("value", SDMX_MEASURE + "obsValue", "text"),
    ("unit", KZ + "unit", "name"),
    ("bound", KZ + "bound", "label"),
    ("as_written", KZ + "asWritten", "text"),
    ("period", KZ + "period", "label"),
    ("period_basis", KZ + "periodBasis", "label"),
    ("status", KZ + "status", "label"),
    ("stance", KZ + "stance", "label"),
    ("topic", DCTERMS + "subject", "label"),
    ("certainty", KZ + "certainty", "label"),
    ("stated_by", KZ + "statedBy", "label"),
    ("quoted_by", KZ + "quotedBy", "label"),
    ("summary", DCTERMS + "abstract", "text"),
)


def write_facts(dataset: Dataset, folder: Path) -> None:
    """Write `facts.csv` and `facts.parquet`: every node that names its evidence, but for the sources themselves.

    Labels are English, or the first that there is. A speaker that is not named is the source's author.
    """
    cursor = dataset.table.cursor()
    try:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE facts AS {_query(dataset.project.base)}")
        outputs = (
            ("facts.csv", "*", "FORMAT csv, HEADER"),
            ("facts.parquet", "* REPLACE (try_cast(value AS DOUBLE) AS value)", "FORMAT parquet"),
        )
        for name, columns, format_ in outputs:
            target = text(str(folder / name))
            cursor.execute(f"COPY (SELECT {columns} FROM (SELECT * FROM facts ORDER BY ALL)) TO {target} ({format_})")
    except duckdb.Error as error:
        raise ReleaseError(
            f"cannot be written: {str(error).splitlines()[0]}", where=str(folder / "facts.csv")
        ) from error


def _text(token: str) -> str:
    """SQL: what a token says, without quotes, escapes, datatype and language."""
    expression = f"{token}[2:{END.replace('(o)', f'({token})').replace('(o,', f'({token},')} - 1]"
    steps = (("\\\\", "chr(1)"), ('\\"', "'\"'"), ("\\n", "chr(10)"), ("\\r", "chr(13)"), ("\\t", "chr(9)"))
    for escaped, plain in steps:
        expression = f"replace({expression}, '{escaped}', {plain})"
    literal = f"replace({expression}, chr(1), '\\')"
    return f"CASE {token}[1] WHEN '<' THEN {token}[2:-2] ELSE {literal} END"


def _name(token: str) -> str:
    return f"regexp_extract({token}, '([^/#>]*)>$', 1)"


def _query(base: str) -> str:
    type_, evidence, part = iri(RDF + "type"), iri(KZ + "evidence"), iri(DCTERMS + "isPartOf")
    labels = f"'{iri(RDFS + 'label')}', '{iri(SKOS + 'prefLabel')}'"
    shown = {
        "label": f"coalesce(label.text, {_text('o')})",
        "text": _text("o"),
        "name": _name("o"),
    }
    wanted = "".join(f" WHEN '{iri(property_)}' THEN {shown[how]}" for _, property_, how in _COLUMNS)
    columns = ",\n".join(
        f"string_agg(DISTINCT said, '; ' ORDER BY said) FILTER (p = '{iri(property_)}') AS {name}"
        for name, property_, _ in _COLUMNS
    )
    names = ", ".join(f"wide.{name}" for name, _, _ in _COLUMNS if name != "stated_by")
    return f"""
        WITH fact AS (SELECT DISTINCT s, o AS place FROM quads WHERE p = '{evidence}'
                      AND s NOT IN (SELECT s FROM quads WHERE p = '{type_}' AND o = '{iri(KZ + "Source")}')),
        label AS (SELECT s, {_text("o")} AS text
                  FROM (SELECT s, coalesce(min(o) FILTER (o LIKE '%"@en'), min(o)) AS o
                        FROM quads WHERE p IN ({labels}) GROUP BY s)),
        said AS (SELECT quads.s, p, CASE p {wanted} END AS said
                 FROM quads LEFT JOIN label ON label.s = quads.o WHERE quads.s IN (SELECT s FROM fact)),
        wide AS (SELECT s, {columns} FROM said GROUP BY s),
        part AS (SELECT DISTINCT s, o FROM quads WHERE p = '{part}'),
        typed AS (SELECT s, min({_name("o")}) AS class FROM quads WHERE p = '{type_}' GROUP BY s),
        placed AS (SELECT fact.s, coalesce(upper_part.s, one.s) AS passage, coalesce(upper_part.o, one.o) AS source
                   FROM fact LEFT JOIN part one ON one.s = fact.place
                   LEFT JOIN part upper_part ON upper_part.s = one.o),
        dated AS (SELECT s, min({_text("o")}) FILTER (p = '{iri(DCAT + "startDate")}') AS start,
                         min({_text("o")}) FILTER (p = '{iri(DCAT + "endDate")}') AS stop
                  FROM quads WHERE p IN ('{iri(DCAT + "startDate")}', '{iri(DCAT + "endDate")}') GROUP BY s),
        period AS (SELECT quads.s, min(start) AS start, min(stop) AS stop FROM quads JOIN dated ON dated.s = quads.o
                   WHERE p = '{iri(KZ + "period")}' GROUP BY quads.s),
        author AS (SELECT quads.s, min(label.text) AS name FROM quads JOIN label ON label.s = quads.o
                   WHERE p = '{iri(DCTERMS + "creator")}' GROUP BY quads.s)
        SELECT replace(placed.s[2:-2], {text(base)}, '') AS fact, typed.class, {names},
            coalesce(wide.stated_by, author.name) AS said_by, period.start::DATE AS period_start,
            period.stop::DATE AS period_end, {_name("placed.source")} AS source, title.text AS source_title,
            {_name("placed.passage")} AS passage
        FROM placed JOIN wide ON wide.s = placed.s LEFT JOIN typed ON typed.s = placed.s
        LEFT JOIN period ON period.s = placed.s LEFT JOIN author ON author.s = placed.source
        LEFT JOIN (SELECT s, min({_text("o")}) AS text FROM quads WHERE p = '{iri(DCTERMS + "title")}' GROUP BY s) title
            ON title.s = placed.source
    """
