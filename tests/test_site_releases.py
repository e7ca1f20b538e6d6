"""The releases that stand beside each other, on the pages of one of them: their files, and what changed in each."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from urllib.parse import urljoin

import html5lib
import pytest

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.release.versions import Version, beside
from kzlod.web.changelog import change_log
from kzlod.web.written import write
from tests import crawling
from tests.editing import put
from tests.serving import serving

OBSERVATIONS = "data/observations.csv"
_ROW = re.compile(r'<li><a href="([^"]+)">[^<]*</a>.*?<data value="(\d+)">.*?<code>(\w+)</code></li>')


def released(root: Path, version: str, out: Path) -> Path:
    """Build a release of a project under a version."""
    toml = root / "kzlod.toml"
    toml.write_text(re.sub('(?m)^version = ".*"', f'version = "{version}"', toml.read_text("utf-8")), "utf-8")
    with Dataset.open(Project.read(root)) as dataset:
        return build(dataset, out).path


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of three releases: the second has another figure than the first, the third says the same again."""
    folder = tmp_path_factory.mktemp("releases")
    root = init(folder / "footbridge").root
    toml = root / "kzlod.toml"
    toml.write_text(toml.read_text("utf-8").replace("[dataset.title]", '[dataset.title]\nru = "Мостик"'), "utf-8")
    released(root, "0.9.0", folder / "dist")
    put(root, OBSERVATIONS, "length-alder-footbridge-001", value="183", as_written="183 meters")
    released(root, "0.10.0", folder / "dist")
    return released(root, "1.0.0", folder / "dist").parent


@pytest.fixture(scope="module")
def site(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the newest."""
    folder = tmp_path_factory.mktemp("site")
    return write(releases / "latest", folder / "site", cache=folder / "cache", url=crawling.AT).path


def _told(page: Path) -> list[str]:
    """What the list of releases says, an entry a release."""
    text = page.read_text("utf-8").partition('<dl class="releases">')[2].partition("</dl>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in text.split("<div>")[1:]]


def test_each_release_has_its_day_and_what_changed(site: Path) -> None:
    day = r"\d{4}-\d\d-\d\d"
    expected = [
        "1.0.0 {} Nothing changed.",
        "0.10.0 {} Revised: Observation (1), Conflict set (1)",
        "0.9.0 {} The first release.",
    ]
    told = _told(site / "downloads.html")
    assert len(told) == 3
    for entry, words in zip(told, expected, strict=True):
        assert re.fullmatch(re.escape(words).replace(r"\{\}", day), entry)
    assert "Первый выпуск." in _told(site / "ru/downloads.html")[2]
    page = (site / "downloads/0.10.0.html").read_text("utf-8")
    assert "<li>value, in M: 182 → 183</li>" in page
    link = re.search(r'<a href="([^"]+)">Length, Alder footbridge, 2024, actual</a>', page)
    assert link
    assert link[1] == "../observation/length-alder-footbridge-001.html"


@pytest.mark.parametrize("name", ["downloads", "downloads/0.10.0", "downloads/0.9.0", "ru/downloads/0.9.0"])
def test_the_files_of_each_release_are_as_its_page_says(site: Path, name: str) -> None:
    page = (site / f"{name}.html").read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    rows, published = _ROW.findall(page), re.search(r"kzlod verify https://example\.org/footbridge/(\S+/)<", page)
    assert len(rows) > 40
    assert published
    for href, size, digest in rows:
        path = urljoin(f"/{name}", href).removeprefix("/")
        assert path.startswith(published[1])
        content = (site / path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(size), digest)


def test_no_link_is_broken(site: Path) -> None:
    assert crawling.problems(site) == []


def test_the_server_has_the_same(site: Path, releases: Path, tmp_path: Path) -> None:
    with serving(releases / "1.0.0", tmp_path) as served:
        for name in ("downloads.html", "downloads/0.10.0.html", "ru/downloads/0.9.0.html"):
            assert served.get(f"/{name}").content == (site / name).read_bytes()
        for name in ("footbridge.nt", "catalog.ttl"):
            tags = []
            for version in ("0.9.0", "0.10.0"):
                answer = served.get(f"/release/footbridge/{version}/{name}")
                assert answer.content == (releases / version / name).read_bytes()
                tags.append(answer.headers["etag"])
            assert len(set(tags)) == 2
            again = served.get(f"/release/footbridge/0.9.0/{name}", if_none_match=tags[0])
            assert again.status_code == 304
        for path in ("0.8.0/catalog.ttl", "0.9.0/nothing", "0.9.0/..%2F1.0.0/catalog.ttl", "latest/catalog.ttl"):
            assert served.get(f"/release/footbridge/{path}").status_code == 404


def test_what_is_not_here_is_said(releases: Path, tmp_path: Path) -> None:
    """The release before is elsewhere; of another only some files were fetched."""
    dist = tmp_path / "dist"
    for version in ("0.10.0", "1.0.0"):
        shutil.copytree(releases / version, dist / version)
    (dist / "0.10.0" / "footbridge.rdf").unlink()
    (dist / "1.0.0" / "changes.md").unlink()
    site = write(dist / "1.0.0", tmp_path / "site", cache=tmp_path / "cache", url=crawling.AT).path
    told = _told(site / "downloads.html")
    assert told[0].endswith("Its list of changes is not here.")
    assert told[2].startswith("0.9.0 Its files are not here: they were published at https://example.org/")
    assert not (site / "downloads/0.9.0.html").exists()
    assert 'footbridge.rdf <span class="status">not here</span>' in (site / "downloads/0.10.0.html").read_text("utf-8")
    assert crawling.problems(site) == []


def test_what_only_stands_beside_it_is_passed_over(releases: Path, tiny_release: Path, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    shutil.copytree(releases / "1.0.0", dist / "1.0.0")
    shutil.copytree(releases / "0.9.0", dist / "renamed")
    (dist / "broken").mkdir()
    (dist / "broken" / "catalog.ttl").write_text("no Turtle", "utf-8")
    (dist / "0.10.0").symlink_to(releases / "0.10.0")
    other = shutil.copytree(tiny_release, dist / "0.1.0")
    catalogue = other / "catalog.ttl"
    catalogue.write_text(catalogue.read_text("utf-8").replace("example.org/footbridge", "example.org/bridges"), "utf-8")
    assert [one.version for one in beside(Version.read(dist / "1.0.0"))] == ["1.0.0"]


def test_no_link_leads_out_of_a_release(releases: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(releases / "0.9.0", tmp_path / "0.9.0")
    secret = tmp_path / "secret"
    secret.write_text("mine", "utf-8")
    (folder / "footbridge.nt").unlink()
    (folder / "footbridge.nt").symlink_to(secret)
    version = Version.read(folder)
    assert "footbridge.nt" not in version.files
    assert "footbridge.nt" in {file.path for file in version.listed}


def test_a_change_log_is_no_markup() -> None:
    text = (
        "# T\n\n## Added\n\n- [a](<javascript:x>) <script>x</script> ![i](http://e/i)\n  - <http://e/> &lt; \\*b\\*\n"
    )
    html = change_log(text, lambda iri: iri if iri.startswith("http") else "")
    assert html.striptags().split() == ["Added", "a", "<script>x</script>", "!i", "<http://e/>", "<", "*b*"]
    assert re.findall(r"<(?!/)([^>]*)>", html) == ["h3", "ul", "li", 'a href="http://e/i"', "ul", "li"]
