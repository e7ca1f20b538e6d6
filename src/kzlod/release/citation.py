"""How a release is cited: a sentence to copy, and a `CITATION.cff` for tools (Citation File Format 1.2.0)."""

from __future__ import annotations

from pathlib import Path

import yaml

from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.authorities import licence
from kzlod.release.description import main_text, publisher, title, write_bytes

CITATION = "CITATION.cff"


def citation(project: Project) -> str:
    """The suggested citation: who, when, what, which version, where.

    >>> citation(Project.reference()).endswith(Project.reference().release_iri())
    True
    """
    _, name = publisher(project)
    return f"{name} ({project.date:%Y}): {title(project)}. Version {project.version}. {project.release_iri()}"


def write_citation(dataset: Dataset, folder: Path) -> None:
    """Write `CITATION.cff`: the sentence of `citation`, field by field.

    Raises `ReleaseError` where the file cannot be written.
    """
    project = dataset.project
    iri, name = publisher(project)
    known = licence(project.license)
    fields: dict[str, object] = {
        "cff-version": "1.2.0",
        "message": f"Cite this release as: {citation(project)}",
        "type": "dataset",
        "title": title(project),
        "abstract": main_text(project.description, title(project)),
        "authors": [{"name": name} | ({"website": iri} if _is_url(iri) else {})],
        "version": project.version,
        "date-released": project.date.isoformat(),
        "identifiers": [
            _identifier(project.release_iri(), "This version, which does not change"),
            _identifier(project.dataset_iri, "The dataset, whatever its version"),
        ],
    }
    fields |= {"url": project.release_iri()} if _is_url(project.base) else {}
    fields |= {"license": known.spdx} if known else {"license-url": project.license}
    write_bytes(folder / CITATION, yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=1 << 20).encode())


def _identifier(iri: str, description: str) -> dict[str, str]:
    return {"type": "url" if _is_url(iri) else "other", "value": iri, "description": description}


def _is_url(iri: str) -> bool:
    return iri.startswith(("https://", "http://"))
