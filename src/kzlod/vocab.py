"""Namespaces of the vocabularies that the engine speaks, and the prefixes that it writes them with."""

from __future__ import annotations

KZ = "https://w3id.org/kzlod/ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
QB = "http://purl.org/linked-data/cube#"
SDMX_MEASURE = "http://purl.org/linked-data/sdmx/2009/measure#"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "http://schema.org/"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
CSVW = "http://www.w3.org/ns/csvw#"
SH = "http://www.w3.org/ns/shacl#"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"
VCARD = "http://www.w3.org/2006/vcard/ns#"
SD = "http://www.w3.org/ns/sparql-service-description#"
DCATAP = "http://data.europa.eu/r5r/"

PREFIXES = {
    "kz": KZ,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "qb": QB,
    "sdmx-measure": SDMX_MEASURE,
    "dcterms": DCTERMS,
    "prov": PROV,
    "org": "http://www.w3.org/ns/org#",
    "schema": SCHEMA,
    "oa": OA,
    "foaf": FOAF,
    "geo": "http://www.opengis.net/ont/geosparql#",
    "unit": "http://qudt.org/vocab/unit/",
    "qudt": "http://qudt.org/schema/qudt/",
    "quantitykind": "http://qudt.org/vocab/quantitykind/",
    "time": "http://www.w3.org/2006/time#",
    "dcat": DCAT,
    "void": VOID,
    "spdx": SPDX,
    "vcard": VCARD,
    "sd": SD,
    "dcatap": DCATAP,
}
"""The prefixes that every dataset has; `kzlod.toml` adds a dataset's own."""
