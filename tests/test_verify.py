"""`kzlod verify`: each claim of a release, made false one by one, is found, alone where the other claims fit."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import zstandard
from click.testing import Result

from kzlod.errors import InputError, ReleaseError
from kzlod.release import contents, nested
from kzlod.release.verify import Verification, verify
from kzlod.remote.patience import Patience
from tests.published import RELEASE, make, restate
from tests.web import served

KINDS = "files checksums sizes catalogue schema.org compressed subsets triples figures canonical formats".split()
URL = re.escape(RELEASE)
Change = Callable[[Path], object]


@dataclass(frozen=True)
class Lie:
    """A false claim: of which kind, how it is made, what is said of it, which other kinds it makes false too."""

    name: str
    kind: str
    change: Change
    message: str
    also: str = ""


def named(lie: Lie) -> str:
    return lie.name


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return make(tmp_path / "release")


def false(verified: Verification) -> dict[str, str]:
    """What is false, by kind."""
    return {
        finding.code.removeprefix("release."): f"{finding.place} {finding.message}" for finding in verified.findings
    }


def swap(path: str, old: str, new: str) -> Change:
    """A change of some text in a file, which must be there."""

    def change(folder: Path) -> None:
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new, 1), "utf-8")

    return change


def lines(path: str, edit: Callable[[list[str]], list[str]], end: str = "\n") -> Change:
    """A change of a file's lines."""

    def change(folder: Path) -> None:
        edited = edit((folder / path).read_text("utf-8").split("\n")[:-1])
        (folder / path).write_bytes("".join(line + end for line in edited).encode())

    return change


def data(path: str, edit: Callable[[bytes], bytes]) -> Change:
    """A change of a file's bytes."""
    return lambda folder: (folder / path).write_bytes(edit((folder / path).read_bytes()))


def catalogue(old: str, new: str) -> Change:
    """A change of the catalogue, while the checksums fit."""

    def change(folder: Path) -> None:
        def edit(text: str) -> str:
            changed = re.sub(old, new, text, count=1)
            assert changed != text
            return changed

        restate(folder, catalogue=edit)

    return change


def removed(path: str) -> Change:
    return lambda folder: (folder / path).unlink()


def test_a_true_release(release: Path) -> None:
    verified = verify(str(release))
    assert false(verified) == {}
    counts = {kind.name: kind.checked for kind in verified.kinds}
    assert list(counts) == KINDS
    assert counts["canonical"] == 209 and counts["formats"] == 6 and counts["compressed"] == 1
    assert counts["figures"] == 38 and counts["triples"] == 4 and counts["schema.org"] == 8
    assert verified.triples == 208
    quads = ox.Dataset(ox.parse(path=str(release / "towns.nq")))
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    canonical = "".join(sorted(f"{quad} .\n" for quad in quads))
    assert verified.digest == hashlib.sha256(canonical.encode()).hexdigest()


def test_by_its_catalogue_and_in_a_folder_that_looks_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "a1").mkdir()
    folder = make(tmp_path / "a[1]*?")
    assert false(verify(str(folder / "catalog.ttl"))) == {}


def test_large_dumps_are_read_in_processes(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["kzlod.release.verify"], "_SMALL", 0)
    swap("towns.rdf", "Town 1 ", "Town one ")(release)
    restate(release)
    found = false(verify(str(release), processes=2))
    assert set(found) == {"formats"} and "towns.rdf" in found["formats"]


SIMPLE = [
    Lie("missing", "files", removed("towns.ttl"), "names towns.ttl, which is not there"),
    Lie("too many", "files", lambda folder: (folder / "x.txt").write_text("x"), "x.txt: is not in SHA256SUMS"),
    Lie("no list", "files", removed("SHA256SUMS"), "SHA256SUMS: is not there"),
    Lie("outside", "files", swap("SHA256SUMS", "  towns.nq", "  ../towns.nq"), "refused: '../towns.nq': it leads out"),
    Lie("absolute", "files", swap("SHA256SUMS", "  towns.nq", "  /etc/passwd"), "'/etc/passwd': it is absolute"),
    Lie("hidden", "files", swap("SHA256SUMS", "  towns.nq", "  .ssh/config"), "it names a hidden file"),
    Lie("no line", "files", swap("SHA256SUMS", "  towns.nq", " towns.nq"), "is no line of a checksum and a path"),
    Lie(
        "twice",
        "files",
        lines("SHA256SUMS", lambda all_: [all_[0], *all_]),
        "SHA256SUMS:2: names .well-known/void twice",
    ),
    Lie("no text", "files", lambda folder: (folder / "SHA256SUMS").write_bytes(b"\xff\n"), "is not UTF-8"),
    Lie("changed", "checksums", swap("tables/two words.csv", "Oslo", "Rome"), "of tables/two words.csv, which has"),
    Lie("wrong", "checksums", data("SHA256SUMS", lambda old: b"0000" + old[4:]), "states SHA-256 0000"),
    Lie("empty", "checksums", lambda folder: (folder / "SHA256SUMS").write_text(""), "states no checksum"),
    Lie("no catalogue", "catalogue", removed("catalog.ttl"), "catalog.ttl: is not there"),
    Lie("no N-Quads", "canonical", removed("towns.nq"), "towns.nq: is not there"),
    Lie("no N-Triples", "figures", removed("towns.nt"), "towns.nt: is not there, so nothing can be compared"),
]


@pytest.mark.parametrize("lie", SIMPLE, ids=named)
def test_a_lie(release: Path, lie: Lie) -> None:
    lie.change(release)
    assert lie.message in false(verify(str(release)))[lie.kind]


def test_links_that_lead_out(release: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    (release / "towns.ttl").rename(secret)
    (release / "towns.ttl").symlink_to(secret)
    assert "towns.ttl: is a link that leads out of the folder" in false(verify(str(release)))["files"]
    secret.rename(release / "towns.ttl")
    (release / "all").symlink_to(tmp_path, target_is_directory=True)
    assert "all: is a link that leads out of the folder" in false(verify(str(release)))["files"]


STATED = [
    Lie("size", "sizes", catalogue(r"(towns.nq> ; dcat:byteSize) \d+", r"\1 5"), "states 5 bytes of towns.nq"),
    Lie("gone", "sizes", catalogue(f"<{URL}/service.ttl", f"<{RELEASE}/gone.ttl"), "has 0 values of", "catalogue"),
    Lie("no number", "sizes", catalogue(r"byteSize \d+", "byteSize -1"), "'-1' is no number of bytes", "catalogue"),
    Lie("no size", "sizes", catalogue(r"dcat:byteSize \d+ ;", ""), "0 values of dcat:byteSize", "catalogue"),
    Lie("checksum", "catalogue", catalogue(r'checksumValue "...', 'checksumValue "000'), "states SHA-256 000"),
    Lie("no checksum", "catalogue", catalogue(r'checksumValue "', 'checksumValue "x'), "has no SHA-256", "sizes"),
    Lie("left out", "catalogue", catalogue(rf"<{URL}> dcat:distribution <{URL}/se.+", ""), "leaves out service.ttl"),
    Lie("out", "catalogue", catalogue(rf"URL <{URL}/", f"URL <{RELEASE}/../"), "leads out of the folder", "sizes"),
    Lie("encoded", "catalogue", catalogue(rf"URL <{URL}/", f"URL <{RELEASE}/%2e%2e%2F"), "leads out of the", "sizes"),
    Lie("a file:", "catalogue", catalogue(rf"URL <{URL}", "URL <file:///etc"), "refused: <file:///etc/", "sizes"),
    Lie("elsewhere", "catalogue", catalogue(rf"URL <{URL}", "URL <http://x.example"), "not below the release", "sizes"),
    Lie("relative", "catalogue", catalogue(rf"URL <{URL}/", "URL <"), "No scheme found", "sizes"),
    Lie("no Turtle", "catalogue", catalogue(r"a dcat:Dataset", "a x:Dataset"), "does not parse as Turtle", "sizes"),
    Lie(
        "no release",
        "catalogue",
        catalogue(r"(?s)(@prefix.*?)<http://example.*", r"\1"),
        "describes 0 datasets with files",
        "sizes",
    ),
]


@pytest.mark.parametrize("lie", STATED, ids=named)
def test_a_lie_of_the_catalogue(release: Path, lie: Lie) -> None:
    lie.change(release)
    found = false(verify(str(release)))
    assert lie.message in found[lie.kind]
    assert set(found) == {lie.kind, *lie.also.split()}


def test_a_lie_to_search_engines(release: Path) -> None:
    path = release / "schema.jsonld"
    document = json.loads(path.read_text())
    for key, value in (("sha256", "0" * 64), ("contentSize", "3 B"), ("contentUrl", f"{RELEASE}/x.csv")):
        lying = [{**document["distribution"][0], key: value}, *document["distribution"][1:]]
        path.write_text(json.dumps({"distribution": lying}))
        assert value in false(verify(str(release)))["schema.org"]
    path.write_text("[" * 100_000)
    assert "does not say what the files are" in false(verify(str(release)))["schema.org"]


def bomb(folder: Path) -> None:
    """Two gigabytes that take a few kilobytes."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    with (folder / "towns.nt.zst").open("wb") as file:
        file.write(compressor.compress((folder / "towns.nt").read_bytes()))
        for _ in range(64):
            file.write(compressor.compress(bytes(32 << 20)))
        file.write(compressor.flush())


def packed(path: str) -> Change:
    return lambda folder: (folder / "towns.nt.zst").write_bytes(zstandard.compress((folder / path).read_bytes()))


PACKED = [
    Lie("bomb", "compressed", bomb, "unpacks to more than the"),
    Lie("other bytes", "compressed", packed("towns.ttl"), "unpacks to other bytes, in or after byte 1"),
    Lie("short", "compressed", data("towns.nt.zst", lambda old: old[:-200]), "unpacks to fewer bytes"),
    Lie("more", "compressed", data("towns.nt.zst", lambda old: old + b"more"), "does not unpack"),
    Lie("plain", "compressed", data("towns.nt.zst", lambda old: b"plain"), "does not unpack"),
    Lie("twice", "compressed", data("towns.nt.zst", lambda old: old + old), "unpacks to more than the"),
    Lie("alone", "compressed", lambda folder: (folder / "x.nt.zst").write_bytes(b"x"), "nothing says how large"),
]


@pytest.mark.parametrize("lie", PACKED, ids=named)
def test_a_lie_of_a_compressed_file(release: Path, lie: Lie) -> None:
    lie.change(release)
    restate(release, packed=False)
    found = false(verify(str(release)))
    assert lie.message in found["compressed"]
    assert set(found) == {"compressed"}


def expand(folder: Path) -> None:
    """A text of a few lines that stands for a hundred gigabytes."""
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 11))
    text = (folder / "towns.rdf").read_text("utf-8").replace(">Город", ">&a10;Город", 1)
    (folder / "towns.rdf").write_text(text.replace("<rdf:RDF", f"<!DOCTYPE rdf:RDF [{entities}]><rdf:RDF", 1), "utf-8")


def inflate(folder: Path) -> None:
    """Triples that are a hundred thousand times as long as they are written."""
    text = f"@prefix e: <http://example.org/{'e' * 100_000}> .\n" + "e:a e:b e:c .\n" * 1000
    (folder / "towns.ttl").write_text(text, "utf-8")


TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
TYPED = '"^^<http://www.w3.org/2001/XMLSchema#string>'
DUMPS = [
    Lie(
        "order", "canonical", lines("towns.nq", lambda all_: [all_[1], all_[0], *all_[2:]]), "towns.nq:2: is not sorted"
    ),
    Lie("twice", "canonical", lines("towns.nq", lambda all_: [all_[0], *all_]), "says something twice", "triples"),
    Lie("Windows", "canonical", lines("towns.nq", list, end="\r\n"), "carriage returns"),
    Lie("empty line", "canonical", lines("towns.nq", lambda all_: [*all_, ""]), "has empty lines"),
    Lie("no line feed", "canonical", data("towns.nq", lambda old: old[:-1]), "no line feed at its end"),
    Lie("mark", "canonical", data("towns.nq", lambda old: b"\xef\xbb\xbf" + old), "byte order mark"),
    Lie("no UTF-8", "canonical", data("towns.nq", lambda old: old + b"\xc3\x28"), "not canonical", "formats triples"),
    Lie("escape", "canonical", swap("towns.nq", "Город", "\\u0413ород"), "a line that is not canonical"),
    Lie("upper case", "canonical", swap("towns.nq", "Город", "\\u000aГород"), "not canonical", "formats"),
    Lie("type", "canonical", swap("towns.nq", '"@ru', TYPED), "not canonical, or a blank node", "formats"),
    Lie("blank node", "canonical", data("towns.nq", lambda old: old + b'_:b <x:p> "x" .\n'), "blank node", "formats"),
    Lie("graph", "formats", swap("towns.trig", "graph/towns", "graph/other"), "towns.trig: has what towns.nq has not"),
    Lie("cut short", "formats", data("towns.ttl", lambda old: old[:-300]), "towns.ttl: "),
    Lie("no RDF", "formats", lambda folder: (folder / "towns.rdf").write_text("<a>"), "does not parse as RDF/XML"),
    Lie("no JSON", "formats", lambda folder: (folder / "towns.jsonld").write_text("[{"), "does not parse as JSON-LD"),
    Lie("a bomb", "formats", expand, "towns.rdf: declares a document type"),
    Lie("prefix", "formats", inflate, "towns.ttl: says more than twice as much as towns.nt"),
    Lie(
        "no subset", "subsets", swap("subsets/table-towns.nt", '"Town', '"Town X'), "table-towns.nt: has what towns.nt"
    ),
    Lie("Turtle", "subsets", lambda folder: (folder / "subsets/a.ttl").write_text(""), "a.ttl: is not N-Triples"),
]


@pytest.mark.parametrize("lie", DUMPS, ids=named)
def test_a_lie_of_a_dump(release: Path, lie: Lie) -> None:
    lie.change(release)
    restate(release)
    found = false(verify(str(release)))
    assert lie.message in found[lie.kind]
    assert set(found) == {lie.kind, *lie.also.split()}


@pytest.mark.parametrize("suffix", [".nt", ".trig", ".ttl", ".jsonld", ".rdf"])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("3.50", "3.5", "has what"), ("Город", "Городъ", "has what"), ("thing/039", "thing/040", "has what")],
)
def test_one_value_that_differs_in_one_format(release: Path, suffix: str, old: str, new: str, words: str) -> None:
    path = f"towns{suffix}"
    swap(path, old, new)(release)
    restate(release)
    found = false(verify(str(release)))
    assert found["formats"].startswith(f"{path}: {words} towns.n") and new in found["formats"]
    assert set(found) - {"subsets", "figures", "triples"} == {"formats"}


@pytest.mark.parametrize("suffix", [".nt", ".trig", ".ttl", ".jsonld", ".rdf"])
def test_a_format_that_lacks_a_triple_or_says_it_elsewhere(release: Path, suffix: str) -> None:
    """The order, and saying something twice, do not matter; a triple that is not there does."""
    path, format_ = release / f"towns{suffix}", ox.RdfFormat.from_extension(suffix[1:])
    quads = list(ox.parse(path=str(path), format=format_))
    said = quads if suffix == ".trig" else [quad.triple for quad in quads]

    def write(some: list[ox.Quad] | list[ox.Triple]) -> dict[str, str]:
        path.write_bytes(ox.serialize(some, format=format_) or b"")
        restate(release)
        return false(verify(str(release)))

    assert write([*said[::-1], said[3]]) == {}
    found = write(said[:50] + said[51:])
    assert f"{path.name}: lacks what towns.n" in found["formats"]
    found = write(said[:-1])
    assert f"{path.name}: lacks what towns.n" in found["formats"]


def test_quads_of_which_some_are_in_no_graph(release: Path) -> None:
    """A triple without a graph whose object is a graph's name, and text that looks like a graph."""
    graph = "http://example.org/graph/towns"
    more = [
        f"<http://example.org/a> <http://example.org/p> <{graph}> .",
        f"<http://example.org/a> <http://example.org/p> <{graph}> <{graph}> .",
        f'<http://example.org/a> <http://example.org/q> "see <{graph}> ." .',
        f'<http://example.org/a> <http://example.org/q> "see <{graph}" .',
    ]
    nq = sorted({*(release / "towns.nq").read_text("utf-8").splitlines(), *more})
    (release / "towns.nq").write_text("\n".join(nq) + "\n", "utf-8")
    quads = list(ox.parse(path=str(release / "towns.nq")))
    union = list(dict.fromkeys(quad.triple for quad in quads))
    for suffix in (".nt", ".ttl", ".jsonld", ".rdf"):
        (release / f"towns{suffix}").write_bytes(
            ox.serialize(union, format=ox.RdfFormat.from_extension(suffix[1:])) or b""
        )
    (release / "towns.trig").write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"")
    (release / "void.ttl").write_text(f"<{RELEASE}> <http://rdfs.org/ns/void#dataDump> <{RELEASE}/towns.nt> .")
    (release / ".well-known/void").unlink()
    swap("service.ttl", "void:triples 207", "void:triples 208")(release)
    swap("service.ttl", "void:triples 208", "void:triples 211")(release)
    restate(release)
    assert false(verify(str(release))) == {}


def test_a_release_of_the_reference_dataset(kzlod: Callable[..., Result], tmp_path: Path) -> None:
    """What the writers state is what is counted here, each by its own means."""
    assert kzlod("build", "--out", tmp_path).exit_code == 0
    (release,) = tmp_path.glob("*/latest")
    verified = verify(str(release))
    assert false(verified) == {}
    counts = {kind.name: kind.checked for kind in verified.kinds}
    assert counts["formats"] == 6 and min(counts[kind] for kind in KINDS) > 0 and counts["figures"] > 400


HEAD = "@prefix e: <http://example.org/> .\n"


def graphs(*texts: str) -> str:
    """Turtle texts without prefixes as TriG: each in a graph, indented."""
    return HEAD + "".join(
        f"<x:g{number}> {{\n" + "".join(f"    {line}\n" for line in text.splitlines()) + "}\n"
        for number, text in enumerate(texts)
    )


A, B, C = "e:a e:p 1 ;\n    e:q 2 .\n", "e:b e:p 1 ,\n        2 .\n", 'e:c e:p " .\\n" .\n'
NESTED: list[tuple[str, str, bool, str]] = [
    (A + B + C, graphs(A + B + C), True, ""),
    (A + B + C, graphs(A + C, B), True, ""),
    (A + B + C, graphs(B, "", A + C), True, ""),
    (A + B + C, graphs(C, B, A), True, ""),
    (A + B + C, graphs(A + B), False, "has what towns.nt has not"),
    (A + C, graphs(A + B, C), False, "lacks what towns.nt has"),
    (A + A, graphs(A, A), True, ""),
    (A, graphs(A, A), False, ""),
    ("e:a e:p 1, 2 .\n", graphs("e:a e:p 1 .\n", "e:a e:p 2 .\n"), False, ""),
    (A, graphs(A) + "# and\n", False, ""),
    (A, "e:a e:p 1 .\n" + graphs(A).replace(HEAD, ""), False, ""),
    (A, HEAD.replace("org", "net") + graphs(A).replace(HEAD, ""), False, "has what towns.nt has not"),
    (A.replace("1", "3"), graphs(A), False, "has what towns.nt has not"),
    (A + "}\n<x:h> {\n" + B, graphs(A + "}\n<x:h> {\n" + B), False, "does not parse as Turtle"),
    ('e:a e:p """1\n2""" .\n', graphs('e:a e:p """1\n2""" .\n'), False, "has what towns.nt has not"),
    ("e:a e:p '''1\n2''' .\n", graphs("e:a e:p '''1\n2''' .\n"), False, "has what towns.nt has not"),
    (A[:-1], graphs(A), False, ""),
]


@pytest.mark.parametrize("piece", [7, 1 << 20])
@pytest.mark.parametrize(("turtle", "trig", "same", "message"), NESTED)
def test_turtle_that_is_trig_without_its_graphs(
    release: Path, monkeypatch: pytest.MonkeyPatch, turtle: str, trig: str, same: bool, message: str, piece: int
) -> None:
    """Such Turtle is as good as its TriG; what is not plainly such is parsed."""
    monkeypatch.setattr(nested, "_PIECE", piece)
    ttl, trg, nt = release / "towns.ttl", release / "towns.trig", release / "towns.nt"
    ttl.write_text(HEAD + turtle)
    trg.write_text(trig if trig.startswith("@") else HEAD + trig)
    nt.write_text("".join(sorted({f"{quad.triple} .\n" for quad in ox.parse(path=str(trg))})))
    assert nested.same_statements(trg, ttl) == same
    _, found = contents.compare(ttl, [nt], scratch=release, nested=trg)
    assert found.startswith(message) and bool(found) == bool(message)


@pytest.mark.parametrize("piece", [50, 200, 1000, 1 << 20])
def test_triples_that_are_in_several_graphs(release: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    """Found to be said once in N-Triples, wherever the pieces end in which the files are read."""
    monkeypatch.setattr(contents, "_PIECE", piece)
    quads = (release / "towns.nq").read_text("utf-8").splitlines()
    other = [line.replace("graph/towns> .", "graph/other> .") for line in quads if "thing/01" in line]
    (release / "towns.nq").write_text("\n".join(sorted({*quads, *other})) + "\n", "utf-8")
    assert contents._without_graphs(release / "towns.nq", release / "towns.nt")
    lines("towns.nt", lambda all_: all_[:20] + all_[21:])(release)
    assert not contents._without_graphs(release / "towns.nq", release / "towns.nt")
    assert "lacks what towns.nq has" in contents.unite(release / "towns.nq", release / "towns.nt", scratch=release)[1]


FIGURES = ["triples", "entities", "classes", "properties", "distinctSubjects", "distinctObjects"]


def test_each_figure_that_is_false_is_found(release: Path) -> None:
    """Each number of `void.ttl` and `service.ttl`, raised by one while all checksums and sizes fit."""
    seen = 0
    for path in ("void.ttl", "service.ttl"):
        text = (release / path).read_text("utf-8")
        for match in re.finditer(rf"void:({'|'.join(FIGURES)}) (\d+)", text):
            lying = f"{text[: match.start(2)]}{int(match[2]) + 1}{text[match.end(2) :]}"
            (release / path).write_text(lying, "utf-8")
            if path == "void.ttl":
                (release / ".well-known/void").write_text(lying, "utf-8")
            restate(release)
            found = false(verify(str(release)))
            assert set(found) <= {"figures", "triples"} and len(found) == 1
            (message,) = found.values()
            assert f"void:{match[1]} of" in message and message.endswith(f"is {match[2]}, not {int(match[2]) + 1}")
            seen += 1
        (release / path).write_text(text, "utf-8")
        (release / ".well-known/void").write_bytes((release / "void.ttl").read_bytes())
    assert seen == 37


MENTIONS = [
    Lie("topic", "figures", swap("void.ttl", "void:triples 208", "void:documents 1"), "nothing says of which triples"),
    Lie(
        "example",
        "figures",
        swap("void.ttl", "Resource <http://example.org/thing/001", "Resource <x:y"),
        "not in the data",
    ),
    Lie("words", "figures", swap("void.ttl", "ontology#> ; void:s", "words#> ; void:s"), "words#> is not used"),
    Lie("dump", "figures", swap("void.ttl", "towns.nt>", "town.nt>"), "town.nt> is not there"),
    Lie("target", "figures", swap("void.ttl", "void:objectsTarget", "void:target"), "nothing says of which triples"),
    Lie("void", "figures", removed("void.ttl"), "void.ttl: is not there"),
    Lie("no Turtle", "figures", swap("void.ttl", "void:triples 208", "void:triples"), "does not parse"),
    Lie("whole", "figures", lambda folder: (folder / "void.ttl").write_text("<x:a> <x:b> 1 ."), "does not say which"),
]


@pytest.mark.parametrize("lie", MENTIONS, ids=named)
def test_a_lie_of_void(release: Path, lie: Lie) -> None:
    lie.change(release)
    if (release / "void.ttl").is_file():
        (release / ".well-known/void").write_bytes((release / "void.ttl").read_bytes())
    restate(release)
    found = false(verify(str(release)))
    assert lie.message in found["figures"]
    assert set(found) == {"figures"}


def test_a_copy_for_robots_that_is_none(release: Path) -> None:
    swap(".well-known/void", "triples 208", "triples 209")(release)
    restate(release)
    assert false(verify(str(release))) == {"figures": ".well-known/void: is not the same as void.ttl"}


def test_large_json_ld_that_cannot_be_streamed(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class of a node after its properties: small files are read whole, of large ones it is said."""
    graph = json.loads((release / "towns.jsonld").read_text("utf-8"))
    turned = [
        {**{key: value for key, value in node.items() if key != TYPE}, "@type": [one["@id"] for one in node[TYPE]]}
        for node in graph
    ]
    (release / "towns.jsonld").write_text(json.dumps(turned), "utf-8")
    restate(release)
    assert false(verify(str(release))) == {}
    monkeypatch.setattr(contents, "WHOLE", 100)
    assert "towns.jsonld: cannot be read as a stream" in false(verify(str(release)))["formats"]


def test_what_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"is no release: it has neither catalog\.ttl nor SHA256SUMS"):
        verify(str(tmp_path))
    with pytest.raises(ReleaseError, match="is no folder"):
        verify(str(tmp_path / "gone"))
    for place in ("file:///etc", "ftp://example.org/", "file:x"):
        with pytest.raises(ReleaseError, match="is neither on the web nor a path"):
            verify(place)
    with pytest.raises(ReleaseError, match="no connection is opened"):
        verify("http://127.0.0.1:9/")


def test_on_the_web(release: Path) -> None:
    with served(release) as site, httpx.Client(timeout=10) as client:
        verified = verify(site.url, client=client)
        assert false(verified) == {}
        assert [kind.name for kind in verified.kinds] == ["downloads", *KINDS]
        (release / "towns.rdf").unlink()
        swap("towns.ttl", "3.50", "3.51")(release)
        data("void.ttl", lambda old: old + b"#")(release)
        site.requests.clear()
        found = false(verify(site.url, client=client))
        assert "towns.rdf" in found["files"] and "towns.ttl" in found["checksums"]
        assert found["downloads"].startswith("towns.rdf: is not there") or "void.ttl" in found["downloads"]
        assert "towns.ttl" in found["formats"]
        (release / "catalog.ttl").write_text("<html>")
        with pytest.raises(InputError, match="does not parse as Turtle"):
            verify(site.url, client=client)
        (release / "catalog.ttl").unlink()
        with pytest.raises(ReleaseError, match="is not there"):
            verify(site.url, client=client, patience=Patience(tries=1))


def test_command(release: Path, kzlod: Callable[..., Result], tmp_path: Path) -> None:
    result = kzlod("verify", release)
    assert result.exit_code == 0 and "all of it is true" in result.stdout
    assert re.search(r"formats +6  each dump holds the same triples", result.stdout)
    swap("void.ttl", "void:triples 208", "void:triples 8")(release)
    result = kzlod("verify", release, "--json")
    assert result.exit_code == 1
    kinds = {kind["name"]: kind for kind in json.loads(result.stdout)["kinds"]}
    assert "is 208, not 8" in kinds["triples"]["finding"]["message"] and kinds["formats"]["finding"] is None
    result = kzlod("verify", release)
    assert result.exit_code == 1 and "FALSE  void.ttl: void:triples of" in result.stdout
    assert kzlod("verify", tmp_path).exit_code == 2
    assert kzlod("verify", "http://127.0.0.1:9/").exit_code == 2
