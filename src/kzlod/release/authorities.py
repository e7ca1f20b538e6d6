"""Short descriptions of what a catalogue refers to and others maintain: file types, licences, languages, themes.

A catalogue is checked, and read, without following its links (DCAT-AP 3.0.1), so it says itself what each IRI is: its
class, its scheme, its label. The tables are those of the EU's Publications Office, of IANA and of SPDX.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from kzlod.release.description import Description, english, text_of
from kzlod.terms import iri, literal
from kzlod.vocab import DCTERMS, FOAF, RDFS, SKOS, SPDX, XSD

AUTHORITY = "http://publications.europa.eu/resource/authority/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
LICENCE_TYPES = "http://purl.org/adms/licencetype/"
SHA256 = SPDX + "checksumAlgorithm_sha256"
THEMES = AUTHORITY + "data-theme"

_FILE_TYPES = {
    "application/n-quads": ("RDF_N_QUADS", "N-Quads"),
    "application/n-triples": ("RDF_N_TRIPLES", "N-Triples"),
    "application/trig": ("RDF_TRIG", "TriG"),
    "text/turtle": ("RDF_TURTLE", "Turtle"),
    "application/ld+json": ("JSON_LD", "JSON-LD"),
    "application/rdf+xml": ("RDF_XML", "RDF/XML"),
    "application/json": ("JSON", "JSON"),
    "application/vnd.apache.parquet": ("PARQUET", "Parquet"),
    "application/sparql-query": ("SPARQLQ", "SPARQL query"),
    "application/yaml": ("YAML", "YAML"),
    "application/octet-stream": ("OCTET", "Octet stream"),
    "text/csv": ("CSV", "CSV"),
    "text/tab-separated-values": ("TSV", "TSV"),
}
_PLAIN = ("TXT", "Plain text")
# IANA's registry does not have it (looked up in 2026); it is what RDF Patch's own documents call it.
_UNREGISTERED = {"application/rdf-patch"}
_THEMES = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "OP_DATPRO": "Provisional data",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}
_SCHEMES = {
    "access-right": "Access rights",
    "data-theme": "Data themes",
    "file-type": "File types",
    "frequency": "Frequencies",
    "language": "Languages",
    "licence": "Licences",
    "planned-availability": "Planned availability",
}


class Licence(NamedTuple):
    """A licence: its SPDX identifier, its title, the kind of licence that it is, its name in the EU's table."""

    spdx: str
    title: str
    kind: str
    authority: str


_CC = "creativecommons.org/licenses/"
_LICENCES = {
    "creativecommons.org/publicdomain/zero/1.0": Licence("CC0-1.0", "CC0 1.0 Universal", "PublicDomain", "CC0"),
    _CC + "by/4.0": Licence("CC-BY-4.0", "Creative Commons Attribution 4.0 International", "Attribution", "CC_BY_4_0"),
    _CC + "by-sa/4.0": Licence(
        "CC-BY-SA-4.0",
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "ViralEffect-ShareAlike",
        "CC_BYSA_4_0",
    ),
    "opendatacommons.org/licenses/pddl/1-0": Licence(
        "PDDL-1.0", "Open Data Commons Public Domain Dedication and License 1.0", "PublicDomain", ""
    ),
    "opendatacommons.org/licenses/by/1-0": Licence(
        "ODC-By-1.0", "Open Data Commons Attribution License 1.0", "Attribution", "ODC_BY"
    ),
    "opendatacommons.org/licenses/odbl/1-0": Licence(
        "ODbL-1.0", "Open Data Commons Open Database License 1.0", "ViralEffect-ShareAlike", ""
    ),
}
_LICENCE_KINDS = {
    "Attribution": "Attribution",
    "PublicDomain": "Public domain",
    "ViralEffect-ShareAlike": "Share alike / copyleft",
}


def licence(iri_: str) -> Licence | None:
    """What is known about a licence from its IRI, with or without `https` and a slash at the end.

    >>> licence("http://creativecommons.org/publicdomain/zero/1.0/").spdx
    'CC0-1.0'
    """
    return _LICENCES.get(iri_.partition("://")[2].removeprefix("www.").removesuffix("/"))


@cache
def _languages() -> dict[str, tuple[str, str]]:
    """The codes of ISO 639-3, as the EU's table has them, and the English names of the languages of ISO 639-1."""
    table = (files("kzlod.release") / "languages.csv").read_text("utf-8")
    return {row["tag"]: (row["code"], row["name"]) for row in csv.DictReader(table.splitlines())}


def _entry(about: Description, table: str, name: str, label: str, class_: str) -> str:
    """Describe an entry of one of the EU's tables, and the table; returns the entry's token."""
    scheme = AUTHORITY + table
    about.say(scheme, SKOS + "ConceptScheme", {DCTERMS + "title": english(_SCHEMES[table])})
    facts = {SKOS + "inScheme": iri(scheme), SKOS + "prefLabel": english(label)}
    about.say(f"{scheme}/{name}", (class_, SKOS + "Concept"), facts)
    return iri(f"{scheme}/{name}")


def file_type(about: Description, media_type: str) -> str:
    """The EU's file type for a media type: text for what it has no entry for."""
    name, label = _FILE_TYPES.get(media_type, _PLAIN)
    return _entry(about, "file-type", name, label, DCTERMS + "MediaTypeOrExtent")


def format_name(media_type: str) -> str:
    """What a format is called.

    >>> format_name("text/csv")
    'CSV'
    """
    return _FILE_TYPES.get(media_type, _PLAIN)[1]


def media_type(about: Description, name: str) -> list[str]:
    """IANA's IRI for a media type; none where it is not registered."""
    if not name or name in _UNREGISTERED:
        return []
    about.say(MEDIA_TYPES + name, DCTERMS + "MediaType", {RDFS + "label": literal(name)})
    return [iri(MEDIA_TYPES + name)]


def language(about: Description, tag: str) -> str:
    """The EU's entry for a language tag, by its primary subtag (BCP 47, section 2.2.1)."""
    primary = tag.lower().partition("-")[0]
    code, name = _languages().get(primary, (primary.upper(), tag))
    return _entry(about, "language", code, name, DCTERMS + "LinguisticSystem")


def frequency(about: Description) -> str:
    """How often a release appears: when there is something to say."""
    return _entry(about, "frequency", "IRREG", "irregular", DCTERMS + "Frequency")


def access_rights(about: Description) -> str:
    """Everyone may have a release."""
    return _entry(about, "access-right", "PUBLIC", "public", DCTERMS + "RightsStatement")


def availability(about: Description) -> str:
    """How long a file stays: a release does not change and does not go away."""
    return _entry(about, "planned-availability", "STABLE", "stable", SKOS + "Concept")


def theme_label(theme: str, labels: Sequence[str]) -> str:
    """What a theme is called: in the EU's table, or in the data, whose labels are given as tokens.

    >>> theme_label(THEMES + "/ENER", []), theme_label("http://e/water", [])
    ('Energy', 'water')
    """
    table, _, name = theme.rpartition("/")
    return _THEMES.get(name, name) if table == THEMES else text_of(labels, name)


def themes(about: Description, iris: tuple[str, ...], labels: Mapping[str, Sequence[str]]) -> list[str]:
    """Describe themes, from the EU's table or from the data; returns their tokens."""
    for theme in iris:
        table, _, name = theme.rpartition("/")
        own = labels.get(theme, [])
        if table == THEMES:
            _entry(about, "data-theme", name, theme_label(theme, own), SKOS + "Concept")
        else:
            about.say(theme, SKOS + "Concept", {SKOS + "prefLabel": own or literal(name)})
    return [iri(theme) for theme in iris]


def describe_licence(about: Description, iri_: str) -> str:
    """A licence, with its title and kind where it is a known one; returns its token."""
    known = licence(iri_)
    facts: dict[str, str] = {RDFS + "label": literal(iri_)}
    if known:
        kind, scheme = LICENCE_TYPES + known.kind, LICENCE_TYPES + "1.0"
        label = english(_LICENCE_KINDS[known.kind])
        about.say(scheme, SKOS + "ConceptScheme", {DCTERMS + "title": english("Licence types")})
        about.say(kind, SKOS + "Concept", {SKOS + "inScheme": iri(scheme), SKOS + "prefLabel": label})
        facts = {RDFS + "label": english(known.title), DCTERMS + "identifier": literal(known.spdx)}
        facts[DCTERMS + "type"] = iri(kind)
        if known.authority:
            entry = _entry(about, "licence", known.authority, known.title, DCTERMS + "LicenseDocument")
            about.say(entry[1:-1], (), {DCTERMS + "type": iri(kind)})
            facts[SKOS + "exactMatch"] = entry
    about.say(iri_, DCTERMS + "LicenseDocument", facts)
    return iri(iri_)


def sparql_protocol(about: Description) -> str:
    """The standard that an endpoint speaks."""
    standard = "http://www.w3.org/TR/sparql11-protocol/"
    about.say(standard, DCTERMS + "Standard", {DCTERMS + "title": english("SPARQL 1.1 Protocol")})
    return iri(standard)


def checksum(about: Description, node: str, sha256: str) -> str:
    """Describe a SHA-256 checksum; returns the token of its node."""
    about.say(SHA256, SPDX + "ChecksumAlgorithm", {RDFS + "label": literal("SHA-256")})
    value = literal(sha256, datatype=XSD + "hexBinary")
    about.say(node, SPDX + "Checksum", {SPDX + "algorithm": iri(SHA256), SPDX + "checksumValue": value})
    return iri(node)


def agent(about: Description, node: str, name: str) -> str:
    """Describe who publishes; returns the token of the node."""
    about.say(node, FOAF + "Agent", {FOAF + "name": literal(name)})
    return iri(node)
