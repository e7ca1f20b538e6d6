"""The catalogue of a release (DCAT 3, DCAT-AP 3.0.1): the dataset, its series, this version, and each of its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.query.columns import COLUMNS
from kzlod.release import authorities
from kzlod.release.citation import CITATION, citation, write_citation
from kzlod.release.coverage import Coverage
from kzlod.release.description import (
    Description,
    Objects,
    day,
    descriptions,
    english,
    file_iri,
    publisher,
    title,
    titles,
)
from kzlod.release.files import CATALOGUE, SERVICE, VOID_FILE, WELL_KNOWN, File, sha256
from kzlod.release.provenance import describe_build
from kzlod.release.schemaorg import SCHEMAORG, write_schemaorg
from kzlod.release.service import write_service
from kzlod.release.void import ENDPOINT, statistics, write_void
from kzlod.terms import iri, literal
from kzlod.vocab import DCAT, DCATAP, DCTERMS, PROV, RDFS, SPDX, VCARD, XSD

_WORDS = {
    "facts.csv": "All facts with their labels in one flat table",
    "facts.parquet": "All facts with their labels in one flat table",
    "tables/csvw.json": "What the columns of the tables mean (CSV on the Web)",
    COLUMNS: "What the columns and parameters of the queries are called, by language",
    "report.ttl": "Validation report (SHACL)",
    "changes.md": "What changed since the release before, in words",
    "changes.json": "What changed since the release before",
    "changes.rdfp": "What changed since the release before (RDF Patch)",
    "changes.ru": "What changed since the release before (SPARQL Update)",
    VOID_FILE: "What is in the dataset, in figures (VoID)",
    WELL_KNOWN: "What is in the dataset, in figures (VoID)",
    SERVICE: "What a SPARQL endpoint over the dataset speaks and holds",
    SCHEMAORG: "The dataset in the words of schema.org, for search engines",
    CITATION: "How to cite the dataset (Citation File Format)",
}
_FOLDERS = {
    "tables/": "Table",
    "subsets/source-": "Subset: what comes from source",
    "subsets/table-": "Subset: what comes from table",
    "subsets/links-": "Subset: links",
    "links/": "Links, with who decided on them (SSSOM)",
    "vocabulary/": "Vocabulary",
    "shapes/": "Shapes (SHACL)",
    "queries/": "Query (SPARQL)",
}


def describe(dataset: Dataset, folder: Path, files: Sequence[File], *, previous: str = "") -> tuple[File, ...]:
    """Write all that describes a release into its folder; returns the files that were written, ordered by path.

    `files` are those that the folder holds already, `previous` is the version of the release before, if there was one.
    The catalogue is written last, as it lists the other descriptions too; only itself and `SHA256SUMS` are not in it.
    Raises `ReleaseError` where a file cannot be written.
    """
    counted, coverage = statistics(dataset.table, base=dataset.project.base), Coverage(dataset)
    write_void(dataset, folder, files, counted=counted)
    write_service(dataset, folder, triples=counted.triples)
    write_schemaorg(dataset, folder, files, coverage=coverage)
    write_citation(dataset, folder)
    written = [_file(folder, path) for path in (VOID_FILE, WELL_KNOWN, SERVICE, SCHEMAORG, CITATION)]
    write_catalogue(dataset, folder, [*files, *written], previous=previous, coverage=coverage)
    return tuple(sorted([*written, _file(folder, CATALOGUE)], key=lambda file: file.path.encode()))


def _file(folder: Path, path: str) -> File:
    return File(path, (folder / path).stat().st_size, sha256(folder / path))


def write_catalogue(
    dataset: Dataset, folder: Path, files: Sequence[File], *, previous: str = "", coverage: Coverage | None = None
) -> None:
    """Write `catalog.ttl`: `files` are all that it lists, `previous` is the version before.

    Raises `ReleaseError` where the file cannot be written.
    """
    catalogue = _Catalogue(dataset, coverage or Coverage(dataset))
    catalogue.describe_dataset(files, previous)
    for file in files:
        catalogue.describe_file(file)
    catalogue.about.write(folder / CATALOGUE, dataset.project)


class _Catalogue:
    """A catalogue in the making: what its parts have in common, and a method for each of them."""

    def __init__(self, dataset: Dataset, coverage: Coverage) -> None:
        self.about = Description()
        self._dataset = dataset
        self._project: Project = dataset.project
        self._release = self._project.release_iri()
        self._coverage = coverage
        self._licence = authorities.describe_licence(self.about, self._project.license)
        self._availability = authorities.availability(self.about)

    def describe_dataset(self, files: Sequence[File], previous: str) -> None:
        """Describe the catalogue, the dataset, its series, the version and its endpoint."""
        project, about = self._project, self.about
        node, name = publisher(project)
        common: dict[str, Objects] = {
            DCTERMS + "publisher": authorities.agent(about, node, name),
            DCTERMS + "spatial": self._places(),
        }
        described = common | {
            DCTERMS + "temporal": self._period(),
            DCAT + "contactPoint": self._contact(),
            DCTERMS + "accrualPeriodicity": authorities.frequency(about),
        }
        languages = {DCTERMS + "language": [authorities.language(about, tag) for tag in project.languages]}
        themes = {DCAT + "theme": authorities.themes(about, project.themes, self._coverage.labels)}
        in_eu_table = any(theme.startswith(authorities.THEMES + "/") for theme in project.themes)
        entry = described | languages | themes | {DCTERMS + "accessRights": authorities.access_rights(about)}
        service = self._service(
            {key: described[key] for key in (DCTERMS + "publisher", DCAT + "contactPoint")} | themes
        )
        about.say(
            f"{project.base}catalog/{project.id}",
            DCAT + "Catalog",
            common
            | languages
            | {
                DCTERMS + "title": english(f"Catalogue of “{title(project)}”"),
                DCTERMS + "description": english(f"The releases of “{title(project)}” and their files."),
                DCTERMS + "modified": day(project.date),
                DCTERMS + "license": self._licence,
                DCAT + "themeTaxonomy": [iri(authorities.THEMES)] if in_eu_table else [],
                DCAT + "dataset": [iri(project.dataset_iri), iri(self._release)],
                DCAT + "service": service,
            },
        )
        about.say(
            project.series_iri,
            DCAT + "DatasetSeries",
            described
            | {
                DCTERMS + "title": english(f"The releases of “{title(project)}”"),
                DCTERMS + "description": english(f"Each release of “{title(project)}” is one version of it, for good."),
                DCTERMS + "modified": day(project.date),
                DCAT + "last": iri(self._release),
            },
        )
        before = [iri(project.release_iri(previous))] if previous else []
        about.say(
            project.dataset_iri,
            DCAT + "Dataset",
            entry
            | {
                DCTERMS + "title": titles(project),
                DCTERMS + "description": descriptions(project),
                DCTERMS + "identifier": literal(project.dataset_iri),
                DCTERMS + "modified": day(project.date),
                DCTERMS + "license": self._licence,
                DCAT + "version": literal(project.version),
                DCAT + "hasVersion": [iri(self._release), *before],
                DCAT + "hasCurrentVersion": iri(self._release),
            },
        )
        self._describe_version(entry, files, previous)

    def _describe_version(self, entry: dict[str, Objects], files: Sequence[File], previous: str) -> None:
        project, about = self._project, self.about
        sources = self._coverage.sources
        for source, names in sources.items():
            about.say(source, PROV + "Entity", {DCTERMS + "title": names})
        before = project.release_iri(previous)
        facts = {
            DCTERMS + "title": titles(project, f", {project.version}"),
            DCTERMS + "description": descriptions(project),
            DCTERMS + "identifier": literal(self._release),
            DCTERMS + "issued": day(project.date),
            DCTERMS + "license": self._licence,
            DCTERMS + "bibliographicCitation": literal(citation(project)),
            DCAT + "version": literal(project.version),
            DCAT + "isVersionOf": iri(project.dataset_iri),
            DCAT + "inSeries": iri(project.series_iri),
            DCAT + "distribution": [iri(self._distribution(file)) for file in files],
            PROV + "wasGeneratedBy": describe_build(about, self._dataset),
            PROV + "wasDerivedFrom": [iri(source) for source in sources],
        }
        if previous:
            facts |= {
                DCAT + "previousVersion": iri(before),
                DCAT + "prev": iri(before),
                PROV + "wasRevisionOf": iri(before),
            }
            about.say(
                before,
                DCAT + "Dataset",
                {
                    DCTERMS + "title": titles(project, f", {previous}"),
                    DCTERMS + "description": english("The release before; its own catalogue describes it."),
                    DCAT + "version": literal(previous),
                    DCAT + "isVersionOf": iri(project.dataset_iri),
                    DCAT + "inSeries": iri(project.series_iri),
                    DCAT + "next": iri(self._release),
                },
            )
        about.say(self._release, DCAT + "Dataset", entry | facts)

    def describe_file(self, file: File) -> None:
        """Describe a file: what it holds, in which format, how large it is, its checksum."""
        about, address = self.about, iri(file_iri(self._project, file.path))
        about.say(
            self._distribution(file),
            DCAT + "Distribution",
            {
                DCTERMS + "title": english(_words(file, self._project)),
                DCTERMS + "issued": day(self._project.date),
                DCTERMS + "license": self._licence,
                DCTERMS + "format": authorities.file_type(about, file.media_type),
                DCATAP + "availability": self._availability,
                DCAT + "accessURL": address,
                DCAT + "downloadURL": address,
                DCAT + "mediaType": authorities.media_type(about, file.media_type),
                DCAT + "compressFormat": authorities.media_type(about, file.compression),
                DCAT + "byteSize": literal(str(file.size), datatype=XSD + "nonNegativeInteger"),
                SPDX + "checksum": authorities.checksum(
                    about, f"{file_iri(self._project, file.path)}#checksum", file.sha256
                ),
            },
        )

    def _distribution(self, file: File) -> str:
        return f"{file_iri(self._project, file.path)}#distribution"

    def _places(self) -> list[str]:
        for place in self._project.spatial:
            self.about.say(place, DCTERMS + "Location", {RDFS + "label": self._coverage.labels.get(place, [])})
        return [iri(place) for place in self._project.spatial]

    def _period(self) -> list[str]:
        start, end = self._coverage.start, self._coverage.end
        if not start and not end:
            return []
        node = f"{self._release}#temporal"
        facts = {DCAT + "startDate": [day(start)] if start else [], DCAT + "endDate": [day(end)] if end else []}
        self.about.say(node, DCTERMS + "PeriodOfTime", facts)
        return [iri(node)]

    def _contact(self) -> list[str]:
        contact = self._project.contact
        if not contact:
            return []
        node = f"{self._project.dataset_iri}#contact"
        facts = {VCARD + "fn": literal(contact.get("name") or publisher(self._project)[1])}
        if "email" in contact:
            facts[VCARD + "hasEmail"] = iri(f"mailto:{quote(contact['email'], safe='@+')}")
        if "url" in contact:
            facts[VCARD + "hasURL"] = iri(contact["url"])
        self.about.say(node, VCARD + "Kind", facts)
        return [iri(node)]

    def _service(self, common: dict[str, Objects]) -> str:
        """Describe the endpoint."""
        project = self._project
        node = project.base + ENDPOINT
        self.about.say(
            node,
            DCAT + "DataService",
            common
            | {
                DCTERMS + "title": english(f"SPARQL endpoint of “{title(project)}”"),
                DCTERMS + "conformsTo": authorities.sparql_protocol(self.about),
                DCTERMS + "license": self._licence,
                DCAT + "endpointURL": iri(node),
                DCAT + "endpointDescription": iri(file_iri(project, SERVICE)),
                DCAT + "servesDataset": iri(project.dataset_iri),
            },
        )
        return iri(node)


def _words(file: File, project: Project) -> str:
    """What a file is, in words.

    >>> _words(File("tables/towns.csv", 1, ""), Project.reference())
    'Table towns, as CSV'
    """
    plain = file.path.removesuffix(".zst") if file.compression else file.path
    stem, _, _ = plain.rpartition(".")
    kind = authorities.format_name(file.media_type)
    packed = ", compressed" if file.compression else ""
    if plain in _WORDS:
        words = _WORDS[plain]
        return f"{words}, as {kind}{packed}" if plain.startswith("facts.") else words + packed
    if stem == project.id:
        canonical = (
            "; canonical, so its SHA-256 is the hash of the dataset" if plain.endswith(".nq") and not packed else ""
        )
        return f"The whole dataset, as {kind}{packed}{canonical}"
    for folder, words in _FOLDERS.items():
        if plain.startswith(folder):
            name = stem.removeprefix(folder)
            as_what = f", as {kind}" if folder.startswith(("tables/", "subsets/")) else ""
            return f"{words} {name}{as_what}{packed}"
    return file.path
