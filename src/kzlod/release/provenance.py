"""How a release was made, in PROV: which inputs, by their digests, which software, in which version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from kzlod import __version__
from kzlod.dataset import TABLES, Dataset
from kzlod.query.columns import COLUMNS
from kzlod.release.authorities import checksum
from kzlod.release.description import Description, day, english
from kzlod.release.files import sha256
from kzlod.terms import iri, literal
from kzlod.vocab import DCAT, DCTERMS, PROV, RDFS, SPDX

_ALSO_READ = (("shapes", ".ttl"), ("queries", ".rq"))
_WITHDRAWN = "data/withdrawn.csv"


def inputs(dataset: Dataset) -> Iterator[tuple[str, Path]]:
    """The files of the project that a release is made from: their names, from its root, and where they are.

    A file outside the project is named by its file name, as where it is on this machine is nobody's business.

    >>> from kzlod.project import Project
    >>> [name for name, _ in inputs(Dataset.open(Project.reference()))][0]
    'data/agreements.csv'
    """
    project = dataset.project
    names = {path for (path,) in dataset.table.rows("SELECT path FROM sources")} | {TABLES, _WITHDRAWN, COLUMNS}
    for folder, suffix in _ALSO_READ:
        names |= {project.shown(path) for path in project.files(folder, suffix)}
    for name in sorted(names):
        path = project.root / name
        if path.is_file():
            yield (Path(name).name if Path(name).is_absolute() else name), path


def describe_build(about: Description, dataset: Dataset) -> str:
    """Describe the build of a release; returns the token of its node."""
    project = dataset.project
    release = project.release_iri()
    build, software = f"{release}#build", f"{release}#software"
    used = []
    for name, path in inputs(dataset):
        node = f"{release}#input/{quote(name)}"
        used.append(iri(node))
        digest = checksum(about, f"{release}#input-checksum/{quote(name)}", sha256(path))
        about.say(node, PROV + "Entity", {RDFS + "label": literal(name), SPDX + "checksum": digest})
    about.say(
        build,
        PROV + "Activity",
        {
            RDFS + "label": english(f"Build of {project.id} {project.version}"),
            DCTERMS + "date": day(project.date),
            PROV + "used": used,
            PROV + "generated": iri(release),
            PROV + "wasAssociatedWith": iri(software),
        },
    )
    named = {RDFS + "label": literal(f"kzlod {__version__}"), DCAT + "version": literal(__version__)}
    about.say(software, PROV + "SoftwareAgent", named)
    return iri(build)
