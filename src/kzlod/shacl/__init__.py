"""SHACL: shapes to findings, compiled to SQL (SHACL Core), on Oxigraph and pySHACL (SHACL-SPARQL, and what is left).

    from kzlod import shacl
    report = shacl.validate("cube.nt", "shapes.ttl")
    report.conforms, report.count
    for result in report.results: ...                    # every result; a million need not be in memory
    print("".join(shacl.render(report, "text")))         # or json, turtle, html

The standard: Shapes Constraint Language (W3C, 20 July 2017).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kzlod.shacl.report import Group, Level, Report, Result

if TYPE_CHECKING:
    from kzlod.shacl.data import Given
    from kzlod.shacl.forms import Form, render
    from kzlod.shacl.validation import Engine

__all__ = ["Engine", "Form", "Group", "Level", "Report", "Result", "render", "validate"]


def __getattr__(name: str) -> object:
    where = {"Engine": "validation", "Form": "forms", "render": "forms"}.get(name)
    if where is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kzlod.shacl.{where}"), name)


def validate(
    data: Given,
    shapes: Given,
    *,
    ontology: Given = (),
    engine: Engine = "auto",
    master: str = "local[*]",
    max_results: int | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Report:
    """Validate data against shapes (SHACL, section 3).

    Each is a path or several, an rdflib graph, a pyoxigraph store, or triples of pyoxigraph. A path is an RDF file of
    any syntax, perhaps compressed (`.gz`, `.zst`), or the folder of a release; of data sets with named graphs the
    union of the graphs is validated. Of `ontology` only the subclass axioms are added to the data that class targets
    and `sh:class` need. `engine` is `auto`, `duckdb` (refuses what does not compile to SQL), `pyshacl`, or `spark`:
    Apache Spark on `master`, for N-Triples, N-Quads and Parquet in files or in folders of parts (see `spark_data`).
    `max_results` keeps the first results of each group only; all are counted. `step` is told what is being done.

    Raises `InputError` for what cannot be read or does not parse (with file and line), for shapes that are not
    well-formed or that say what is not supported, and for data without any triple: nothing would be validated.

    >>> import rdflib
    >>> data = rdflib.Graph().parse(format="turtle", data='<http://e/a> <http://e/size> "tall" .')
    >>> shapes = rdflib.Graph().parse(format="turtle", data='''
    ...     @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    ...     <http://e/Sized> sh:targetSubjectsOf <http://e/size> ;
    ...         sh:property [ sh:path <http://e/size> ; sh:datatype xsd:integer ] .''')
    >>> report = validate(data, shapes)
    >>> report.conforms, report.count, report.results[0].value
    (False, 1, '"tall"')
    """
    from kzlod.shacl.operation import validate_given

    return validate_given(
        data, shapes, ontology=ontology, engine=engine, master=master, max_results=max_results, step=step
    )
