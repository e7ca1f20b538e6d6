"""The static site: all pages and documents of a release as files, for any host that serves files as they are.

Each file stands where the server answers with the same bytes, but for what only a server can do: forms that ask are
left to scripts, and the API has the answers for the usual values. Files of the releases that stand beside the one that
is written are part of it too, so that an address that was published stays. It is written by several processes into a
folder of its own, which takes its place when it is whole.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kzlod.errors import InputError, KzlodError, QueryError
from kzlod.query import CannedQuery
from kzlod.query.forms import ROWS, TRIPLES, render
from kzlod.query.limited import Limited
from kzlod.query.results import Graph
from kzlod.web import pages, search, site
from kzlod.web.addresses import FORMS, HTML, encoded, is_file_name, named
from kzlod.web.answered import Outcome
from kzlod.web.documents import document, serialized
from kzlod.web.frame import folder
from kzlod.web.opened import OpenRelease

_MARK = ".nojekyll"
"""Tells hosts that folders with a dot or a dash before their names are files like others; and us that it is a site."""
_BATCH, _QUERIES = 50, 4
_SECONDS = 60.0
_DONE = ("robots.txt", "sitemap.xml")
_SUFFIXES = {
    "json": "json",
    "csv": "csv",
    "tsv": "tsv",
    "xml": "xml",
    "ttl": "turtle",
    "nt": "ntriples",
    "jsonld": "jsonld",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A site that was written: its folder, its files, how many documents it has, which IRIs cannot be a file's name."""

    path: Path
    files: int
    size: int
    documents: int
    without: int


class _Where(NamedTuple):
    """What is written, and where: the release, the folder of caches, the folder of the site."""

    release: Path
    cache: Path
    target: Path


class _Count(NamedTuple):
    """What a process wrote: documents and files, bytes, and what it had to leave out."""

    documents: int = 0
    files: int = 0
    size: int = 0
    without: int = 0

    def plus(self, other: _Count) -> _Count:
        return _Count(*(one + two for one, two in zip(self, other, strict=True)))


def write(
    release_folder: Path,
    out: Path,
    *,
    cache: Path,
    url: str | None = None,
    replace: bool = False,
    processes: int | None = None,
    step: Callable[[int, int], None] = lambda *_: None,
) -> Written:
    """Write the site of a release into the folder `out`.

    `url` is where it will stand, by default the dataset's base: the sitemap and the page for what is not found name it.
    `replace` takes the place of a site that is there. `step` is told how many of how many pieces of work are done.
    Raises `InputError` for what is no release, an address that is none, a folder with anything else in it, and where
    it cannot be written.
    """
    release = OpenRelease.open(release_folder, cache=cache)
    url = _address(url or release.base)
    processes = processes or os.cpu_count() or 1
    try:
        _refuse_other(out, replace=replace)
        out.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
        try:
            building.chmod(0o755)
            count = _write_all(release, building, cache=cache, url=url, processes=processes, step=step)
            _take_place(building, out)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except (OSError, BrokenExecutor) as error:
        said = getattr(error, "strerror", None) or "a process that wrote ended early"
        raise InputError(f"cannot be written: {said}", where=str(out), remedy="see to space and memory") from error
    return Written(out, count.files, count.size, count.documents, count.without)


def _address(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InputError(f"{url!r} is no address on the web", remedy="begin it with https://")
    return url.rstrip("/") + "/"


def _refuse_other(out: Path, *, replace: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / _MARK).is_file():
        raise InputError("is there, and is no site", where=str(out), remedy="name another --out")
    if not replace:
        raise InputError("has a site already", where=str(out), remedy="give --replace to write over it")


def _take_place(building: Path, out: Path) -> None:
    if out.exists():
        old = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-old-"))
        out.rename(old / "old")
        building.rename(out)
        shutil.rmtree(old)
    else:
        building.rename(out)


def _write_all(
    release: OpenRelease,
    target: Path,
    *,
    cache: Path,
    url: str,
    processes: int,
    step: Callable[[int, int], None],
) -> _Count:
    search.index(release)
    documents = sum(1 for _ in chain(release.documents(), release.catalogued()))
    total = -(-documents // _BATCH) + -(-len(release.queries) // _QUERIES) + 1
    context = multiprocessing.get_context("spawn")
    where = _Where(release.folder, cache, target)
    # Ctrl-C is for the process that waits for the others; what they have begun is soon done.
    quiet = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(processes, context, initializer=signal.signal, initargs=quiet) as pool:
        work = _tasks(release, pool, where, url)
        count, done, waiting = _Count(), 0, set[Future[_Count]]()
        while True:
            while len(waiting) < 2 * processes and (future := next(work, None)) is not None:
                waiting.add(future)
            if not waiting:
                return count
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                count, done = count.plus(future.result()), done + 1
                step(done, total)


def _tasks(release: OpenRelease, pool: ProcessPoolExecutor, where: _Where, url: str) -> Iterator[Future[_Count]]:
    for names in _batches(release.queries, _QUERIES):
        yield pool.submit(_write_queries, where, names)
    yield pool.submit(_write_fixed, where, url)
    for paths in _batches(chain(release.documents(), release.catalogued()), _BATCH):
        yield pool.submit(_write_documents, where, paths)


def _batches(all_: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    rest = iter(all_)
    while batch := tuple(islice(rest, size)):
        yield batch


class _Worker:
    """What a process works with: the release, the folder that it writes into, the queries' engine."""

    def __init__(self, release_folder: Path, cache: Path, target: Path) -> None:
        self.site = pages.Site(OpenRelease.open(release_folder, cache=cache), live=False)
        self.release, self._target = self.site.release, target
        self._folders = set[Path]()
        self._engine: Limited | None = None
        self.fixed = site.fixed(self.site)
        self.count = _Count()

    def put(self, address: str, body: bytes) -> None:
        """Write a file; `address` is what a link to it says."""
        path = self._target / unquote(address)
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        path.write_bytes(body)
        self.count = self.count.plus(_Count(files=1, size=len(body)))

    def copy(self, file: Path, address: str) -> None:
        """Write a file that is there already."""
        path = self._target / address
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, path)
        self.count = self.count.plus(_Count(files=1, size=path.stat().st_size))

    def outcome(self, query: CannedQuery) -> Outcome:
        """The answer of a query for the usual values, in its time."""
        try:
            if self._engine is None:
                self._engine = Limited(self.release.kept.store, self.release.project.prefixes, timeout=_SECONDS)
            return Outcome(self._engine.ask(query.fill({})))
        except KzlodError as error:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
            return Outcome(problem=error.message)

    def taken(self) -> _Count:
        """What was written since this was last asked."""
        count, self.count = self.count, _Count()
        return count


@lru_cache(1)
def _worker(where: _Where) -> _Worker:
    """What this process works with, made when it is first needed."""
    return _Worker(*where)


def _write_documents(where: _Where, paths: tuple[str, ...]) -> _Count:
    worker = _worker(where)
    for path in paths:
        if is_file_name(path):
            _write_document(worker, path)
        else:
            worker.count = worker.count.plus(_Count(without=1))
    return worker.taken().plus(_Count(documents=len(paths)))


def _write_document(worker: _Worker, path: str) -> None:
    release = worker.release
    number, last = 1, 1
    while number <= last:
        found = document(release, release.base + path, number)
        assert found is not None
        last = found.pages
        for language in release.languages:
            address = folder(language) + encoded(named(path, HTML, number))
            if address not in worker.fixed:
                withdrawn = release.is_withdrawn(found.iri)
                worker.put(address, pages.document_page(worker.site, found, language, withdrawn=withdrawn))
        for form in FORMS[1:]:
            # RDF/XML has no name for some predicates: then that form is not there, as on the server.
            with suppress(QueryError):
                worker.put(encoded(named(path, form, number)), serialized(found.lines, form, release.project.prefixes))
        number += 1


def _write_queries(where: _Where, names: tuple[str, ...]) -> _Count:
    worker = _worker(where)
    for name in names:
        query = worker.release.queries[name]
        outcome = worker.outcome(query)
        for language in worker.release.languages:
            for number in range(1, outcome.pages + 1):
                body = pages.query_page(worker.site, query, {}, outcome, language, number)
                worker.put(folder(language) + encoded(named(f"queries/{name}", HTML, number)), body)
        if outcome.answer is None:
            continue
        known = TRIPLES if isinstance(outcome.answer, Graph) else ROWS
        for suffix, form in _SUFFIXES.items():
            if form in known:
                worker.put(f"api/{encoded(name)}.{suffix}", render(outcome.answer, form).encode())
    return worker.taken()


def _write_fixed(where: _Where, url: str) -> _Count:
    worker = _worker(where)
    release = worker.release
    outcomes = {query.name: worker.outcome(query) for query in pages.featured(release)}
    for language in release.languages:
        worker.put(f"{folder(language)}index.html", site.start(worker.site, language, outcomes).body)
    for address, make in worker.fixed.items():
        if address not in (*_DONE, "openapi.json"):
            worker.put(address, make().body)
    words = worker.site.frame("404.html").words
    missing = pages.problem_page(
        worker.site, "404.html", words["not_found"], words["not_found_text"], at=urlsplit(url).path
    )
    worker.put("404.html", missing)
    worker.put(_MARK, b"")
    worker.put("robots.txt", site.robots(release, url))
    worker.put("sitemap.xml", site.sitemap(release, url))
    parts = site.sitemap_parts(release)
    for number in range(1, parts + 1) if parts > 1 else ():
        worker.put(f"sitemap-{number}.xml", site.sitemap_part(release, number, url) or b"")
    worker.copy(search.index(release), search.FILE)
    for version in release.versions:
        for path in version.files:
            worker.copy(version.folder / path, f"release/{release.project.id}/{version.version}/{path}")
    return worker.taken()
