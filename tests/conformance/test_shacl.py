"""The W3C test suite of SHACL, one test for each entry of its manifests and each engine of ours.

The suite's folder comes from KZLOD_SHACL_SUITE: any folder with a `manifest.ttl` of that kind. Results are compared in
full: focus node, path, value, component, severity, source shape, and messages where the entry expects some.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.shacl.graph import Graph, from_quads
from kzlod.shacl.paths import read_path
from kzlod.shacl.report import Report, Result
from kzlod.shacl.shapes import from_graph
from kzlod.shacl.validation import Engine, validate
from kzlod.vocab import RDF, SH, XSD

ROOT = Path(__file__).parents[2]
SUITE = Path(os.environ.get("KZLOD_SHACL_SUITE", ROOT.parent / "shared" / "conformance" / "shacl-core"))
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
TRUE = {f'"true"^^<{XSD}boolean>', f'"1"^^<{XSD}boolean>'}

Key = tuple[str, ...]


@cache
def graph(path: Path) -> Graph:
    """A file of the suite; its blank nodes have labels that no other file's have."""
    with path.open("rb") as file:
        quads = ox.parse(file, format=ox.RdfFormat.TURTLE, base_iri=path.absolute().as_uri(), rename_blank_nodes=True)
        return from_quads(quads, file=path.name)


def file_of(token: str) -> Path:
    return Path(unquote(urlsplit(token[1:-1]).path))


def one(graph_: Graph, s: str, p: str) -> str:
    values = graph_.values(s, f"<{p}>")
    assert len(values) <= 1, (s, p, values)
    return values[0] if values else ""


def entries(manifest: Path) -> list[Any]:
    """The entries of a manifest and of those that it includes."""
    if not manifest.is_file():
        reason = f"no manifest.ttl in {SUITE}; set KZLOD_SHACL_SUITE to the folder of the suite"
        return [pytest.param(manifest, "", marks=pytest.mark.skip(reason=reason), id="absent")]
    found: list[Any] = []
    here = graph(manifest)
    for s, p, o in list(here.triples()):
        if p == f"<{MF}include>":
            found += entries(file_of(o))
        elif p == f"<{MF}entries>":
            for entry in here.members(o, s):
                name = manifest.parent.name + "/" + entry[1:-1].rsplit("/", 1)[1]
                found.append(pytest.param(manifest, entry, id=name))
    return found


def load(graph_: Graph) -> QuadTable:
    table = QuadTable()
    table.add(((s, p, o, "", 0) for s, p, o in graph_.triples()), table.source("data"))
    return table


def expected(here: Graph, result: str) -> tuple[Counter[Key], dict[Key, list[set[str]]]]:
    """The results that an entry wants, and the messages that it wants of each, where it wants some."""
    wanted: Counter[Key] = Counter()
    messages: dict[Key, list[set[str]]] = {}
    for node in here.values(result, f"<{SH}result>"):
        names = ("focusNode", "value", "sourceConstraintComponent", "resultSeverity", "sourceShape")
        focus, value, component, severity, shape = (one(here, node, SH + name) for name in names)
        path = one(here, node, f"{SH}resultPath")
        key = (focus, str(read_path(here, path)) if path else "", value, component, severity, shape)
        wanted[key] += 1
        if texts := set(here.values(node, f"<{SH}resultMessage>")):
            messages.setdefault(key, []).append(texts)
    return wanted, messages


def key(result: Result) -> Key:
    return (result.focus, result.path, result.value, result.component, result.severity, result.shape)


def run(here: Graph, entry: str, engine: Engine) -> Report:
    action = one(here, entry, f"{MF}action")
    data, shapes = (graph(file_of(one(here, action, SHT + name))) for name in ("dataGraph", "shapesGraph"))
    with load(data) as table:
        return validate(table, from_graph(shapes), engine=engine)


@pytest.mark.parametrize("engine", ["duckdb", "auto"])
@pytest.mark.parametrize(("manifest", "entry"), entries(SUITE / "manifest.ttl"))
def test_shacl(manifest: Path, entry: str, engine: Engine) -> None:
    here = graph(manifest)
    assert one(here, entry, f"{RDF}type") == f"<{SHT}Validate>"
    result = one(here, entry, f"{MF}result")
    if result == f"<{SHT}Failure>":
        with pytest.raises(InputError):
            run(here, entry, engine)
        return
    report = run(here, entry, engine)
    wanted, messages = expected(here, result)
    found = Counter(map(key, report.results))
    missing, unwanted = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    assert found == wanted, "\n".join(["not found:", *map(str, missing), "not wanted:", *map(str, unwanted)])
    assert report.conforms == (one(here, result, f"{SH}conforms") in TRUE)
    for wanted_key, each in messages.items():
        told = [set(r.messages) for r in report.results if key(r) == wanted_key]
        assert all(texts in told for texts in each)
