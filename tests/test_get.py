"""`kzlod get` against a real web server that breaks off, lies, stalls, redirects elsewhere, serves changed bytes."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from kzlod.errors import InputError, MismatchError, ReleaseError
from kzlod.release.files import sha256
from kzlod.release.get import Got, catalogue, choose, get, source
from kzlod.release.published import Published, escapes, read_catalogue
from kzlod.remote.patience import Patience
from tests.published import PREFIX, RELEASE, catalogue_of, make, restate
from tests.web import Behaviour, Handler, Site, served

NAME = "towns.nq"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(make(tmp_path / "release")) as site:
        yield site


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=0.5) as client:
        yield client


@pytest.fixture
def slept() -> list[float]:
    """How long was waited, in vain."""
    return []


@pytest.fixture
def fetch(site: Site, client: httpx.Client, tmp_path: Path, slept: list[float]) -> Callable[..., Got]:
    """Gets one file from the site into `out`."""

    def run(name: str = NAME, *, tries: int = 4, place: str = "") -> Got:
        patience = Patience(tries=tries, sleep=slept.append)
        (got,) = get(place or site.url, names=[name], out=tmp_path / "out", client=client, patience=patience)
        return got

    return run


def whole(handler: Handler, data: bytes) -> None:
    handler.serve(data)


def breaks_off(handler: Handler, data: bytes) -> None:
    """Promises all that was asked for, and sends a third of what is left."""
    match = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("range", ""))
    start = int(match[1]) if match else 0
    part = data[start : start + (len(data) - start) // 3]
    extra = {"content-range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
    handler.answer(206 if start else 200, part, extra | {"etag": '"one"'}, length=len(data) - start)


def status(code: int, **headers: str) -> Behaviour:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, data: handler.answer(code, b"", named)


def test_a_file_arrives_whole(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    got = fetch()
    assert got.new and got.path == tmp_path / "out" / NAME
    assert got.path.read_bytes() == (site.folder / NAME).read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [NAME]
    site.requests.clear()
    assert not fetch().new and not site.asked(NAME), "what is there already is not fetched again"


def test_the_old_file_stays_until_the_new_one_is_whole(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    old = tmp_path / "out" / NAME
    old.parent.mkdir()
    old.write_text("old")
    site.behaviours[NAME] = [lambda handler, data: handler.answer(200, data[:-1] + b"!")]
    with pytest.raises(MismatchError, match=r"its SHA-256 is .* the catalogue states"):
        fetch()
    assert old.read_text() == "old" and [path.name for path in old.parent.iterdir()] == [NAME]
    seen: list[str] = []

    def look(handler: Handler, data: bytes) -> None:
        seen.append(old.read_text())
        handler.serve(data)

    site.behaviours[NAME] = [look]
    fetch()
    assert seen == ["old"] and old.read_bytes() == (site.folder / NAME).read_bytes()


def test_goes_on_where_it_broke_off(fetch: Callable[..., Got], site: Site, slept: list[float]) -> None:
    size = (site.folder / NAME).stat().st_size
    site.behaviours[NAME] = [breaks_off, breaks_off, lambda handler, data: rest(handler, data)]

    def rest(handler: Handler, data: bytes) -> None:
        start = int(handler.headers["range"].removeprefix("bytes=").removesuffix("-"))
        handler.answer(206, data[start:], {"content-range": f"bytes {start}-{size - 1}/{size}", "etag": '"one"'})

    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    first, second, third = site.asked(NAME)
    assert "range" not in first
    assert second["range"] == f"bytes={size // 3}-" and second["if-range"] == '"one"' == third["if-range"]
    assert slept == [0.5, 1.0]


def test_goes_on_another_day(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    size = (site.folder / NAME).stat().st_size
    site.behaviours[NAME] = [lambda handler, data: partly(handler, data)]

    def partly(handler: Handler, data: bytes) -> None:
        import hashlib

        tag = f'"{hashlib.md5(data).hexdigest()}"'
        handler.answer(200, data[: size // 2], {"etag": tag}, length=size)

    with pytest.raises(ReleaseError, match=r"cannot be fetched: .*; try again later; what has arrived is kept"):
        fetch(tries=1)
    assert not (tmp_path / "out" / NAME).exists()
    site.requests.clear()
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    assert [headers["range"] for headers in site.asked(NAME)] == [f"bytes={size // 2}-"]


def test_what_changed_meanwhile_is_fetched_from_the_start(fetch: Callable[..., Got], site: Site) -> None:
    """The entity tag that was sent first is not that of the file now, so the server sends all of it."""
    site.behaviours[NAME] = [breaks_off]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    assert site.asked(NAME)[1]["if-range"] == '"one"'


def test_a_rest_that_does_not_fit(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    """Without an entity tag nothing but the checksum tells; then all of it is fetched once more."""
    data = (site.folder / NAME).read_bytes()
    part = tmp_path / "out" / f"{NAME}.{sha256(site.folder / NAME)[:8]}.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 1000)
    assert fetch().path.read_bytes() == data
    assert [headers.get("range") for headers in site.asked(NAME)] == ["bytes=1000-", None]
    (tmp_path / "out" / NAME).unlink()
    part.write_bytes(b"x" * (len(data) + 5))
    assert fetch().path.read_bytes() == data
    (tmp_path / "out" / NAME).unlink()
    part.write_bytes(data)
    site.requests.clear()
    assert fetch().path.read_bytes() == data and not site.asked(NAME), "all of it was there already"


def test_a_server_that_ignores_ranges(fetch: Callable[..., Got], site: Site) -> None:
    site.behaviours[NAME] = [breaks_off, lambda handler, data: handler.answer(200, data)]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()


@pytest.mark.parametrize("headers", [{"content-range": "bytes 1-9/10"}, {"content-range": "nonsense"}, {}])
def test_a_server_that_sends_another_part(fetch: Callable[..., Got], site: Site, headers: dict[str, str]) -> None:
    size = (site.folder / NAME).stat().st_size
    headers = {name: value.replace("/10", f"/{size}") for name, value in headers.items()}
    site.behaviours[NAME] = [breaks_off, lambda handler, data: handler.answer(206, data[1:10], headers), whole]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()


def test_a_part_that_is_out_of_range(fetch: Callable[..., Got], site: Site) -> None:
    site.behaviours[NAME] = [breaks_off, status(416), whole]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()


def endless(handler: Handler, data: bytes) -> None:
    """Says no length, and goes on and on."""
    handler.send_response(200)
    handler.send_header("connection", "close")
    handler.end_headers()
    handler.close_connection = True
    try:
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65536)
    except ConnectionError:
        pass


LENGTHS: dict[str, tuple[Behaviour, str]] = {
    "says more": (lambda handler, data: handler.answer(200, data, length=len(data) + 9), "bytes, the catalogue states"),
    "says less": (lambda handler, data: handler.answer(200, data, length=9), "has 9 bytes, the catalogue states"),
    "has less": (lambda handler, data: handler.answer(200, data[:9]), "has 9 bytes, the catalogue states"),
    "sends more": (endless, "sends more than the .* bytes that the catalogue states"),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lies_about_length(fetch: Callable[..., Got], site: Site, tmp_path: Path, name: str) -> None:
    behaviour, message = LENGTHS[name]
    site.behaviours[NAME] = [behaviour]
    with pytest.raises(MismatchError, match=message):
        fetch()
    assert not (tmp_path / "out" / NAME).exists()
    kept = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert kept <= (site.folder / NAME).stat().st_size, "no more is kept than the catalogue states"


def test_a_whole_that_has_another_length_than_before(fetch: Callable[..., Got], site: Site) -> None:
    other = {"content-range": "bytes 10009-20000/20001"}
    site.behaviours[NAME] = [breaks_off, lambda handler, data: handler.answer(206, b"", other)]
    with pytest.raises(MismatchError, match="has 20,001 bytes, the catalogue states"):
        fetch()


def test_stalls(fetch: Callable[..., Got], site: Site, slept: list[float]) -> None:
    def stalls(handler: Handler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[:5000])
        handler.wfile.flush()
        site.waiting.wait(20)
        handler.close_connection = True

    site.behaviours[NAME] = [stalls]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    assert site.asked(NAME)[1]["range"] == "bytes=5000-" and slept == [0.5]
    site.behaviours["towns.ttl"] = [stalls] * 2
    with pytest.raises(ReleaseError, match=r"towns.ttl: cannot be fetched: .*time"):
        fetch("towns.ttl", tries=2)


def test_answers_500_and_then_200(fetch: Callable[..., Got], site: Site, slept: list[float]) -> None:
    site.behaviours[NAME] = [status(500), status(503, retry_after="7"), status(429, retry_after="999")]
    site.behaviours["catalog.ttl"] = [status(502)]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    assert slept == [0.5, 0.5, 7, 30]
    site.behaviours["towns.ttl"] = [status(500)] * 9
    with pytest.raises(ReleaseError, match="cannot be fetched: answers 500 Internal Server Error; try again later"):
        fetch("towns.ttl", tries=3)
    assert len(site.asked("towns.ttl")) == 3


def test_tries_anew_as_long_as_it_gets_on(site: Site, client: httpx.Client, tmp_path: Path) -> None:
    """Eight breaks of a megabyte each are not eight failures in a row."""
    (site.folder / "large.bin").write_bytes(os.urandom(9 << 20))
    restate(site.folder)

    def some(handler: Handler, data: bytes) -> None:
        start = int(handler.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        extra = {"content-range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        piece = data[start : start + (1 << 20) + 1]
        handler.answer(206 if start else 200, piece, extra, length=len(data) - start)

    site.behaviours["large.bin"] = [some] * 8
    slept: list[float] = []
    patience = Patience(tries=3, sleep=slept.append)
    (got,) = get(site.url, names=["large.bin"], out=tmp_path / "out", client=client, patience=patience)
    assert got.path.read_bytes() == (site.folder / "large.bin").read_bytes() and set(slept) == {0.5}


@pytest.mark.parametrize("code", [401, 403, 451])
def test_what_is_refused_is_not_asked_for_again(fetch: Callable[..., Got], site: Site, code: int) -> None:
    site.behaviours[NAME] = [status(code)]
    with pytest.raises(ReleaseError, match=f"answers {code}"):
        fetch()
    assert len(site.asked(NAME)) == 1


def test_what_is_not_there(fetch: Callable[..., Got], site: Site) -> None:
    (site.folder / NAME).unlink()
    with pytest.raises(MismatchError, match=r"towns.nq: is not there"):
        fetch()
    with pytest.raises(ReleaseError, match=r"catalog\.ttl: is not there"):
        fetch(place=site.url + "elsewhere/")
    with pytest.raises(ReleaseError, match="cannot be fetched"):
        fetch(place="http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x", "javascript:x", "file:towns.nq"]
)
@pytest.mark.parametrize("path", [NAME, "catalog.ttl"])
def test_redirects_elsewhere(fetch: Callable[..., Got], site: Site, target: str, path: str, tmp_path: Path) -> None:
    site.behaviours[path] = [status(302, location=target)]
    with pytest.raises(ReleaseError, match=r"leads to .*; do not trust it"):
        fetch()
    assert not list(tmp_path.rglob("out/towns.nq"))


def test_redirects(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    site.behaviours[NAME] = [status(307, location="/moved/towns.nq"), status(301, location=NAME)]
    site.behaviours["moved/towns.nq"] = [status(308, location=f"{site.url}{NAME}")]
    site.behaviours[NAME] = [status(307, location="/moved/towns.nq")]
    assert fetch().path.read_bytes() == (site.folder / NAME).read_bytes()
    site.behaviours["towns.ttl"] = [status(302, location="towns.ttl")] * 20
    with pytest.raises(ReleaseError, match="redirects more than 10 times"):
        fetch("towns.ttl")


def test_a_link_to_the_newest_version_is_that_version(fetch: Callable[..., Got], site: Site) -> None:
    """The catalogue that `latest/` leads to is beside its files, whatever `latest/` leads to later."""
    site.behaviours["latest/catalog.ttl"] = [status(302, location="/catalog.ttl")]
    assert fetch(place=f"{site.url}latest").path.name == NAME
    assert site.asked(NAME) and not site.asked(f"latest/{NAME}")
    site.requests.clear()
    site.behaviours["latest/catalog.ttl"] = [status(302, location="/blob?id=7")]
    site.behaviours["blob?id=7"] = [lambda handler, data: handler.serve((site.folder / "catalog.ttl").read_bytes())]
    with pytest.raises(MismatchError, match=r"latest/towns\.ttl: is not there"):
        fetch("towns.ttl", place=f"{site.url}latest/catalog.ttl")


def test_a_catalogue_that_arrives_compressed(fetch: Callable[..., Got], site: Site) -> None:
    site.behaviours["catalog.ttl"] = [
        lambda handler, data: handler.answer(200, gzip.compress(data), {"content-encoding": "gzip"})
    ]
    assert fetch().new
    site.behaviours["catalog.ttl"] = [endless]
    with pytest.raises(ReleaseError, match="has more than 67,108,864 bytes"):
        fetch("towns.ttl")


ELSEWHERE = {
    "file": ("file:///etc/passwd", "its address is not below the release's"),
    "another site": ("http://other.example/release/towns/1.0.0/towns.nq", "its address is not below the release's"),
    "another version": (f"{RELEASE}1/towns.nq", "its address is not below the release's"),
    "up": (f"{RELEASE}/../../towns.nq", "it leads out of the folder"),
    "up, encoded": (f"{RELEASE}/%2e%2e/towns.nq", "it leads out of the folder"),
    "up, backwards": (f"{RELEASE}/..%5Ctowns.nq", "it leads out of the folder"),
    "absolute": (f"{RELEASE}//etc/passwd", "it is absolute"),
    "a drive": (f"{RELEASE}/C:/x", "it is absolute"),
    "hidden": (f"{RELEASE}/.bashrc", "it names a hidden file"),
    "a control character": (f"{RELEASE}/a%0Ab", "it is no plain path"),
    "no UTF-8": (f"{RELEASE}/%ff", "its address is not below the release's"),
    "a question": (f"{RELEASE}/a?b", "its address is not below the release's"),
    "nothing": (f"{RELEASE}/", "it is no plain path"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_catalogue_that_leads_elsewhere(fetch: Callable[..., Got], site: Site, name: str, tmp_path: Path) -> None:
    url, reason = ELSEWHERE[name]
    text = (site.folder / "catalog.ttl").read_text().replace(f"URL <{RELEASE}/{NAME}>", f"URL <{url}>")
    (site.folder / "catalog.ttl").write_text(text)
    with pytest.raises(InputError, match=re.escape(f"{reason}; do not trust this catalogue")):
        fetch("towns.ttl")
    assert not (tmp_path / "out").exists()


def test_a_catalogue_that_cannot_be_used() -> None:
    def refused(text: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            read_catalogue(text.encode(), where="catalog.ttl")

    good = catalogue_of({"a.csv": b"x"})
    assert [file.path for file in read_catalogue(good.encode(), where="x").files] == ["a.csv"]
    refused("<html>", "does not parse as Turtle")
    refused(good.replace(f"<{RELEASE}/a.csv>", "<a.csv>"), r"catalog.ttl:\d+: does not parse as Turtle: .*No scheme")
    refused(PREFIX, "describes 0 datasets with files")
    refused(good + "<http://e/other/x/1> dcat:distribution <http://e/d> .", "describes 2 datasets with files")
    refused(good.replace("byteSize 1", 'byteSize "many"'), "its size 'many' is no number of bytes")
    refused(good.replace("dcat:byteSize 1 ;", ""), "has 0 values of dcat:byteSize")
    refused(good.replace("byteSize 1", "byteSize 1, 2"), "has 2 values of dcat:byteSize")
    refused(good.replace("Algorithm_sha256", "Algorithm_md5"), "has no SHA-256")
    refused(good.replace(f"<{RELEASE}> ", "<urn:x> "), "does not end in the dataset's id and the version")
    twice = f"<{RELEASE}> dcat:distribution <http://e/d> . <http://e/d> dcat:downloadURL <{RELEASE}/a.csv> ;"
    refused(f"{good}{twice} dcat:byteSize 2 ; spdx:checksum <{RELEASE}/a.csv#checksum> .", "describes a.csv twice")


def test_a_title_cannot_steer_the_terminal() -> None:
    text = catalogue_of({"a.csv": b"x"}).replace('"Towns"', '"\\u001B[2JTowns"')
    assert read_catalogue(text.encode(), where="x").title == "\N{REPLACEMENT CHARACTER}[2JTowns"


def test_paths_that_stay_inside() -> None:
    for path in ("a", "tables/a b.csv", ".well-known/void", "a..b", "…/x"):
        assert escapes(path) == ""
    for path in ("", ".", "..", "a/../b", "a//b", "a/", "/a", "a\\b", "\\\\host\\x", "C:x", ".x", "a/.x", "a\0b"):
        assert escapes(path), path


def test_what_is_meant(site: Site, client: httpx.Client) -> None:
    published = catalogue(source(site.url, client=client))

    def meant(*names: str) -> list[str]:
        return [file.path for file in choose(published, names)]

    assert meant() == ["towns.nt.zst"]
    assert meant("turtle") == meant("ttl") == meant(".ttl") == meant("towns.ttl") == ["towns.ttl"]
    assert meant("nt.zst") == ["towns.nt.zst"] and meant("RDFXML") == ["towns.rdf"]
    assert meant("tables/*.csv", "jsonld") == ["tables/two words.csv", "towns.jsonld"]
    assert len(meant("*")) == len(published.files)
    with pytest.raises(ReleaseError, match=r"there is no 'parquet'; --list shows all; some are schema\.jsonld"):
        meant("parquet")
    small = Published(
        published.iri, "", tuple(file for file in published.files if not file.path.startswith("towns.nt"))
    )
    assert [file.path for file in choose(small)] == ["towns.ttl"]
    with pytest.raises(ReleaseError, match="there is no dump of the whole dataset"):
        choose(Published(published.iri, "", ()))


def test_all_of_it(site: Site, client: httpx.Client, tmp_path: Path) -> None:
    seen: dict[str, int] = {}
    got = get(
        site.url, names=["*"], out=tmp_path, client=client, progress=lambda file, done: seen.update({file.path: done})
    )
    assert {one.file.path: one.path.read_bytes() for one in got} == {
        one.file.path: (site.folder / one.file.path).read_bytes() for one in got
    }
    assert seen == {one.file.path: one.file.size for one in got}
    assert (tmp_path / "tables/two words.csv").is_file()


def test_from_a_folder(site: Site, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for place in (site.folder, site.folder / "catalog.ttl"):
        (got,) = get(str(place), names=["turtle"], out=out)
        assert got.path.read_bytes() == (site.folder / "towns.ttl").read_bytes()
    with (site.folder / "towns.rdf").open("ab") as file:
        file.write(b"more")
    with pytest.raises(MismatchError, match="has more than the"):
        get(str(site.folder), names=["rdf"], out=out)
    (site.folder / "towns.rdf").write_text("less")
    with pytest.raises(MismatchError, match="has 4 bytes, the catalogue states"):
        get(str(site.folder), names=["rdf"], out=out)
    (site.folder / "towns.rdf").unlink()
    with pytest.raises(MismatchError, match="is not there"):
        get(str(site.folder), names=["rdf"], out=out)
    (site.folder / "towns.rdf").symlink_to("/etc/passwd")
    with pytest.raises(MismatchError, match="leads out of the release's folder"):
        get(str(site.folder), names=["rdf"], out=out)
    assert sorted(path.name for path in out.iterdir() if path.suffix != ".part") == ["towns.ttl"]
    with pytest.raises(MismatchError, match="is not there; name the folder of a release"):
        get(str(tmp_path / "gone"))


def test_places_that_are_none(client: httpx.Client) -> None:
    for place in (
        "file:///x",
        "ftp://example.org/x",
        "http://example.org/x?y",
        "http:///x",
        "http://example.org/#a",
        "http://[x",
    ):
        with pytest.raises(ReleaseError, match="is n"):
            source(place, client=client)


def test_two_at_once(fetch: Callable[..., Got], site: Site, tmp_path: Path) -> None:
    part = tmp_path / "out" / f"{NAME}.{sha256(site.folder / NAME)[:8]}.part"
    part.parent.mkdir()
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="is being fetched already; wait for it"):
            fetch()


def test_what_an_older_release_left_is_removed(fetch: Callable[..., Got], tmp_path: Path) -> None:
    stale = tmp_path / "out" / f"{NAME}.01234567.part"
    stale.parent.mkdir()
    stale.write_text("x")
    mine = stale.with_name(f"{NAME}.mine.part")
    mine.write_text("x")
    fetch()
    assert not stale.exists() and mine.exists()


def test_a_full_disk(fetch: Callable[..., Got], tmp_path: Path) -> None:
    """What has arrived is kept, and the old file too."""
    old = tmp_path / "out" / NAME
    old.parent.mkdir()
    old.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(ReleaseError, match=r"cannot be written: .*; free space, or name another folder with --out"):
            fetch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert old.read_text() == "old"
    assert fetch().new


def test_a_folder_that_is_none(fetch: Callable[..., Got], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ReleaseError, match="cannot be written"):
        fetch()


def test_command(site: Site, kzlod: Callable[..., Result], tmp_path: Path) -> None:
    listed = kzlod("get", site.url, "--list")
    assert (
        listed.exit_code == 0
        and "towns.nt.zst" in listed.stdout
        and "application/n-triples, application/zstd" in listed.stdout
    )
    assert len(json.loads(kzlod("get", site.url, "--list", "--json").stdout)["files"]) == 13
    out = tmp_path / "out"
    result = kzlod("get", site.url, "--format", "turtle", "-f", "tables/*", "--out", out)
    assert result.exit_code == 0 and f"{out / 'towns.ttl'}: " in result.stdout
    again = json.loads(kzlod("get", site.folder, "-f", "turtle", "--out", out, "--json").stdout)
    assert [(one["path"], one["new"]) for one in again] == [(str(out / "towns.ttl"), False)]
    wrong = kzlod("get", site.url, "--format", "docx", "--out", out)
    assert wrong.exit_code == 2 and "there is no 'docx'" in wrong.stderr
    assert kzlod("get", "http://127.0.0.1:9/", "--out", out).exit_code == 2
