"""A SPARQL 1.1 Service Description: what an endpoint over a release speaks, and which graphs it holds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from kzlod.dataset import Dataset
from kzlod.release.description import Description, english, file_iri, number, title, titles
from kzlod.release.files import SERVICE
from kzlod.release.void import ENDPOINT
from kzlod.terms import iri
from kzlod.vocab import DCTERMS, SD, VOID

_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("N-Triples", "Turtle", "RDF_XML")


def write_service(dataset: Dataset, folder: Path, *, triples: int | None = None) -> None:
    """Write `service.ttl`; `triples` is the size of the union of the graphs, where it is known.

    Its default graph is the union of the named ones, as everywhere. Raises `ReleaseError` where it cannot be written.
    """
    project, about = dataset.project, Description()
    service, document = project.base + ENDPOINT, file_iri(project, SERVICE)
    table = dataset.table
    if triples is None:
        triples = table.rows(f"SELECT count(*) FROM (SELECT DISTINCT s, p, o FROM {table.order()})")[0][0]
    sizes = table.rows(f"SELECT g, count(*) FROM {table.order()} WHERE g <> '' GROUP BY g ORDER BY g")
    about.say(
        service,
        SD + "Service",
        {
            DCTERMS + "title": english(f"SPARQL endpoint of “{title(project)}”"),
            SD + "endpoint": iri(service),
            SD + "supportedLanguage": iri(SD + "SPARQL11Query"),
            SD + "feature": iri(SD + "UnionDefaultGraph"),
            SD + "resultFormat": [iri(_FORMATS + name) for name in (*_RESULTS, *_GRAPHS)],
            SD + "defaultDataset": iri(f"{document}#dataset"),
        },
    )
    about.say(
        f"{document}#dataset",
        SD + "Dataset",
        {
            DCTERMS + "title": titles(project, f", {project.version}"),
            DCTERMS + "isVersionOf": iri(project.dataset_iri),
            SD + "defaultGraph": iri(f"{document}#union"),
            SD + "namedGraph": [iri(f"{document}#named/{quote(g[1:-1], safe='')}") for g, _ in sizes],
        },
    )
    about.say(f"{document}#union", SD + "Graph", {VOID + "triples": number(triples)})
    for g, size in sizes:
        name = quote(g[1:-1], safe="")
        facts = {SD + "name": g, SD + "graph": iri(f"{document}#graph/{name}")}
        about.say(f"{document}#named/{name}", SD + "NamedGraph", facts)
        about.say(f"{document}#graph/{name}", SD + "Graph", {VOID + "triples": number(size)})
    about.write(folder / SERVICE, project)
