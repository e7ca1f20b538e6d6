"""The static site: of the reference dataset, and of a dataset of 100,000 things; pages on a slow phone.

The phone has a quarter of this machine's speed, 1.6 Mbit/s and 150 ms to the first byte of an answer. A page is usable
when it is painted, parsed and no script holds it up; what is received is what the pages and all that they load take.
The server compresses, the static host does not. The SPARQL page takes and answers a query without its editor, which a
phone fetches when its text area is gone to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from tests.bench.measure import Row, run
from tests.browsing import chromium, hosted
from tests.kinds import KINDS
from tests.phone import Loaded, focus, load
from tests.serving import serving

_THINGS = 100_000
_BASE = "https://many.example/"
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_AIMS = {"reference": (20, 500), "many": (600, 500)}
_FIRST, _SPARQL = "index.html", "sparql.html"
_ASKS = "form[data-sparql] [role=status]"
"""Is there when the form answers."""


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
            if title == "reference":
                yield from _on_a_phone(release, folder / title / "site", folder)


def _on_a_phone(release: Path, site: Path, folder: Path) -> Iterator[Row]:
    with serving(release, folder) as served, hosted(site) as static, chromium() as browser:
        for host, url in (("the server", served.url), ("a static host", static)):
            loaded = {
                kind: [load(browser, f"{url}/{kind}", ready=_ASKS if kind == _SPARQL else "body") for _ in range(3)]
                for kind in KINDS
            }
            yield _loaded(f"{host}: the first page", loaded.pop(_FIRST), kilobytes=150)
            ready = median(one.ready for one in loaded[_SPARQL])
            yield Row(f"{host}: the form of the SPARQL page", f"asks at {ready:.2f} s", "within 1 s", ready < 1)
            yield _loaded(f"{host}: the SPARQL page", loaded.pop(_SPARQL))
            there = median(focus(browser, f"{url}/{_SPARQL}", "#query", awaited=".editor") for _ in range(3))
            yield Row(f"{host}: the editor of the SPARQL page", f"{there:.2f} s after its area is gone to", "", None)
            slowest = max(loaded, key=lambda kind: median(one.usable for one in loaded[kind]))
            yield _loaded(f"{host}: the slowest of {len(loaded)} other kinds, {slowest}", loaded[slowest])


def _loaded(name: str, loads: list[Loaded], *, kilobytes: float = float("inf")) -> Row:
    painted, usable = (median(getattr(one, figure) for one in loads) for figure in ("largest_paint", "usable"))
    shift, size = max(one.shift for one in loads), max(one.size for one in loads) / 1000
    return Row(
        name,
        f"painted at {painted:.2f} s, usable at {usable:.2f} s, layout shift {shift:.3g}, {size:.0f} kB",
        "usable within 1 s, no shift" + (f", under {kilobytes:.0f} kB" if kilobytes < float("inf") else ""),
        usable < 1 and shift == 0 and size < kilobytes,
    )


def _many(folder: Path) -> Project:
    root = init(folder, base=_BASE).root
    label, near = "<http://www.w3.org/2000/01/rdf-schema#label>", "<http://purl.org/dc/terms/relation>"
    with (root / "data" / "many.nt").open("w", encoding="utf-8") as file:
        for number in range(_THINGS):
            thing, other = (f"<{_BASE}thing/n{one:06}>" for one in (number, number * 7 % _THINGS))
            file.write(f'{thing} {label} "Thing {number}"@en .\n{thing} {near} {other} .\n')
    return Project.read(root)
