"""The table of quads: order, hash, and every format read back by two parsers that are not ours."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod.diff.canonical import is_canonical
from kzlod.errors import InputError, ReleaseError
from kzlod.formats import FORMATS, JSONLD, NQUADS, NTRIPLES, RDFXML, TURTLE, Format
from kzlod.quads import QuadTable
from kzlod.quads import table as quad_table
from kzlod.quads.load import load_file, load_lines
from kzlod.quads.rdfxml import unwritable
from kzlod.quads.read import add_file, ox_format, token
from kzlod.quads.scan import Scan
from kzlod.quads.write import write
from kzlod.terms import is_iri, literal, parse

PREFIXES = {"e": "http://e/", "h": "http://e/h#", "xsd": "http://www.w3.org/2001/XMLSchema#", "http": "http://e/x/"}
NAMES = {"jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt"}

_local = st.text("abcXYZ019_-.~!()*,;=@:éя中/?&'", min_size=1, max_size=8)
_iri = st.builds(
    lambda space, local: f"<{space}{local}>", st.sampled_from(["http://e/", "http://e/h#", "urn:x:"]), _local
)
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_predicate = st.sampled_from([*(f"<http://e/{local}>" for local in ("p", "q", "h#r", "x/label", "other/label")), _TYPE])
_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
_datatype = st.sampled_from(["http://www.w3.org/2001/XMLSchema#decimal", "http://e/dt", "http://e/h#dt"])
_literal = st.one_of(
    _text.map(literal),
    st.builds(lambda text, tag: literal(text, language=tag), _text, st.sampled_from(["en", "zh-hans", "kk"])),
    st.builds(lambda text, datatype: literal(text, datatype=datatype), _text, _datatype),
    st.sampled_from(['"a\\\\\\"^^<http://x>"', '"\\"@en"', '"\\\\"@en', '"<http://e/p>"']),
)
_graph = st.sampled_from(["", "<http://e/g>", "<http://e/h#g>"])
_quads = st.lists(st.tuples(_iri, _predicate, _iri | _literal, _graph), min_size=1, max_size=25)


def filled(quads: list[tuple[str, str, str, str]]) -> QuadTable:
    table = QuadTable()
    table.add(((*quad, 1) for quad in quads), table.source("test"))
    return table


def by_oxigraph(path: Path, format_: Format) -> set[tuple[str, ...]]:
    # A stream cannot be read where types come late, so this says that they do not.
    found = ox.parse(
        path.read_bytes(), format=ox.RdfFormat.STREAMING_JSON_LD if format_ == JSONLD else ox_format(format_)
    )
    parts = [(q.subject, q.predicate, q.object, *([q.graph_name] if format_.quads else [])) for q in found]
    return {tuple(token(term) for term in quad) for quad in parts}


def by_rdflib(path: Path, format_: Format) -> set[tuple[Any, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = rdflib.Dataset(default_union=True)
        graph.parse(path, format=NAMES.get(format_.name, format_.name))
        return {(s, p, o) for s, p, o in graph.triples((None, None, None))}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quads=_quads)
def test_lines_are_canonical(quads: list[tuple[str, str, str, str]]) -> None:
    with filled(quads) as table:
        lines = list(table.lines())
        assert lines == sorted(set(lines), key=str.encode)
        dataset = ox.Dataset(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        canonical = sorted(f"{quad} .\n".encode() for quad in dataset)
        ours = sorted(f"{q} .\n".encode() for q in ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))
        assert canonical == ours
        assert table.digest() == hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quads=_quads)
def test_every_format_holds_the_same(quads: list[tuple[str, str, str, str]], tmp_path: Path) -> None:
    with filled(quads) as table:
        broken = {quad for quad, _ in unwritable(table)}
        kept = filled([quad for quad in quads if quad not in broken])
    with kept as table:
        triples = {quad[:3] for quad in quads if quad not in broken}
        for format_ in FORMATS:
            path = tmp_path / f"out{format_.suffix}"
            write(table, format_, path, prefixes=PREFIXES)
            found = by_oxigraph(path, format_)
            assert {quad[:3] for quad in found} == triples, format_.name
            if format_.quads and format_.name != "jsonld":
                assert found == {quad for quad in quads if quad not in broken}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quads=_quads)
def test_canonical_lines_are_taken_apart(quads: list[tuple[str, str, str, str]], tmp_path: Path) -> None:
    table, again = filled(quads), QuadTable()
    write(table, NQUADS, tmp_path / "a.nq", prefixes={})
    assert again.add_canonical(tmp_path / "a.nq", again.source("a.nq"))
    assert list(again) == list(table)


def test_lines_of_canonical_files_have_their_numbers(tmp_path: Path) -> None:
    """Two files, of more rows than DuckDB's threads take at a time, with quads from elsewhere before and between."""
    table = filled([("<http://e/a>", "<http://e/p>", '"1"', "")])
    for name in "bc":
        lines = (f'<http://e/{name}/{i}> <http://e/p> "{i} <{name}>" .\n' for i in range(300_000))
        (tmp_path / f"{name}.nt").write_text("".join(lines))
        assert table.add_canonical(tmp_path / f"{name}.nt", table.source(f"{name}.nt"))
        table.add([("<http://e/a>", "<http://e/p>", f'"{name}"', "", 7)], table.source(f"{name}.csv"))
    wrong = table.rows(
        "SELECT count(*) FROM placed"
        " WHERE path[-3:] = '.nt' AND s <> '<http://e/' || path[1] || '/' || (line - 1) || '>'"
    )
    assert wrong == [(0,)]
    assert table.rows("SELECT path, count(*), max(line) FROM placed GROUP BY path ORDER BY path") == [
        ("b.csv", 1, 7),
        ("b.nt", 300_000, 300_000),
        ("c.csv", 1, 7),
        ("c.nt", 300_000, 300_000),
        ("test", 1, 1),
    ]


def test_a_line_that_is_not_canonical_leaves_nothing(tmp_path: Path) -> None:
    table = QuadTable()
    good = '<http://e/a> <http://e/p> "1" .\n'
    for line in (
        '<http://e/a> <http://e/p> "\\u0041" .',
        "<http://e/a>  <http://e/p> 1 .",
        "_:a <http://e/p> <x:y> .",
        "a",
    ):
        (tmp_path / "a.nt").write_text(good * 200_000 + line + "\n")
        assert not table.add_canonical(tmp_path / "a.nt", table.source("a.nt"))
        assert table.rows("SELECT count(*) FROM quads") == [(0,)]


def test_records_are_what_quads_one_by_one_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several transactions, after what was added before and beside it."""
    monkeypatch.setattr(quad_table, "_TOGETHER", 100)
    made, wanted = QuadTable(), QuadTable()
    rows = [(f"<http://e/{n}>", "<http://e/p>", f'"a \\u001F b {n}é"@en', "<http://e/g>", n) for n in range(99)]
    texts = [
        "".join(f"{s}\x1f{p}\x1f{o}\x1f{line}\x1e" for s, p, o, _, line in rows[n : n + 10]) for n in range(0, 99, 10)
    ]
    before = [("<http://e/s>", "<http://e/p>", "<http://e/o>", "", 0)]
    for table in (made, wanted):
        table.add(before, table.source("a.ttl"))
        table.source("b.csv")
    assert len(made) == 1
    made.add_records([b"", *(memoryview(text.encode()) for text in texts)], 1, graph="<http://e/g>")
    wanted.add(rows, 1)
    assert len(made) == len(wanted) == 100
    query = "SELECT * FROM placed ORDER BY ALL"
    assert made.rows(query) == wanted.rows(query)


def test_a_table_can_be_used_after_records_that_could_not_be_made() -> None:
    table = QuadTable()

    def broken() -> Iterator[bytes]:
        yield b"<http://e/s>\x1f<http://e/p>\x1f<http://e/o>\x1f1\x1e"
        raise InputError("it breaks off")

    source = table.source("a.csv")
    with pytest.raises(InputError):
        table.add_records(broken(), source, graph="")
    assert len(table) == 0
    table.add([("<http://e/s>", "<http://e/p>", "<http://e/o>", "", 0)], source)
    assert len(table) == 1


def test_rdflib_reads_every_format(tmp_path: Path) -> None:
    table = QuadTable()
    path = tmp_path / "in.trig"
    path.write_text(
        """PREFIX e: <http://e/> PREFIX h: <http://e/h#>
        e:g { e:a a e:T ; e:label "x"@en, "y\\"z"@zh-Hans, "tab\\tnewline\\n \\\\n é中" ; e:d 01.50 ;
              h:r e:b, <urn:x:y> . }
        e:b e:label "it's <b> & c" ; e:n 5, "5" .""",
        "utf-8",
    )
    add_file(table, path)
    expected: set[tuple[Any, ...]] | None = None
    for format_ in FORMATS:
        out = tmp_path / f"out{format_.suffix}"
        write(table, format_, out, prefixes=PREFIXES)
        found = by_rdflib(out, format_)
        assert len(found) == len(table)
        expected = expected or found
        assert found == expected, format_.name


def test_turtle_is_readable(tmp_path: Path) -> None:
    quads = [("<http://e/a>", "<http://e/p>", value, "") for value in ('"1"', '"2"', "<http://e/b>")]
    quads += [("<http://e/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://e/h#T>", "")]
    write(filled(quads), TURTLE, tmp_path / "a.ttl", prefixes=PREFIXES)
    assert (tmp_path / "a.ttl").read_text() == (
        "@prefix e: <http://e/> .\n@prefix h: <http://e/h#> .\n"
        'e:a e:p "1" ,\n        "2" ,\n        e:b ;\n    a h:T .\n'
    )


def test_lexical_forms_stay(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 01.50, 1.5 .")
    table = QuadTable()
    add_file(table, tmp_path / "a.ttl")
    assert [parse(o).value for _, _, o, _ in table] == ["01.50", "1.5"]


def test_blank_nodes_get_the_same_iris_each_time(tmp_path: Path) -> None:
    made = []
    for text in ("_:x <http://e/p> [ <http://e/q> 1 ] .", "_:y <http://e/p> _:z . _:z <http://e/q> 1 ."):
        (tmp_path / "a.ttl").write_text(text)
        table = QuadTable()
        assert add_file(table, tmp_path / "a.ttl", base="https://e.org/") == 2
        made.append(list(table.lines()))
    assert made[0] == made[1]
    assert made[0][0].startswith("<https://e.org/.well-known/genid/a-")


def test_a_file_that_does_not_parse_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .\n<http://e/a> <http://e/p .\n")
    with pytest.raises(InputError, match=r"a\.ttl:2: does not parse as Turtle"):
        add_file(QuadTable(), tmp_path / "a.ttl")


XML_OF_RDF_12 = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"
    xmlns:its="http://www.w3.org/2005/11/its" rdf:version="1.2" its:version="2.0">
<rdf:Description rdf:about="http://e/a"><e:p xml:lang="ar" its:dir="rtl">a</e:p></rdf:Description>
</rdf:RDF>
"""
RDF_12 = {
    "a.nt": '<http://e/a> <http://e/p> "b"@ar .\n\n<http://e/a> <http://e/p> "a"@ar--rtl .\n',
    "a.nq": "# one\n#two\n<http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> <http://e/b> )>> <http://e/g> .",
    "a.ttl": "PREFIX : <http://e/>\n:a :p :b .\n:a :p :c {| :q :d |} .\n:a :p :e .\n",
    "a.trig": 'PREFIX : <http://e/>\n:g { :a :p :b .\n<< :a :p "--rtl" >> :q :d . }\n',
    "a.rdf": XML_OF_RDF_12,
    "a.jsonld": '{"@id": "http://e/a",\n"http://e/p":\n{"@value": "a", "@language": "ar", "@direction": "rtl"}}',
}


@pytest.mark.parametrize("name", RDF_12)
def test_what_rdf_1_1_does_not_have_names_the_line(name: str, tmp_path: Path) -> None:
    """Each in the third line, by both ways of reading; also a file that is canonical but for its tag."""
    path = tmp_path / name
    path.write_text(RDF_12[name])
    said = "a triple that is a term" if "<<" in RDF_12[name] or "{|" in RDF_12[name] else "a text with a direction"
    for read in (add_file, load_file):
        with pytest.raises(InputError) as raised:
            read(QuadTable(), path, shown=name)
        assert str(raised.value) == (
            f"{name}:3: holds {said} (RDF 1.2), which is not supported; write what it says as RDF 1.1"
        )
    path = tmp_path / "b.nt"
    path.write_text('<http://e/a> <http://e/p> "a"@ar--rtl .\n')
    assert not is_canonical(path)
    with pytest.raises(InputError, match=r"b\.nt:1: holds a text with a direction"):
        load_lines(QuadTable(), Scan(path))


@pytest.mark.parametrize("term", ["<<( :a :b :c )>>", "'a'@ar--ltr"])
def test_a_term_without_a_token(term: str) -> None:
    (quad,) = ox.parse(f"PREFIX : <http://e/> :a :b {term} .", format=ox.RdfFormat.TURTLE)
    with pytest.raises(InputError, match=r"\(RDF 1\.2\), which is not supported"):
        token(quad.object)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        add_file(QuadTable(), tmp_path / "a.ttl")


def test_an_unknown_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(InputError, match="its name says no RDF format"):
        add_file(QuadTable(), tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("quad", "reason"),
    [
        (("<http://e/a>", "<http://e/1>", '"x"', ""), "does not end in a name"),
        (("<http://e/a>", "<http://e/p>", '"a\\u0007"', ""), "control character"),
        (("<http://e/a>", "<http://e/p>", '"a\\b"', ""), "control character"),
    ],
)
def test_what_rdfxml_cannot_carry(quad: tuple[str, str, str, str], reason: str) -> None:
    [(found, why)] = unwritable(filled([quad]))
    assert found == quad
    assert reason in why


def test_what_rdfxml_can_carry() -> None:
    assert not list(unwritable(filled([("<http://e/a>", "<http://e/p>", '"a\\\\u0007 \\\\b \\n\\u007F"', "")])))


def test_rdfxml_without_a_name_for_a_predicate(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no name for the predicate"):
        write(filled([("<http://e/a>", "<http://e/1>", '"x"', "")]), RDFXML, tmp_path / "a.rdf", prefixes={})


def test_writing_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be written"):
        write(filled([("<http://e/a>", "<http://e/p>", '"x"', "")]), NTRIPLES, tmp_path / "no" / "a.nt", prefixes={})


def test_nothing_to_write(tmp_path: Path) -> None:
    for format_ in FORMATS:
        path = tmp_path / f"out{format_.suffix}"
        write(QuadTable(), format_, path, prefixes=PREFIXES)
        assert by_oxigraph(path, format_) == set()
    assert (tmp_path / f"out{NQUADS.suffix}").read_bytes() == b""


@pytest.mark.parametrize(
    ("iri", "good"), [("http://e/a", True), ("http://e/a b", False), ("a", False), ("http://e/<", False)]
)
def test_iris(iri: str, good: bool) -> None:
    assert is_iri(iri) is good
