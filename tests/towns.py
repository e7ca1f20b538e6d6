"""A small dataset of towns that are nowhere, its links, and what a store needs to hold items of Wikidata."""

from __future__ import annotations

import csv
import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from kzlod.align import ACCEPTED
from kzlod.project import Project
from tests.stores import Store

WD, WDT = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
PREFIXES = f"""
@prefix wd: <{WD}> . @prefix wdt: <{WDT}> . @prefix schema: <http://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
"""
TOML = """
[dataset]
id = "towns"
version = "1.0.0"
date = 2026-01-31
base = "https://e.org/"
license = "https://creativecommons.org/licenses/by/4.0/"
languages = ["en", "ru", "zh"]
[dataset.title]
en = "Towns"
[prefixes]
thing = "https://e.org/thing/"
kind = "https://e.org/kind/"
e = "https://e.org/ns#"
[align]
places = ["e:in"]
[align.identifiers]
"e:lei" = "P1278"
[align.types]
"kind:city" = ["Q9001"]
"kind:country" = ["Q6256"]
"kind:company" = ["Q9003"]
"""
KINDS = """
<https://e.org/kind/city> <http://www.w3.org/2004/02/skos/core#prefLabel> "city"@en, "город"@ru .
<https://e.org/kind/company> <http://www.w3.org/2004/02/skos/core#prefLabel> "company"@en .
<https://e.org/kind/country> <http://www.w3.org/2004/02/skos/core#prefLabel> "country"@en .
"""
COLUMNS = ("id", "kind", "label", "label_ru", "label_zh", "alt", "in", "lei")
POINTS = ("thing", "lat", "lon", "wkt", "source")


def _column(name: str, property_: str = "", **more: object) -> dict[str, object]:
    made = {"propertyUrl": property_} if property_ else {"suppressOutput": True}
    return {"name": name, "titles": name, **made, **more}


def _csvw() -> dict[str, object]:
    labels = {"label": "en", "label_ru": "ru", "label_zh": "zh"}
    thing = "https://e.org/thing/{"
    columns = [
        _column("id"),
        _column("kind", "dcterms:type", valueUrl="https://e.org/kind/{kind}"),
        *(_column(name, "rdfs:label", lang=lang) for name, lang in labels.items()),
        _column("alt", "skos:altLabel", lang="en", separator="|"),
        _column("in", "https://e.org/ns#in", valueUrl=thing + "in}"),
        _column("lei", "https://e.org/ns#lei"),
    ]
    wkt = "http://www.opengis.net/ont/geosparql#asWKT"
    about = "https://e.org/geometry/{thing}"
    points = [
        _column("thing"),
        _column("lat", "schema:latitude", datatype="decimal"),
        _column("lon", "schema:longitude", datatype="decimal"),
        _column("wkt", wkt, aboutUrl=about),
        _column("source", "dcterms:source", aboutUrl=about),
    ]
    tables = [
        {"url": "things.csv", "tableSchema": {"aboutUrl": thing + "id}", "primaryKey": "id", "columns": columns}},
        {"url": "points.csv", "tableSchema": {"aboutUrl": thing + "thing}", "columns": points}},
    ]
    return {"@context": "http://www.w3.org/ns/csvw", "tables": tables}


def towns(folder: Path, *things: dict[str, str], points: Sequence[Sequence[str]] = (), links: str = "") -> Project:
    """A small dataset with these things, which are cities where they do not say."""
    data = folder / "data"
    (data / "links").mkdir(parents=True)
    (folder / "kzlod.toml").write_text(TOML, "utf-8")
    (data / "csvw.json").write_text(json.dumps(_csvw()), "utf-8")
    (data / "kinds.ttl").write_text(KINDS, "utf-8")
    made = [{"kind": "city", "label": thing["id"].capitalize(), **thing} for thing in things]
    for name, columns, rows in (
        ("things", COLUMNS, [[thing.get(column, "") for column in COLUMNS] for thing in made]),
        ("points", POINTS, points),
    ):
        with (data / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *sorted(rows)])
    if links:
        (folder / ACCEPTED).write_text(mapping_set(links), "utf-8")
    return Project.read(folder)


HEADER = """\
# mapping_set_id: https://e.org/links
# license: https://creativecommons.org/licenses/by/4.0/
# curie_map:
#   thing: https://e.org/thing/
#   wd: http://www.wikidata.org/entity/
"""


def mapping_set(rows: str, *, header: str = HEADER, columns: str = "") -> str:
    """A file of mappings: each line a subject and an object with a space between, or a row as it stands."""
    lines = []
    for line in rows.strip().splitlines():
        subject, _, rest = line.partition(" ")
        row = f"thing:{subject}\tskos:exactMatch\twd:{rest}\tsemapv:ManualMappingCuration"
        lines.append(line if "\t" in line else row)
    names = columns or "subject_id\tpredicate_id\tobject_id\tmapping_justification"
    return header + "\n".join([names, *lines]) + "\n"


def fill(store: Store, content: bytes, media_type: str = "text/turtle") -> None:
    request = urllib.request.Request(f"{store.graphs}?default", content, {"content-type": media_type})
    with urllib.request.urlopen(request):
        pass
