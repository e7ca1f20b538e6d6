"""Which release is served where none is named: the newest of the project, else one made of its tables for that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from kzlod.project import Project
from kzlod.release.files import CATALOGUE
from kzlod.snapshot import digest
from kzlod.web.store import forget

_MADE = "made"


def found(project: Project, *, cache: Path, step: Callable[[str], None] = lambda _: None) -> tuple[Path, bool]:
    """The folder of the release to serve, and whether it is one that was built and checked.

    Without a release in the project's `dist`, one is made in the folder `cache` from the tables as they are, once for
    the same tables, shapes and queries. Raises `FindingsError` where the tables are not sound.
    """
    latest = project.root / "dist" / project.id / "latest"
    if (latest / CATALOGUE).is_file():
        return latest.resolve(), True
    inputs = digest(project, also=("queries", "shapes"))
    name = hashlib.sha256(f"{inputs}\0{project.root.resolve()}".encode()).hexdigest()
    out = cache / _MADE / name
    made = out / project.id / project.version
    if not (made / CATALOGUE).is_file():
        from kzlod.dataset import Dataset
        from kzlod.release.build import build

        step("no release is built: making one of the tables")
        with Dataset.open(project) as dataset:
            build(dataset.sound(), out, step=step)
        forget(out)
    return made, False
