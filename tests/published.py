"""A small release made by hand, for the tests of `verify` and `get`: no writer of kzlod has a part in it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import zstandard

BASE = "http://example.org/"
RELEASE = f"{BASE}release/towns/1.0.0"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LINK = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
_FORMATS = {
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
}
PREFIX = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix void: <http://rdfs.org/ns/void#> .
"""
Triple = tuple[str, str, str]


def quads() -> list[str]:
    """The canonical lines of the dataset: two graphs, of which a triple is in both, and text that needs escapes."""
    towns = f"<{BASE}graph/towns>"
    lines = []
    for number in range(40):
        town = f"<{BASE}thing/{number:03}>"
        label = "<http://www.w3.org/2000/01/rdf-schema#label>"
        lines += [
            f"{town} {_TYPE} <{BASE}ontology#{'Town' if number % 3 else 'City'}> {towns} .",
            f'{town} {label} "Town {number} \\"N\\\\\\n° \\u007F> <x>"@en {towns} .',
            f'{town} {label} "Город > <b> {number}"@ru {towns} .',
            f'{town} <{BASE}ontology#people> "{number // 4}.50"^^<http://www.w3.org/2001/XMLSchema#decimal> {towns} .',
            f"{town} <{BASE}ontology#near> <{BASE}thing/{number // 2:03}> {towns} .",
        ]
    lines += [f"<{BASE}thing/{number:03}> {_LINK} <http://other.example/Q{number}> {towns} ." for number in range(7)]
    lines += [f"<{BASE}ontology#Town> {_TYPE} <http://www.w3.org/2002/07/owl#Class> <{BASE}ontology> ."]
    lines += [f"<{BASE}thing/001> {_TYPE} <{BASE}ontology#Town> <{BASE}ontology> ."]
    return sorted(set(lines))


def without_graph(line: str) -> str:
    """A line of N-Quads as one of N-Triples."""
    return line[:-2].rpartition(" ")[0] + " ."


def make(folder: Path) -> Path:
    """Write the release into a folder; returns it."""
    lines = quads()
    triples = list(dict.fromkeys(map(without_graph, lines)))
    folder.mkdir(parents=True)
    (folder / "towns.nq").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "towns.nt").write_text("\n".join(triples) + "\n", "utf-8")
    parsed = list(ox.parse("\n".join(lines), ox.RdfFormat.N_QUADS))
    union = list(dict.fromkeys(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parsed))
    for suffix, format_ in _FORMATS.items():
        content: Iterable[ox.Quad] | Iterable[ox.Triple] = parsed if suffix == ".trig" else union
        (folder / f"towns{suffix}").write_bytes(ox.serialize(content, format=format_) or b"")
    (folder / "subsets").mkdir()
    (folder / "subsets/table-towns.nt").write_text("\n".join(triples[5:50]) + "\n", "utf-8")
    (folder / "tables").mkdir()
    (folder / "tables/two words.csv").write_text("id,label\n1,Oslo\n", "utf-8")
    write_void(folder, triples)
    write_service(folder, lines)
    restate(folder)
    return folder


def pack(folder: Path, path: str) -> None:
    """Write a file again, compressed."""
    (folder / f"{path}.zst").write_bytes(zstandard.ZstdCompressor().compress((folder / path).read_bytes()))


def _split(line: str) -> Triple:
    s, p, o = line.removesuffix(" .").split(" ", 2)
    return s, p, o


def write_void(folder: Path, lines: Iterable[str]) -> None:
    """Write the VoID description, counted by the plainest means."""
    triples = [_split(line) for line in lines]
    by_property: dict[str, list[Triple]] = defaultdict(list)
    by_class: dict[str, set[str]] = defaultdict(set)
    for s, p, o in triples:
        by_property[p].append((s, p, o))
        if p == _TYPE:
            by_class[o].add(s)
    said = [
        f"<{RELEASE}/void.ttl> <http://xmlns.com/foaf/0.1/primaryTopic> <{RELEASE}> .",
        f"<{RELEASE}> a void:Dataset ; void:triples {len(triples)} ; {_distinct(triples)} ;"
        f" void:entities {len(set().union(*by_class.values()))} ;"
        f" void:properties {len(by_property)} ; void:classes {len(by_class)} ;"
        f" void:dataDump <{RELEASE}/towns.nt>, <{RELEASE}/towns.nq> ; void:exampleResource <{BASE}thing/001> ;"
        f" void:vocabulary <{BASE}ontology#> ; void:subset <#links>, <#subset> .",
        f"<#links> a void:Linkset ; void:linkPredicate {_LINK} ; void:triples 7 ; void:objectsTarget <#other> .",
        '<#other> a void:Dataset ; void:uriSpace "http://other.example/" .',
        f"<#subset> a void:Dataset ; void:dataDump <{RELEASE}/subsets/table-towns.nt> .",
    ]
    for number, (predicate, found) in enumerate(sorted(by_property.items())):
        said += [
            f"<{RELEASE}> void:propertyPartition <#p{number}> .",
            f"<#p{number}> void:property {predicate} ; void:triples {len(found)} ; {_distinct(found)} .",
        ]
    for number, (class_, things) in enumerate(sorted(by_class.items())):
        about = [triple for triple in triples if triple[0] in things]
        said += [
            f"<{RELEASE}> void:classPartition <#c{number}> .",
            f"<#c{number}> void:class {class_} ; void:entities {len(things)} ; void:triples {len(about)} ;"
            f" void:properties {len({p for _, p, _ in about})} ; void:propertyPartition <#c{number}p> .",
            f"<#c{number}p> void:property {_TYPE} ; void:triples {sum(p == _TYPE for _, p, _ in about)} .",
        ]
    text = f"@base <{RELEASE}/void.ttl> .\n{PREFIX}" + "\n".join(said) + "\n"
    (folder / ".well-known").mkdir(exist_ok=True)
    for path in ("void.ttl", ".well-known/void"):
        (folder / path).write_text(text, "utf-8")


def _distinct(triples: list[Triple]) -> str:
    subjects, objects = {s for s, _, _ in triples}, {o for *_, o in triples}
    return f"void:distinctSubjects {len(subjects)} ; void:distinctObjects {len(objects)}"


def write_service(folder: Path, lines: list[str]) -> None:
    """Write the service description: how many triples the graphs and their union have."""
    graphs: dict[str, int] = defaultdict(int)
    for line in lines:
        graphs[line[:-2].rpartition(" ")[2]] += 1
    said = [f"<#dataset> sd:defaultGraph <#union> . <#union> void:triples {len(set(map(without_graph, lines)))} ."]
    for number, (name, count) in enumerate(sorted(graphs.items())):
        said.append(f"<#dataset> sd:namedGraph <#n{number}> .")
        said.append(f"<#n{number}> sd:name {name} ; sd:graph <#g{number}> . <#g{number}> void:triples {count} .")
    (folder / "service.ttl").write_text(f"@base <{RELEASE}/service.ttl> .\n{PREFIX}" + "\n".join(said), "utf-8")


def listed(folder: Path) -> dict[str, bytes]:
    """The content of each file, by path, but for the catalogue and the checksums."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {path: paths[path].read_bytes() for path in sorted(paths) if path not in ("catalog.ttl", "SHA256SUMS")}


def restate(folder: Path, *, catalogue: Callable[[str], str] = lambda text: text, packed: bool = True) -> None:
    """Compress, describe and sum up again what is in the folder, so that all of it fits; `catalogue` may then lie."""
    if packed:
        pack(folder, "towns.nt")
    files = listed(folder)
    downloads = [
        {"contentUrl": f"{RELEASE}/{quote(path)}", "contentSize": f"{len(data)} B", "sha256": _sha256(data)}
        for path, data in files.items()
        if path.startswith(("towns.", "tables/"))
    ]
    (folder / "schema.jsonld").write_text(json.dumps({"distribution": downloads}), "utf-8")
    (folder / "catalog.ttl").write_text(catalogue(catalogue_of(listed(folder))), "utf-8")
    sums = {**listed(folder), "catalog.ttl": (folder / "catalog.ttl").read_bytes()}
    text = "".join(f"{_sha256(sums[path])}  {path}\n" for path in sorted(sums, key=str.encode))
    (folder / "SHA256SUMS").write_text(text, "utf-8")


def catalogue_of(files: dict[str, bytes]) -> str:
    """A catalogue of files by path, with their sizes and checksums."""
    said = [f'<{RELEASE}> a dcat:Dataset ; dct:title "Towns"@en .']
    for path, data in files.items():
        url = f"{RELEASE}/{quote(path)}"
        said += [
            f"<{RELEASE}> dcat:distribution <{url}#distribution> .",
            f"<{url}#distribution> a dcat:Distribution ; dcat:downloadURL <{url}> ; dcat:byteSize {len(data)} ;"
            f" spdx:checksum <{url}#checksum> .",
            f'<{url}#checksum> spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue "{_sha256(data)}" .',
        ]
    return PREFIX + "\n".join(said) + "\n"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
