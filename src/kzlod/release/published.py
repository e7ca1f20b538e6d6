"""The catalogue of a published release, read with distrust: its files, their sizes, their checksums."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.release.files import CATALOGUE, File
from kzlod.vocab import DCAT, DCTERMS, SPDX

_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_SIZE = re.compile(r"[0-9]{1,18}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SAFE = "/!$&'()*+,;=:@~"
Facts = Mapping[str, Mapping[str, Sequence[str]]]
"""What RDF says of each subject: values (IRIs, or texts without their datatypes) by predicate."""


@dataclass(frozen=True, slots=True)
class Published:
    """A release as its catalogue describes it: the version's IRI, its title, its files ordered by path."""

    iri: str
    title: str
    files: tuple[File, ...]

    @property
    def id(self) -> str:
        """The dataset's id, which the names of its dumps begin with."""
        return self.iri.split("/")[-2]

    @property
    def version(self) -> str:
        """The version, as the release's IRI ends."""
        return self.iri.split("/")[-1]


def facts(content: bytes, *, where: str) -> Facts:
    """All that a Turtle file says, by subject and predicate.

    Raises `InputError` for what does not parse.

    >>> facts(b"<http://e/s> <http://e/p> 1 .", where="a.ttl")["http://e/s"]["http://e/p"]
    ['1']
    """
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                said[quad.subject.value][quad.predicate.value].append(quad.object.value)
    except SyntaxError as error:
        place = f"{where}:{error.lineno}" if error.lineno else where
        raise InputError(f"does not parse as Turtle: {error.msg}", where=place) from error
    return {subject: dict(by_predicate) for subject, by_predicate in said.items()}


def catalogue_of(folder: Path) -> bytes:
    """The catalogue that a release's folder holds; raises `InputError` where there is none."""
    path = folder / CATALOGUE
    try:
        return path.read_bytes()
    except OSError as error:
        remedy = "name a folder that `kzlod build` or `kzlod get` made"
        raise InputError("is no release: its catalogue is not there", where=str(path), remedy=remedy) from error


def read_catalogue(content: bytes, *, where: str) -> Published:
    """The release that a catalogue describes.

    Raises `InputError` for a catalogue that does not parse, describes no release or several, leaves out the size or
    the SHA-256 of a file, or has a file that is not inside the release's folder.
    """
    said = facts(content, where=where)
    releases = [subject for subject, known in said.items() if DCAT + "distribution" in known]
    if len(releases) != 1:
        message = f"describes {len(releases)} datasets with files, where a release's catalogue describes one"
        raise InputError(message, where=where, remedy="name the catalog.ttl of a release")
    iri = releases[0]
    if not re.fullmatch(r"[^?#]*[^/?#]/[^/?#]+/[^/?#]+", iri):
        raise InputError(f"the release's IRI <{iri}> does not end in the dataset's id and the version", where=where)
    files: dict[str, File] = {}
    for node in sorted(said[iri][DCAT + "distribution"]):
        file = _file(said, node, iri, where)
        if files.setdefault(file.path, file) != file:
            raise InputError(f"describes {file.path} twice, and not the same", where=where)
    titles = said[iri].get(DCTERMS + "title", [iri])
    return Published(iri, printable(titles[0]), tuple(sorted(files.values())))


def _file(said: Facts, node: str, release: str, where: str) -> File:
    known = said.get(node, {})
    url = _one(known, DCAT + "downloadURL", node, where)
    path = relative(url, release)
    if reason := "its address is not below the release's" if path is None else escapes(path):
        raise InputError(f"refused: <{url}>: {reason}", where=where, remedy="do not trust this catalogue")
    assert path is not None
    size = _one(known, DCAT + "byteSize", node, where)
    if not _SIZE.fullmatch(size):
        raise InputError(f"{path}: its size {size!r} is no number of bytes", where=where)
    sums = [
        value
        for checksum in known.get(SPDX + "checksum", [])
        if said.get(checksum, {}).get(SPDX + "algorithm") == [SPDX + "checksumAlgorithm_sha256"]
        for value in said[checksum].get(SPDX + "checksumValue", [])
    ]
    if len(sums) != 1 or not _SHA256.fullmatch(sums[0]):
        raise InputError(f"{path}: has no SHA-256, or more than one", where=where)
    return File(path, int(size), sums[0].lower())


def _one(known: Mapping[str, Sequence[str]], predicate: str, node: str, where: str) -> str:
    values = known.get(predicate, [])
    if len(values) != 1:
        name = predicate.removeprefix(DCAT)
        raise InputError(f"<{node}> has {len(values)} values of dcat:{name}, where one is needed", where=where)
    return values[0]


def relative(url: str, release: str) -> str | None:
    """The path of a file inside a release, from its IRI; None for what is not below the release's IRI.

    >>> relative("http://e/release/x/1/tables/a%20b.csv", "http://e/release/x/1")
    'tables/a b.csv'
    >>> relative("file:///etc/passwd", "http://e/release/x/1") is None
    True
    """
    inside = url.removeprefix(release + "/")
    if inside == url or "?" in inside or "#" in inside:
        return None
    try:
        return unquote(inside, errors="strict")
    except UnicodeDecodeError:
        return None


def encoded(path: str) -> str:
    """A path as part of a URL."""
    return quote(path, safe=_SAFE)


def printable(value: str) -> str:
    """A text of others as a terminal may show it."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)


def escapes(path: str) -> str:
    """Why a path may not be used inside a folder: it leads out of it, or names what is hidden; empty where it may.

    >>> escapes("tables/things.csv"), escapes(".well-known/void")
    ('', '')
    >>> escapes("../x"), escapes("/etc/passwd"), escapes(".ssh/config")
    ('it leads out of the folder', 'it is absolute', 'it names a hidden file')
    """
    if path.startswith("/") or PureWindowsPath(path).anchor:
        return "it is absolute"
    parts = path.replace("\\", "/").split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in path or _CONTROL.search(path):
        return "it leads out of the folder" if ".." in parts else "it is no plain path"
    if any(part.startswith(".") and part != ".well-known" for part in parts):
        return "it names a hidden file"
    return ""
