"""A release as a schema.org Dataset in JSON-LD, for search engines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kzlod.dataset import Dataset
from kzlod.release.authorities import theme_label
from kzlod.release.citation import citation
from kzlod.release.coverage import Coverage
from kzlod.release.description import file_iri, main_text, publisher, text_of, title, write_bytes
from kzlod.release.files import File
from kzlod.vocab import SCHEMA

SCHEMAORG = "schema.jsonld"
_FOLDERS = ("tables/", "subsets/")
_DATA = ("csv", "parquet", "nq", "nt", "trig", "ttl", "jsonld", "rdf")
_LINKS = ("url", "contentUrl", "license", "isBasedOn")
# Inline, so that it is read without a connection.
_CONTEXT = {"@vocab": SCHEMA} | {term: {"@type": "@id"} for term in _LINKS}


def write_schemaorg(dataset: Dataset, folder: Path, files: Sequence[File], *, coverage: Coverage | None = None) -> None:
    """Write `schema.jsonld`: the release, and those of its files that hold data.

    Raises `ReleaseError` where the file cannot be written.
    """
    project, coverage = dataset.project, coverage or Coverage(dataset)
    iri, name = publisher(project)
    main = title(project)
    others = [{"@language": tag, "@value": text} for tag, text in project.title.items() if text != main]
    organisation = {"@id": iri, "@type": "Organization", "name": name}
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": project.release_iri(),
        "@type": "Dataset",
        "name": f"{main}, {project.version}",
        "alternateName": others,
        "description": main_text(project.description, main),
        "url": project.release_iri(),
        "identifier": project.release_iri(),
        "version": project.version,
        "datePublished": project.date.isoformat(),
        "license": project.license,
        "isAccessibleForFree": True,
        "inLanguage": list(project.languages),
        "creator": organisation,
        "publisher": {"@id": iri},
        "creditText": citation(project),
        "keywords": [theme_label(theme, coverage.labels.get(theme, [])) for theme in project.themes],
        "temporalCoverage": f"{coverage.start or '..'}/{coverage.end or '..'}"
        if coverage.start or coverage.end
        else "",
        "spatialCoverage": [
            {"@id": place, "@type": "Place", "name": text_of(coverage.labels.get(place, []), place)}
            for place in project.spatial
        ],
        "isBasedOn": list(coverage.sources),
        "includedInDataCatalog": {"@id": f"{project.base}catalog/{project.id}", "@type": "DataCatalog"},
        "distribution": [
            {
                "@id": f"{file_iri(project, file.path)}#distribution",
                "@type": "DataDownload",
                "name": file.path,
                "contentUrl": file_iri(project, file.path),
                "encodingFormat": [file.media_type, file.compression] if file.compression else file.media_type,
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
            }
            for file in sorted(files)
            if _holds_data(file, project.id)
        ],
    }
    known = {key: value for key, value in document.items() if value not in ("", [])}
    write_bytes(folder / SCHEMAORG, (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode())


def _holds_data(file: File, id_: str) -> bool:
    plain = file.path.removesuffix(".zst")
    stem, _, suffix = plain.rpartition(".")
    return suffix in _DATA and (stem in (id_, "facts") or plain.startswith(_FOLDERS))
