"""What a release carries as it is: vocabularies, shapes, queries, and the links with who decided on them."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.query.columns import COLUMNS
from kzlod.sssom import decided

_FOLDERS = {"ontology": "vocabulary", "shapes": "shapes", "queries": "queries"}


def write_verbatim(dataset: Dataset, folder: Path) -> None:
    """Copy the vocabularies to `vocabulary/`, `shapes/` and `queries/` to folders of their names, links to `links/`."""
    project = dataset.project
    for name, target in _FOLDERS.items():
        for path in project.files(name, ".ttl", ".rq"):
            _copy(path, folder / target / path.relative_to(project.root / name))
    if (names := project.root / COLUMNS).is_file():
        _copy(names, folder / COLUMNS)
    for path in decided(project):
        _copy(path, folder / "links" / path.name)
    with as_file(files("kzlod") / "ns.ttl") as path:
        _copy(path, folder / "vocabulary" / path.name)


def _copy(path: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
