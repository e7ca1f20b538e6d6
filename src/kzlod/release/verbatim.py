"""What a release carries as it is: vocabularies, shapes and queries."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from kzlod.dataset import Dataset

_FOLDERS = {"ontology": "vocabulary", "shapes": "shapes", "queries": "queries"}


def write_verbatim(dataset: Dataset, folder: Path) -> None:
    """Copy the vocabularies to `vocabulary/`, `shapes/` and `queries/` to folders of their names."""
    project = dataset.project
    for name, target in _FOLDERS.items():
        for path in project.files(name, ".ttl", ".rq"):
            copy = folder / target / path.relative_to(project.root / name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    with as_file(files("kzlod") / "ns.ttl") as path:
        (folder / "vocabulary").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / "vocabulary" / path.name)
