"""The two sides of a diff: a release, a project or an RDF file, here or on the web, each as a canonical dump."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from kzlod.dataset import Dataset
from kzlod.diff.canonical import is_canonical, sort_lines
from kzlod.diff.fetch import fetch, is_url
from kzlod.diff.merge import Dump
from kzlod.errors import InputError
from kzlod.formats import NQUADS, NTRIPLES, Format, by_suffix
from kzlod.project import FILE, Project
from kzlod.quads import Quad, QuadTable
from kzlod.quads.read import parse_file, token
from kzlod.quads.unpack import SUFFIXES, unpack
from kzlod.quads.write import write
from kzlod.terms import iri
from kzlod.vocab import DCAT

SUMS = "SHA256SUMS"
_SMALL = 16 << 20  # what is read whole: a list of checksums
_SUM = re.compile(r"^([0-9a-f]{64})  ([^/\\\n]+\.nq(?:\.zst|\.gz)?)$", re.MULTILINE)
# Not a name that resolves, and the same on both sides, so that what has the same canonical label compares as the same.
_GENID = "https://blank.invalid/.well-known/genid/"
_REMEDY = "name a release's folder, a project's folder, or an RDF file"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things compared: its name for people, the IRI of a release's version (`""` where unknown)."""

    name: str
    iri: str
    dump: Dump
    format: Format = NQUADS
    notes: tuple[str, ...] = ()


def side(place: str, scratch: Path) -> Side:
    """What stands at a path or a web address; `scratch` is a folder for what must be fetched, unpacked or sorted.

    Raises `InputError` for what is not there, is not RDF, or cannot be read.
    """
    if is_url(place):
        return _from_web(place, scratch)
    path = Path(place)
    try:
        if (path / FILE).is_file():
            project = Project.read(path)
            return from_table(Dataset.open(project).sound().table, project, scratch)
        if path.is_dir():
            return release(path, scratch)
        if not path.is_file():
            raise InputError("is no file" if path.exists() else "is not there", where=place, remedy=_REMEDY)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=place) from error
    return _from_file(path, scratch, shown=place)


def from_table(table: QuadTable, project: Project, scratch: Path, *, dump: Path | None = None) -> Side:
    """A project's dataset; `dump` names its canonical N-Quads where they are written already."""
    path = dump or scratch / "dataset.nq"
    if dump is None:
        write(table, NQUADS, path, prefixes={})
    return Side(f"{project.id} {project.version}", version_iri(project), Dump(path, project.id, sound=True))


def version_iri(project: Project) -> str:
    """The IRI of a project's version as a release."""
    return f"{project.base}release/{project.id}/{project.version}"


def release(folder: Path, scratch: Path) -> Side:
    """A release's folder, or the folder of all releases of a dataset, of which the latest is meant."""
    if (folder / "latest").is_dir():
        folder = folder / "latest"
    folder = folder.resolve()
    dumps = {path.name: path for suffix in ("", *SUFFIXES) for path in sorted(folder.glob(f"*.nq{suffix}"))}
    name = _only(dumps, str(folder))
    sums = folder / SUMS
    listed = _listed(sums.read_text("utf-8", "replace")) if sums.is_file() else {}
    found = _from_file(dumps[name], scratch, shown=str(dumps[name]), digest=listed.get(_plain(name), ""))
    dataset = _plain(name).removesuffix(".nq")
    return replace(found, name=f"{dataset} {folder.name}", iri=published_iri(folder / "catalog.ttl", dataset))


def _only(names: Collection[str], where: str) -> str:
    """The first of the names of a release's N-Quads dump."""
    if not names:
        raise InputError("holds no N-Quads dump and no kzlod.toml", where=where, remedy=_REMEDY)
    if len({_plain(name) for name in names}) > 1:
        raise InputError("holds the dumps of several datasets", where=where, remedy="name one of the files")
    return next(iter(names))


def _plain(name: str) -> str:
    return name.removesuffix(".zst").removesuffix(".gz")


def _listed(sums: str) -> dict[str, str]:
    """The N-Quads dumps that a list of checksums names, at its top: a name with a slash is none."""
    return {name: digest for digest, name in _SUM.findall(sums)}


def published_iri(catalogue: Path, dataset: str) -> str:
    """The version's IRI that a release's catalogue states, empty where it states none."""
    with suppress(InputError):
        for quad in parse_file(catalogue) if catalogue.is_file() else ():
            if quad.predicate.value == f"{DCAT}version" and isinstance(quad.subject, ox.NamedNode):
                version = quad.subject.value
                if isinstance(quad.object, ox.Literal) and version.endswith(f"release/{dataset}/{quad.object.value}"):
                    return version
    return ""


def _from_web(url: str, scratch: Path) -> Side:
    path = PurePosixPath(unquote(urlsplit(url).path))
    if _is_dump(path.name):
        fetch(url, scratch / path.name)
        return _from_file(scratch / path.name, scratch, shown=url)
    address = url.rstrip("/")
    fetch(f"{address}/{SUMS}", scratch / SUMS, most=_SMALL)
    listed = _listed((scratch / SUMS).read_text("utf-8", "replace"))
    name = _only([name for name in listed if name.endswith(SUFFIXES)] or listed, url)
    fetch(f"{address}/{name}", scratch / name)
    found = _from_file(scratch / name, scratch, shown=f"{address}/{name}", digest=listed.get(_plain(name), ""))
    return replace(found, name=f"{_plain(name).removesuffix('.nq')} {path.name}")


def _is_dump(name: str) -> bool:
    try:
        return bool(by_suffix(_plain(name)))
    except InputError:
        return False


def _from_file(path: Path, scratch: Path, *, shown: str, digest: str = "") -> Side:
    format_ = by_suffix(_plain(path.name))
    if path.suffix in SUFFIXES:
        unpacked = scratch / f"unpacked{format_.suffix}"
        unpack(path, unpacked, shown=shown)
        path = unpacked
    found = Side(shown, "", Dump(path, shown, digest), format_)
    return found if format_ in (NQUADS, NTRIPLES) else ordered(found, scratch)


def ordered(side: Side, scratch: Path, *, triples: bool = False) -> Side:
    """The side with its dump in canonical form and in order; with `triples`, of the union of its graphs.

    Blank nodes become IRIs from their RDFC-1.0 labels, which a note says. Raises `InputError` for what does not parse.
    """
    dump, notes = side.dump, side.notes
    if dump.digest and not dump.sound:
        _prove(dump)
    lines = dump.path
    if side.format not in (NQUADS, NTRIPLES) or triples or not is_canonical(lines):
        lines = scratch / "lines.nq"
        try:
            _write(_quads(parse_file(dump.path, shown=dump.shown)), lines, triples=triples)
        except _BlankNodeError:
            notes = (*notes, f"{side.name} has blank nodes: they are compared, and patched, as IRIs below <{_GENID}>")
            _write(_skolemised(dump), lines, triples=triples)
        except InputError as error:
            if side.format in (NQUADS, NTRIPLES) and not _ends(dump.path):
                message = "is cut short: its last line has no end"
                raise InputError(message, where=dump.shown, remedy="fetch it again") from error
            raise
    sort_lines(lines, scratch / "sorted.nq")
    return replace(side, dump=Dump(scratch / "sorted.nq", dump.shown, sound=True), notes=notes)


class _BlankNodeError(Exception):
    pass


def _quads(parsed: Iterator[ox.Quad]) -> Iterator[Quad]:
    for quad in parsed:
        s, p, o, g = token(quad.subject), token(quad.predicate), token(quad.object), token(quad.graph_name)
        if s.startswith("_:") or o.startswith("_:") or g.startswith("_:"):
            raise _BlankNodeError
        yield s, p, o, g


def _skolemised(dump: Dump) -> Iterator[Quad]:
    dataset = ox.Dataset(parse_file(dump.path, shown=dump.shown))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: object) -> str:
        return iri(_GENID + term.value) if isinstance(term, ox.BlankNode) else token(term)

    for quad in dataset:
        yield named(quad.subject), named(quad.predicate), named(quad.object), named(quad.graph_name)


def _write(quads: Iterator[Quad], target: Path, *, triples: bool) -> None:
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{s} {p} {o} {g} .\n" if g and not triples else f"{s} {p} {o} .\n" for s, p, o, g in quads)


def _prove(dump: Dump) -> None:
    with dump.path.open("rb") as file:
        dump.prove(hashlib.file_digest(file, "sha256").hexdigest())


def _ends(path: Path) -> bool:
    """Whether a file ends with the end of a line."""
    with path.open("rb") as file:
        file.seek(max(file.seek(0, 2) - 1, 0))
        return file.read() in (b"\n", b"")
