"""Verifying a release: all that it claims of itself is computed again, from its bytes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from kzlod.errors import InputError, MismatchError, ReleaseError
from kzlod.findings import Finding
from kzlod.formats import FORMATS, JSONLD, NQUADS, NTRIPLES, TRIG, TURTLE
from kzlod.release import claims, contents, recount
from kzlod.release.files import CATALOGUE, SUMS, File
from kzlod.release.get import MOST, Web, source
from kzlod.release.kinds import Kind, false, judge
from kzlod.release.published import Published, read_catalogue
from kzlod.remote.patience import Patience

if TYPE_CHECKING:
    from httpx import Client

_SMALL = 32 << 20
"""Dumps that are smaller than this in all are read sooner than a process has started."""
_SCHEMA = "schema.jsonld"
Step = Callable[[str], None]
Compared = Callable[[], tuple[bool, str]]
Checks = Iterator[int | Finding]


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of verifying a release: the hash of the dataset, how many triples it has, each kind of claims."""

    place: str
    digest: str
    triples: int
    kinds: tuple[Kind, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The first false claim of each kind."""
        return tuple(kind.finding for kind in self.kinds if kind.finding is not None)


def verify(
    place: str,
    *,
    client: Client | None = None,
    patience: Patience | None = None,
    processes: int = 1,
    step: Step = lambda _: None,
) -> Verification:
    """Verify a release in a folder, or on the web, from where all of it is fetched first.

    With more than one of the `processes`, large dumps are read beside each other; `step` is told what is being done.
    Raises `ReleaseError` for what is no release or cannot be fetched, `InputError` for a catalogue on the web that
    cannot be used.
    """
    origin = source(place, client=client, patience=patience)
    with TemporaryDirectory(prefix="kzlod-verify-") as temporary:
        scratch = Path(temporary)
        before: tuple[Kind, ...] = ()
        if isinstance(origin, Web):
            folder = scratch / "release"
            fetched = list(_mirror(origin, folder, step))
            before = (judge("downloads", "each file arrives as the catalogue states", fetched),)
        else:
            folder = origin.path
        with ExitStack() as stack:
            verifier = _Verifier(folder, place, scratch, stack, processes)
            return verifier.verify(before, step)


def _mirror(origin: Web, folder: Path, step: Step) -> Checks:
    """Fetch a release as it is, and say which of its files did not come as the catalogue states."""
    content = origin.document(CATALOGUE)
    published = read_catalogue(content, where=origin.shown(CATALOGUE))
    _keep(folder / CATALOGUE, content)
    named: dict[str, str] = {}
    try:
        listed = origin.document(SUMS)
        _keep(folder / SUMS, listed)
        named, _ = claims.sums(listed.decode("utf-8", "replace"))
    except MismatchError as error:
        yield false("downloads", SUMS, error.message)
    for file in published.files:
        step(f"fetching {file.path}")
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            origin.bring(file, target, lambda _: None)
            yield 1
        except MismatchError as error:
            target.unlink(missing_ok=True)
            yield false("downloads", file.path, error.message)
    for path in sorted(named.keys() - {file.path for file in published.files} - claims.UNLISTED):
        # The catalogue does not state its size; that it leaves it out is found later.
        try:
            _keep(folder / path, origin.document(path))
        except MismatchError as error:
            yield false("downloads", path, error.message)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class _Verifier:
    """A release while it is being verified: what is read once, and used by several kinds of checks."""

    def __init__(self, folder: Path, place: str, scratch: Path, stack: ExitStack, processes: int) -> None:
        if not folder.is_dir():
            raise ReleaseError("is no folder", where=place, remedy="name a release's folder or its catalog.ttl")
        self._folder, self._place, self._scratch = folder, place, scratch
        self._paths = claims.present(folder)
        if not {CATALOGUE, SUMS} & self._paths.keys():
            remedy = "name the folder of a version, such as dist/<dataset>/latest"
            raise ReleaseError(f"is no release: it has neither {CATALOGUE} nor {SUMS}", where=place, remedy=remedy)
        self._published: Published | None = None
        self._wrong = "is not there"
        self._read_catalogue()
        files: tuple[File, ...] = self._published.files if self._published else ()
        self._listed = {file.path: file for file in files}
        self._id = self._stem()
        self._sql = stack.enter_context(contents.connect(scratch))
        self._compared = self._start(stack, processes)

    def _readable(self, path: str) -> bool:
        return self._paths.get(path) == ""

    def _read_catalogue(self) -> None:
        if not self._readable(CATALOGUE):
            return
        try:
            with (self._folder / CATALOGUE).open("rb") as file:
                self._published = read_catalogue(file.read(MOST), where=CATALOGUE)
        except InputError as error:
            self._wrong = error.message

    def _stem(self) -> str:
        """What the names of the dumps begin with: that of the only N-Quads file, else what the catalogue says."""
        stems = [path.removesuffix(NQUADS.suffix) for path in self._paths if path.endswith(NQUADS.suffix)]
        return stems[0] if len(stems) == 1 else self._published.id if self._published else ""

    def _dump(self, suffix: str) -> Path | None:
        path = self._id + suffix
        return self._folder / path if self._id and self._readable(path) else None

    def _start(self, stack: ExitStack, processes: int) -> dict[str, Compared]:
        """What compares each dump with the others, at work in other processes already where that is worth it."""
        quads, triples = self._dump(NQUADS.suffix), self._dump(NTRIPLES.suffix)
        if quads is None or triples is None:
            return {}
        trig, turtle = self._dump(TRIG.suffix), self._dump(TURTLE.suffix)
        tasks: dict[str, Compared] = {triples.name: partial(contents.unite, quads, triples, scratch=self._scratch)}
        for path in self._dumps():
            if path not in (quads, triples):
                references = [quads] if path == trig else [triples]
                references += [quads] * (path.suffix == JSONLD.suffix)
                nested = trig if path == turtle else None
                tasks[path.name] = partial(contents.compare, path, references, scratch=self._scratch, nested=nested)
        if processes == 1 or sum(path.stat().st_size for path in self._dumps()) < _SMALL:
            return {name: cache(task) for name, task in tasks.items()}
        pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
        stack.callback(pool.shutdown, cancel_futures=True)
        return {name: pool.submit(task).result for name, task in tasks.items()}

    def verify(self, before: tuple[Kind, ...], step: Step) -> Verification:
        """Go through all kinds of claims."""
        kinds = list(before)
        step("checksums")
        digests = claims.digests(self._folder, self._paths)
        named, wrong = self._sums()
        quads, triples = self._dump(NQUADS.suffix), self._dump(NTRIPLES.suffix)

        def add(name: str, claim: str, checks: Checks) -> None:
            step(name)
            kinds.append(judge(name, claim, checks))

        add("files", f"{SUMS} names what is there, and nothing else", claims.files(named, wrong, self._paths))
        add("checksums", f"each file has the SHA-256 that {SUMS} states", claims.checksums(named, digests))
        add("sizes", "each file has the bytes that the catalogue states", self._sizes(digests))
        add("catalogue", "each file has the SHA-256 that the catalogue states, and is in it", self._catalogue(digests))
        add("schema.org", "each file is as the description for search engines states", self._schema(digests))
        compressed = claims.compressed(self._listed, self._folder, digests)
        add("compressed", "each compressed file holds the plain one", compressed)
        add("subsets", "each triple of a subset is in the dataset", self._subsets())
        counter = recount.Counter(self._sql, triples, quads) if triples and quads else None
        said = recount.described(self._folder / recount.VOID_FILE) if self._readable(recount.VOID_FILE) else None
        statistics = None
        if counter and said is not None:
            statistics = recount.Statistics(said, counter, [path.name for path in self._dumps()], self._folder)
        add("triples", "each number of triples is that of the dump", self._triples(counter, statistics))
        add("figures", "each figure of VoID is what the dump says", self._figures(counter, statistics))
        # Last, as these wait for the dumps to be read by other processes.
        add("canonical", "the N-Quads are canonical, so their SHA-256 is that of the dataset", self._canonical())
        add("formats", "each dump holds the same triples", self._formats())
        digest = digests.get(quads.name, "") if quads else ""
        return Verification(self._place, digest, self._total(counter), tuple(kinds))

    def _sums(self) -> tuple[dict[str, str] | None, Finding | None]:
        if not self._readable(SUMS):
            return None, None
        try:
            return claims.sums((self._folder / SUMS).read_text("utf-8"))
        except UnicodeDecodeError:
            return {}, false("files", SUMS, "is not UTF-8")

    def _sizes(self, digests: dict[str, str]) -> Checks:
        if self._published is None:
            yield false("sizes", CATALOGUE, self._wrong)
        yield from claims.sizes(self._listed, self._folder, digests)

    def _catalogue(self, digests: dict[str, str]) -> Checks:
        if self._published is None:
            yield false("catalogue", CATALOGUE, self._wrong)
        yield from claims.catalogue(self._listed, digests)

    def _schema(self, digests: dict[str, str]) -> Checks:
        if self._published and self._readable(_SCHEMA):
            content = (self._folder / _SCHEMA).read_bytes()
            yield from claims.search_engines(content, self._published.iri, self._folder, digests)

    def _dumps(self) -> list[Path]:
        found = [self._dump(format_.suffix) for format_ in FORMATS]
        return [path for path in found if path is not None]

    def _no_dump(self, kind: str) -> Finding | None:
        """That there is nothing to compare with or to count, where so it is."""
        missing = [end for end in (NQUADS.suffix, NTRIPLES.suffix) if self._dump(end) is None]
        if not missing:
            return None
        return false(kind, self._id + missing[0], "is not there, so nothing can be compared with it or counted")

    def _canonical(self) -> Checks:
        quads = self._dump(NQUADS.suffix)
        if quads is None:
            yield false("canonical", self._id + NQUADS.suffix, "is not there")
            return
        trig = self._compared.get(self._id + TRIG.suffix)
        yield from contents.canonical(self._sql, quads, rewritten=trig is not None and self._result(trig)[0])

    def _result(self, task: Compared) -> tuple[bool, str]:
        try:
            return task()
        except BrokenProcessPool as error:
            remedy = "free memory, and try again"
            raise ReleaseError("a process that read a dump was ended", where=self._place, remedy=remedy) from error

    def _formats(self) -> Checks:
        if finding := self._no_dump("formats"):
            yield finding
        yield 1
        for name, task in self._compared.items():
            _, difference = self._result(task)
            yield false("formats", name, difference) if difference else 1

    def _subsets(self) -> Checks:
        paths = [path for path in self._paths if path.startswith("subsets/") and self._readable(path)]
        paths = [path for path in paths if not path.endswith((".zst", ".gz"))]
        triples = self._dump(NTRIPLES.suffix)
        if paths and triples is None:
            yield false("subsets", self._id + NTRIPLES.suffix, "is not there, so nothing can be compared with it")
        elif triples:
            yield from contents.subsets(self._sql, self._folder, paths, triples)

    def _triples(self, counter: recount.Counter | None, statistics: recount.Statistics | None) -> Checks:
        if counter is None:
            yield self._no_dump("triples") or 0
            return
        service = self._folder / recount.SERVICE
        said = recount.described(service) if self._readable(recount.SERVICE) else None
        yield from recount.triples(said, counter, statistics)

    def _figures(self, counter: recount.Counter | None, statistics: recount.Statistics | None) -> Checks:
        yield from [finding] if counter is None and (finding := self._no_dump("figures")) else []
        yield from recount.figures(statistics, self._folder)

    def _total(self, counter: recount.Counter | None) -> int:
        try:
            return counter.where("triples", "true") if counter else 0
        except duckdb.Error:
            return 0
