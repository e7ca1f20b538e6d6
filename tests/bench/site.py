"""The static site: of the reference dataset, and of a dataset of 100,000 things."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from tests.bench.measure import Row, run

_THINGS = 100_000
_BASE = "https://many.example/"
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_AIMS = {"reference": (20, 500), "many": (600, 500)}


def bench() -> Iterator[Row]:
    """Seconds and peak memory of `kzlod site`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for title, project in (("reference", Project.reference()), ("many", _many(folder / "many"))):
            with Dataset.open(project) as dataset:
                release = build(dataset, folder / f"{title}-dist").path
            command = [_KZLOD, "site", str(release), "--out", str(folder / title / "site"), "--replace"]
            taken = run(command, runs=3 if title == "reference" else 1, warm=title == "reference")
            seconds, megabytes = _AIMS[title]
            yield Row(
                "the reference dataset" if title == "reference" else f"{_THINGS:,} things",
                f"{taken.seconds:.1f} s, {taken.megabytes:.0f} MB a process",
                f"under {seconds} s, {megabytes} MB",
                taken.seconds < seconds and taken.megabytes < megabytes,
            )


def _many(folder: Path) -> Project:
    root = init(folder, base=_BASE).root
    label, near = "<http://www.w3.org/2000/01/rdf-schema#label>", "<http://purl.org/dc/terms/relation>"
    with (root / "data" / "many.nt").open("w", encoding="utf-8") as file:
        for number in range(_THINGS):
            thing, other = (f"<{_BASE}thing/n{one:06}>" for one in (number, number * 7 % _THINGS))
            file.write(f'{thing} {label} "Thing {number}"@en .\n{thing} {near} {other} .\n')
    return Project.read(root)
