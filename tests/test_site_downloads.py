"""The page of downloads: files by what they are for, in readable sizes, with checksums that can be taken and used."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Browser

from kzlod.release.files import File
from kzlod.web.downloads import by_purpose
from tests.scripted import browser, visiting
from tests.serving import Served

__all__ = ["browser"]
_SECTION = re.compile(r'<section aria-labelledby="(\w+)">(.*?)</section>', re.DOTALL)
_FILE = re.compile(r"<li><a [^>]*>([^<]*)</a>.*?<code>", re.DOTALL)
_SIZE = re.compile(r'<data value="(\d+)">([^<]*)</data>(?:<small>([^<]*)</small>)?')
_COMMAND = re.compile(r'<pre class="command">([^<]*)</pre>')


def _files(page: str) -> dict[str, list[str]]:
    """The files of each section of a page, in its order."""
    return {name: found for name, text in _SECTION.findall(page) if (found := _FILE.findall(text))}


def test_files_stand_by_what_they_are_for(live: Served, reference_release: Path) -> None:
    groups = _files(live.get("/downloads.html").text)
    assert next(iter(groups.items())) == (
        "files_dataset",
        [f"kazakhstan-china{end}" for end in ".ttl .nq .nq.zst .trig .jsonld .nt .nt.zst .rdf .rdf.zst".split()],
    )
    assert groups["files_facts"] == ["facts.csv", "facts.parquet"]
    assert groups["files_csv"][:2] == ["tables/csvw.json", "tables/agreements.csv"]
    assert groups["files_about"][:2] == ["SHA256SUMS", "catalog.ttl"]
    every = sorted(path for group in groups.values() for path in group)
    there = sorted(path.relative_to(reference_release).as_posix() for path in reference_release.rglob("*"))
    assert every == [path for path in there if (reference_release / path).is_file()]


def test_a_name_is_no_pattern_and_what_is_unknown_comes_last() -> None:
    files = [File(path, 1, "") for path in ("other.ttl", "o*.ttl", "subsets/table-a.nt.zst", "subsets/x/y", "z/o*.nq")]
    groups = {name: [file.path for file in group] for name, group in by_purpose(files, "o*").items()}
    assert groups == {
        "files_dataset": ["o*.ttl"],
        "files_tables": ["subsets/table-a.nt.zst"],
        "files_about": ["other.ttl", "subsets/x/y", "z/o*.nq"],
    }


@pytest.mark.parametrize(
    ("tag", "unit", "thousand"), [("", "B", "kB"), ("kk/", "Б", "кБ"), ("ru/", "Б", "кБ"), ("zh/", "字节", "kB")]
)
def test_sizes_are_readable_and_exact(live: Served, tag: str, unit: str, thousand: str) -> None:
    page = live.get(f"/{tag}downloads.html")
    assert len(page.content) < 100_000
    sizes = _SIZE.findall(page.text)
    assert len(sizes) > 100
    for value, shown, exact in sizes:
        whole = exact or shown
        assert whole.endswith(f"\u00a0{unit}")
        assert re.sub(r"\D", "", whole) == value
    assert {shown.partition("\u00a0")[2] for _, shown, exact in sizes if exact} >= {thousand}
    assert max(len(re.findall(r"\d", shown)) for _, shown, _ in sizes) <= 3


def test_the_commands_do_what_is_said(live: Served, kzlod: Callable[..., Result], tmp_path: Path) -> None:
    """All that the page shows is run, where the release is served; then a byte is changed."""
    commands = [unescape(one) for one in _COMMAND.findall(live.get("/ru/downloads.html").text)]
    sums, *ours = (shlex.split(one.replace(live.base, f"{live.url}/")) for one in commands)
    assert [one[:2] for one in ours] == [["kzlod", "get"], ["kzlod", "get"], ["kzlod", "verify"]]
    for _, *arguments in ours:
        done = kzlod(*(str(tmp_path / one) if one == "downloads" else one for one in arguments))
        assert done.exit_code == 0, done.output
    assert "all of it is true" in done.stdout
    got = tmp_path / "downloads"
    (got / "SHA256SUMS").write_bytes(live.get("/release/kazakhstan-china/0.1.0/SHA256SUMS").content)
    right = subprocess.run(sums, cwd=got, capture_output=True, text=True)
    assert right.returncode == 0
    assert {"kazakhstan-china.ttl: OK", "tables/codes.csv: OK"} <= set(right.stdout.splitlines())
    with (got / "tables" / "codes.csv").open("ab") as file:
        file.write(b"\n")
    wrong = subprocess.run(sums, cwd=got, capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "tables/codes.csv: FAILED" in wrong.stdout


def test_a_click_takes_the_whole_checksum(live: Served, browser: Browser) -> None:
    with visiting(browser, live.url, "/downloads.html") as visit:
        row = visit.page.locator("#files_facts ~ ul > li").first
        row.locator("code").click()
        selected = visit.page.evaluate("getSelection().toString()")
        assert selected == row.locator("code").inner_text()
        assert len(selected) == 64


def test_what_is_closed_opens_by_key_and_by_a_search_in_the_page(live: Served, browser: Browser) -> None:
    with visiting(browser, live.url, "/downloads.html") as visit:
        tables = visit.page.get_by_role("link", name="tables/agreements.csv")
        assert not tables.is_visible()
        visit.page.locator("#files_csv ~ details > summary").press("Enter")
        assert tables.is_visible()
    with visiting(browser, live.url, "/downloads.html#:~:text=tables/agreements.csv") as visit:
        assert visit.page.get_by_role("link", name="tables/agreements.csv").is_visible()


def test_a_phone_shows_a_file_as_a_block(live: Served, browser: Browser) -> None:
    with visiting(browser, live.url, "/kk/downloads.html") as visit:
        visit.page.set_viewport_size({"width": 360, "height": 780})
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
        row = visit.page.locator("#files_dataset ~ ul > li").first
        boxes = [row.locator(part).bounding_box() for part in ("a", "span", "data", "code")]
        tops = [box["y"] for box in boxes if box]
        assert tops == sorted(set(tops))
        assert len(tops) == len(boxes)
