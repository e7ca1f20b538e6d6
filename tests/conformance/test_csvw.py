"""The W3C test suites of CSV on the Web: RDF and validation, one test for each entry of the manifests.

The suite's folder comes from KZLOD_CSVW_SUITE; its files are served under the URL that they have on the web.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from kzlod import csvw
from kzlod.csvw import AbsentError, Response
from kzlod.errors import MetadataError
from kzlod.findings import Finding

ROOT = Path(__file__).parents[2]
SUITE = Path(os.environ.get("KZLOD_CSVW_SUITE", ROOT.parent / "shared" / "conformance" / "csvw"))
BASE = "http://www.w3.org/2013/csvw/tests/"
# What the site of the suite says of where metadata is; the suite's folder may hold its own.
WELL_KNOWN = "{+url}-metadata.json\ncsv-metadata.json\n{+url}.json\ncsvm.json\n"
TYPES = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json"}

Entry = dict[str, Any]


def entries(kind: str) -> list[Any]:
    path = SUITE / f"manifest-{kind}.jsonld"
    if not path.is_file():
        reason = f"no {path.name} in {SUITE}; set KZLOD_CSVW_SUITE to the folder of the suite"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id=f"{kind}-absent")]
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return [pytest.param(entry, id=entry["id"].partition("#")[2]) for entry in manifest["entries"]]


class Web:
    """Serves the suite's files, with the headers that an entry asks for."""

    def __init__(self, entry: Entry) -> None:
        self.entry, self.action = entry, BASE + entry["action"]

    def __call__(self, url: str, accept: str) -> Response:
        if url == "http://www.w3.org/.well-known/csvm":
            return Response(url, io.BytesIO(WELL_KNOWN.encode()), {"content-type": "text/plain"})
        name = url.partition("#")[0].removeprefix(BASE)
        path = SUITE / name
        if url == self.action and not path.is_file():
            path = SUITE / name.partition("?")[0]
        if not url.startswith(BASE) or not path.is_file():
            raise AbsentError("there is no such file", where=url)
        headers = {"content-type": TYPES.get(path.suffix, "application/octet-stream")}
        if url == self.action:
            headers["content-type"] = self.entry.get("contentType", headers["content-type"])
            if "httpLink" in self.entry:
                headers["link"] = self.entry["httpLink"]
        return Response(url, path.open("rb"), headers)


def run(entry: Entry) -> tuple[set[tuple[str, str, str]], list[Finding]]:
    """Convert what an entry names; raises what makes it unusable."""
    option = entry["option"]
    metadata = BASE + option["metadata"] if "metadata" in option else None
    group = csvw.load(BASE + entry["action"], metadata=metadata, fetch=Web(entry))
    found = list(group.findings)
    mode = "minimal" if option.get("minimal") else "standard"
    triples = {statement[:3] for statement in csvw.statements(group, mode=mode, report=found.append)}
    return triples, found


def canonical(triples: list[Any]) -> set[str]:
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("entry", entries("rdf"))
def test_rdf(entry: Entry) -> None:
    kind = entry["type"].removeprefix("csvt:")
    if kind == "NegativeRdfTest":
        with pytest.raises(MetadataError):
            run(entry)
        return
    triples, found = run(entry)
    text = "".join(f"{' '.join(triple)} .\n" for triple in triples)
    mine = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES))
    result = (SUITE / entry["result"]).read_bytes()
    wanted = list(pyoxigraph.parse(result, format=pyoxigraph.RdfFormat.TURTLE, base_iri=BASE + entry["result"]))
    a, b = canonical(mine), canonical(wanted)
    differences = ["not made:", *sorted(b - a), "not wanted:", *sorted(a - b), "findings:", *map(str, found)]
    assert a == b, "\n".join(differences)
    if kind == "ToRdfTestWithWarnings":
        assert found, "nothing was found, where a warning is due"


@pytest.mark.parametrize("entry", entries("validation"))
def test_validation(entry: Entry) -> None:
    kind = entry["type"].removeprefix("csvt:")
    try:
        _, found = run(entry)
    except MetadataError:
        assert kind == "NegativeValidationTest"
        return
    errors = [finding for finding in found if finding.severity == "error"]
    said = "\n".join(map(str, found))
    if kind == "NegativeValidationTest":
        assert errors, f"no error was found\n{said}"
    else:
        assert not errors, said
        assert found or kind != "WarningValidationTest", "nothing was found, where a warning is due"
