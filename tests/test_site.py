"""`kzlod site`: whole, with no broken link, the same as what the server answers, at any address."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import html5lib
import pytest
from click.testing import Result

from kzlod.errors import InputError
from kzlod.web.written import Written, write
from tests import crawling
from tests.kinds import KINDS
from tests.serving import Served
from tests.validity import invalid

FORMS = (".ttl", ".jsonld", ".nt", ".rdf")
LANGUAGES = ("", "kk/", "ru/", "zh/")


@pytest.fixture(scope="module")
def written(reference_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The site of the reference dataset."""
    folder = tmp_path_factory.mktemp("site")
    return write(reference_release, folder / "public", cache=folder / "cache", url=crawling.AT)


def test_no_link_is_broken_and_nothing_comes_from_elsewhere(written: Written) -> None:
    assert len(crawling.pages(written.path)) > 4 * 2000
    assert crawling.problems(written.path)[:20] == []


def test_it_says_what_it_wrote(written: Written) -> None:
    files = [file for file in written.path.rglob("*") if file.is_file()]
    assert written.files == len(files)
    assert written.size == sum(file.stat().st_size for file in files)
    assert written.without == 0


def test_what_has_an_address(written: Written) -> None:
    names = {
        *("404.html", ".nojekyll", ".well-known/void", "robots.txt", "sitemap.xml", "search.json", "style.css"),
        *("catalog.ttl", "ontology.html", "ns.ttl", "release/kazakhstan-china/0.1.0/SHA256SUMS"),
        *(f"thing/khorgos{suffix}" for suffix in FORMS),
        *(f"api/trade-by-year.{suffix}" for suffix in ("csv", "json", "tsv", "xml")),
        *(f"{tag}{name}.html" for tag in LANGUAGES for name in ("index", "disputes", "search", "queries/risks")),
        *(f"{tag}queries/assessments.page-{number}.html" for tag in LANGUAGES for number in (2, 3, 4, 5)),
    }
    assert sorted(name for name in names if not (written.path / name).is_file()) == []
    assert crawling.AT in (written.path / "robots.txt").read_text("utf-8")
    located = re.findall("<loc>(.*?)</loc>", (written.path / "sitemap.xml").read_text("utf-8"))
    assert located
    assert all((written.path / one.removeprefix(crawling.AT)).is_file() for one in located)


def test_the_page_for_what_is_not_found_works_at_any_depth(written: Written) -> None:
    text = (written.path / "404.html").read_text("utf-8")
    links = re.findall(r'\b(?:href|action|data-index|data-root)="([^"#]+)"', text)
    assert links
    assert all(link.startswith(("/some/repository/", "https://")) for link in links)


def _sample(written: Written) -> list[str]:
    found = sorted(file.relative_to(written.path).as_posix() for file in written.path.rglob("*.nt"))
    things = [name.removesuffix(".nt") for name in found if not name.startswith(("api/", "release/"))]
    return [*things[::60], "thing/kazakhstan", "thing/kazakhstan.page-2", "ns", "ontology", "source/002", "code/kind"]


def test_documents_are_those_of_the_server_byte_for_byte(written: Written, live: Served) -> None:
    sample = _sample(written)
    assert len(sample) > 35
    for name in sample:
        for address in (*(name + suffix for suffix in FORMS), *(f"{tag}{name}.html" for tag in LANGUAGES)):
            answer = live.get(f"/{quote(address)}")
            assert answer.status_code == 200, address
            assert answer.content == (written.path / address).read_bytes(), address


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    ["index", "disputes", "disputes/disagreements.page-2", "disputes/checks", "vocabularies", "queries", "downloads"],
)
def test_pages_are_those_of_the_server_byte_for_byte(written: Written, live: Served, tag: str, name: str) -> None:
    assert live.get(f"/{tag}{name}.html").content == (written.path / f"{tag}{name}.html").read_bytes()


def test_answers_are_those_of_the_server(written: Written, live: Served) -> None:
    for name in ("trade-by-year", "conflicts", "places"):
        here = list(csv.reader((written.path / f"api/{name}.csv").read_text("utf-8").splitlines()))
        there = list(csv.reader(live.get(f"/api/{name}.csv").text.splitlines()))
        assert here == there
        bindings = json.loads((written.path / f"api/{name}.json").read_text("utf-8"))["results"]["bindings"]
        assert bindings == live.get(f"/api/{name}.json").json()["results"]["bindings"]


def test_the_search_index_has_all_languages(written: Written, live: Served) -> None:
    index = json.loads((written.path / "search.json").read_text("utf-8"))
    entry = next(one for one in index if one["path"] == "thing/kazakhstan")
    assert entry["labels"] == {"en": "Kazakhstan", "kk": "Қазақстан", "ru": "Казахстан", "zh": "哈萨克斯坦"}
    assert live.get("/search.json").json() == index
    assert all((written.path / tag / one["href"]).is_file() for one in index for tag in LANGUAGES)


@pytest.mark.parametrize("tag", LANGUAGES[1:])
def test_what_queries_give_and_take_is_called_in_the_language(written: Written, tag: str) -> None:
    pages = [file.read_text("utf-8") for file in (written.path / tag / "queries").glob("*.html")]
    called = [one for page in pages for one in re.findall('<(?:th scope="col"|label for="p-)[^>]*>[^<]*', page)]
    assert len(called) > 500
    assert [one for one in called if " lang=" in one] == []


def test_pages_are_valid_html(written: Written) -> None:
    names = {*KINDS, *(f"{name}.html" for name in (*_sample(written)[::4], "queries/timeline", "404"))}
    texts = {name: (written.path / name).read_text("utf-8") for name in sorted(names)}
    for text in texts.values():
        html5lib.HTMLParser(strict=True).parse(text)
    assert invalid(texts) == []


def test_the_first_page_is_small(written: Written) -> None:
    for tag in LANGUAGES:
        sizes = [(written.path / name).stat().st_size for name in (f"{tag}index.html", "style.css", "icon.svg")]
        assert sum(sizes) < 150_000


def test_the_same_release_gives_the_same_site(tiny_release: Path, tmp_path: Path) -> None:
    one = write(tiny_release, tmp_path / "one", cache=tmp_path / "cache")
    other = write(tiny_release, tmp_path / "other", cache=tmp_path / "cache2", processes=1)
    assert (one.files, one.size) == (other.files, other.size)
    for file in one.path.rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (other.path / file.relative_to(one.path)).read_bytes()


def test_another_dataset_has_a_sensible_first_page(tiny_release: Path, tmp_path: Path) -> None:
    site = write(tiny_release, tmp_path / "site", cache=tmp_path / "cache", url=crawling.AT)
    page = (site.path / "index.html").read_text("utf-8")
    assert {"Key figures", "Where to start", "Sources", "Conflicting figures"} <= set(re.findall(">([^<>]+)<", page))
    assert "182 meters" in page
    assert 'class="tongues"' not in page
    assert not (site.path / "ru").exists()
    assert crawling.problems(site.path) == []


def test_a_site_is_written_over_only_when_told(tiny_release: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    write(tiny_release, out, cache=tmp_path / "cache", processes=1)
    with pytest.raises(InputError, match="--replace"):
        write(tiny_release, out, cache=tmp_path / "cache")
    (out / "stale.html").write_text("", "utf-8")
    write(tiny_release, out, cache=tmp_path / "cache", replace=True, processes=1)
    assert not (out / "stale.html").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError, match="is no site"):
        write(tiny_release, other, cache=tmp_path / "cache", replace=True)
    assert (other / "letter.txt").read_text("utf-8") == "mine"


def test_what_breaks_off_leaves_nothing(tiny_release: Path, tmp_path: Path) -> None:
    def interrupted(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tiny_release, tmp_path / "site", cache=tmp_path / "cache", step=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_where_nothing_can_be_written(tiny_release: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write(tiny_release, tmp_path / "file" / "site", cache=tmp_path / "cache")


@pytest.mark.parametrize("url", ["nonsense", "ftp://user.example/", "https:///path"])
def test_an_address_that_is_none(tiny_release: Path, tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="no address"):
        write(tiny_release, tmp_path / "site", cache=tmp_path / "cache", url=url)


def test_the_command(kzlod: Callable[..., Result], tiny_release: Path, tmp_path: Path) -> None:
    done = kzlod("site", tiny_release, "--out", tmp_path / "public")
    assert done.exit_code == 0, done.output
    assert "documents in" in done.stdout
    again = kzlod("site", tiny_release, "--out", tmp_path / "public")
    assert again.exit_code == 2
    assert "--replace" in again.stderr
    assert kzlod("site", tmp_path, "--out", tmp_path / "public2").exit_code == 2
    assert not (tmp_path / "public2").exists()
