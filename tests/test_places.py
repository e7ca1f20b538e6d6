"""The same query gives the same rows wherever it is asked: in this process or its own, at Oxigraph, at Virtuoso.

All canned queries are asked in all of these places, of the same quads. What Virtuoso is to find stands in graphs of its
own there, which the address of the endpoint names: other tests use the same server.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import pytest
import zstandard
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from kzlod.errors import InputError, KzlodError, QueryError, RemoteError
from kzlod.formats import FORMATS
from kzlod.lexical import canonical
from kzlod.quads.read import ox_format
from kzlod.query import CannedQuery, Engine, Parameter, find, render
from kzlod.query.answers import read
from kzlod.query.labels import Ask
from kzlod.query.limited import Limited
from kzlod.query.prologue import declared, form
from kzlod.query.remote import Remote
from kzlod.query.results import Answer, Graph, Table
from kzlod.remote.endpoint import Endpoint
from kzlod.vocab import XSD
from tests.stores import Store, oxigraph
from tests.test_queries import CASES, EXPECTED, PROJECT, case, engine

PREFIXES = {"e": "http://e/", "f": "http://e/f#", "": "http://e/empty/"}
QUADS = b"""\
<http://e/a> <http://e/p> "2.50"^^<http://www.w3.org/2001/XMLSchema#decimal> <http://e/g1> .
<http://e/a> <http://e/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> <http://e/g2> .
<http://e/b> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> <http://e/g2> .
<http://e/b> <http://e/q> "\xd0\xb0 \\" \\\\ \\n b"@en-gb <http://e/g2> .
<http://e/b> <http://e/q> <http://e/a> <http://e/g2> .
"""


def upload(store: Store, quads: bytes, *, suffix: str = "") -> list[str]:
    """Put quads into the graphs of a store, each named as it is with a suffix behind it; returns their names."""
    graphs: defaultdict[str, list[str]] = defaultdict(list)
    for quad in ox.parse(quads, format=ox.RdfFormat.N_QUADS):
        graphs[quad.graph_name.value + suffix].append(f"{quad.triple} .\n")
    user = store.credentials
    login = httpx.DigestAuth(user.user, user.password) if user else None
    for name, lines in graphs.items():
        field = "graph-uri" if user else "graph"
        headers = {"content-type": "application/n-triples"}
        answer = httpx.put(
            store.graphs, params={field: name}, content="".join(lines), headers=headers, auth=login, timeout=60
        )
        assert answer.is_success, answer.text
    return list(graphs)


@pytest.fixture(scope="module")
def reference() -> bytes:
    """The reference dataset, as the engine of the tests of queries has it."""
    return b"".join(f"{quad} .\n".encode() for quad in engine()._store)


@pytest.fixture(scope="module")
def at_oxigraph(tmp_path_factory: pytest.TempPathFactory, reference: bytes) -> Iterator[Remote]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as store:
        upload(store, reference)
        yield Remote(Endpoint(store.query), PROJECT.prefixes)


@pytest.fixture(scope="module")
def at_virtuoso(virtuoso_store: Store, reference: bytes) -> Remote:
    graphs = upload(virtuoso_store, reference, suffix="#places")
    named = urlencode([("default-graph-uri", name) for name in graphs])
    return Remote(Endpoint(f"{virtuoso_store.query}?{named}"), PROJECT.prefixes)


@pytest.fixture(scope="module")
def answers(at_oxigraph: Remote, at_virtuoso: Remote) -> Iterator[Mapping[str, tuple[Future[Answer], ...]]]:
    """What both servers answer to each case: all are asked at once, for Virtuoso plans many a query for a second."""
    with ThreadPoolExecutor(2) as pool:
        queries = {stem: find(PROJECT, case(stem)[0]).fill(case(stem)[1]) for stem in CASES}
        yield {
            stem: tuple(pool.submit(place.ask, query) for place in (at_virtuoso, at_oxigraph))
            for stem, query in queries.items()
        }


@pytest.mark.parametrize("stem", CASES)
def test_canned_query(answers: Mapping[str, tuple[Future[Answer], ...]], stem: str) -> None:
    expected = (EXPECTED / f"{stem}.csv").read_text("utf-8")
    for answer in answers[stem]:
        assert render(answer.result(), "csv").replace("\r\n", "\n") == expected


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, virtuoso_store: Store) -> Iterator[Mapping[str, Ask]]:
    """The few quads above, in each place."""
    graphs = upload(virtuoso_store, QUADS)
    named = urlencode([("default-graph-uri", name) for name in graphs])
    with (
        oxigraph(tmp_path_factory.mktemp("few")) as store,
        Limited(QUADS, PREFIXES, timeout=20) as limited,
    ):
        upload(store, QUADS)
        yield {
            "embedded": Engine(QUADS, PREFIXES).ask,
            "limited": limited.ask,
            "oxigraph": Remote(Endpoint(store.query), PREFIXES).ask,
            "virtuoso": Remote(Endpoint(f"{virtuoso_store.query}?{named}"), PREFIXES).ask,
        }


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?s ?o { ?s e:p ?o } ORDER BY ?s STR(?o)",
        "SELECT ?o ?none { e:b e:q ?o OPTIONAL { ?o e:none ?none } } ORDER BY STR(?o)",
        "SELECT (SUM(?o) AS ?sum) (COUNT(?o) AS ?n) { e:a e:p ?o }",
        "SELECT ?s { ?s e:none ?o }",
        "ASK { e:b e:p true }",
        "ASK { e:b e:p 3 }",
        "CONSTRUCT { ?s f:x ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s f:x ?o } WHERE { ?s e:none ?o }",
        "PREFIX e: <http://e/empty/> SELECT ?s { ?s e:p ?o }",
        "# SELECT\nSELECT ?x { VALUES ?x { 'e:a' <http://e/#e:a> e:a } }",
        "SELECT ?x { VALUES ?x { " + " ".join(f"e:{n}" for n in range(1000)) + " } }",
    ],
)
def test_same_rows(places: Mapping[str, Ask], sparql: str) -> None:
    expected = places["embedded"](sparql)
    for name, ask in places.items():
        assert ask(sparql) == expected, name


@pytest.mark.parametrize(
    ("dataset", "default", "named"),
    [
        ("", "aab", "aab"),
        ("FROM e:g1", "a", ""),
        ("FROM e:g1 from <http://e/g2>", "aab", ""),
        ("FROM NAMED e:g2", "", "ab"),
        ("FROM e:g1 FROM NAMED e:g2", "a", "ab"),
        ("FROM e:none", "", ""),
    ],
)
def test_the_dataset_of_a_query(tmp_path: Path, dataset: str, default: str, named: str) -> None:
    """Expected by SPARQL 1.1, section 13.2; without a dataset, the union of the graphs."""
    with oxigraph(tmp_path) as store, Limited(QUADS, PREFIXES, timeout=20) as limited:
        upload(store, QUADS)
        for ask in (Engine(QUADS, PREFIXES).ask, limited.ask, Remote(Endpoint(store.query), PREFIXES).ask):
            for pattern, expected in (("?s e:p ?o", default), ("GRAPH ?g { ?s e:p ?o }", named)):
                answer = ask(f"SELECT ?s {dataset} {{ {pattern} }} ORDER BY ?s")
                assert isinstance(answer, Table)
                assert answer.cells() == [[f"e:{name}"] for name in expected]


NASTY = ['a"b', "it's", "}", "} UNION { ?s ?p ?o", "a\nb", "a\rb", "\\", '\\"', ">", "<http://e/a>", "?x", "# c", '"""']
NASTY += ["'''", "\\u0022", "%22", "я 中 𝄞", "\t", " ", '"@en', '"^^<http://e/>', "&query=ASK{}", "+", ""]


@pytest.mark.parametrize("value", NASTY)
def test_a_value_cannot_break_out(places: Mapping[str, Ask], value: str) -> None:
    query = CannedQuery("x", {}, {}, "SELECT ?x WHERE { VALUES ?x { UNDEF } }", {"x": Parameter("x")})
    for name, ask in places.items():
        answer = ask(query.fill({"x": value}))
        assert isinstance(answer, Table) and answer.rows == ((ox.Literal(value),),), name
    with pytest.raises(QueryError):
        Parameter("x", "iri", base="http://e/").term(value + ">")


def test_a_value_is_never_another_value_s_slot() -> None:
    text = "SELECT ?a ?b { VALUES ?b { UNDEF } values ?a{undef} VALUES ?c { UNDEF } }"
    query = CannedQuery("x", {}, {}, text, {name: Parameter(name) for name in "abc"})
    values = {"a": "VALUES ?b { UNDEF }", "b": "} VALUES ?a { UNDEF } #"}
    filled = query.fill(values)
    assert 'VALUES ?b { "} VALUES ?a { UNDEF } #" } values ?a{ "VALUES ?b { UNDEF }" }' in filled
    solutions = ox.Store().query(filled)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [{name: row[name].value for name in "ab"} for row in solutions] == [values]
    assert query.fill({}) == text


def test_what_is_no_query(places: Mapping[str, Ask]) -> None:
    for name, ask in places.items():
        for sparql in ("DROP ALL", "INSERT DATA { e:z e:z e:z }", "SELECT ?s { ?s ?p", "", "hello"):
            with pytest.raises(KzlodError) as caught:
                ask(sparql)
            assert caught.value.remedy and len(str(caught.value)) < 600, name
    with pytest.raises(QueryError, match="SERVICE would open a connection"):
        places["limited"]("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


class TestLimited:
    """A runaway query ends, and nothing is left running."""

    RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(40)) + " }"

    def test_runaway(self) -> None:
        with Limited(QUADS, PREFIXES, timeout=0.3) as limited:
            assert isinstance(limited.ask("ASK {}"), Table)
            for _ in range(2):
                with pytest.raises(QueryError, match=r"was not answered within 0.3 s; ask for less"):
                    limited.ask(self.RUNAWAY)

    def test_killed(self) -> None:
        with Limited(QUADS, PREFIXES, timeout=9) as limited:
            limited._process.kill()
            with pytest.raises(QueryError, match="its process was ended"):
                limited.ask("ASK {}")

    def test_command_line(self, tmp_path: Path) -> None:
        """The process ends with the one that started it, also where that one is killed."""
        (tmp_path / "a.nq").write_bytes(QUADS)
        command = [sys.executable, "-m", "kzlod.cli", "sparql", self.RUNAWAY, "--data", str(tmp_path / "a.nq")]
        code = "from kzlod.cli import main; import sys; main(sys.argv[1:])"
        command = [sys.executable, "-c", code, *command[3:], "--timeout"]
        done = subprocess.run([*command, "0.3"], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "") and "was not answered within 0.3 s" in done.stderr
        started = subprocess.Popen([*command, "1.5"], stderr=subprocess.PIPE)
        child = self._child(started.pid)
        started.kill()
        started.communicate()
        deadline = time.monotonic() + 20
        while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split(") ")[1][0]:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @staticmethod
    def _child(pid: int) -> int:
        """The first child of a process, once it runs."""
        while True:
            listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if listed:
                return int(listed[0])
            time.sleep(0.02)

    def test_ctrl_c_ends_a_query_in_this_process(self, tmp_path: Path) -> None:
        (tmp_path / "a.nq").write_bytes(QUADS)
        code = "from kzlod.cli import main; import sys; print('begins', flush=True); main(sys.argv[1:])"
        command = [sys.executable, "-c", code, "sparql", self.RUNAWAY, "--data", str(tmp_path / "a.nq")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
            assert started.stdout is not None
            started.stdout.readline()  # before, Python itself is ended
            while started.poll() is None:
                time.sleep(0.5)
                os.kill(started.pid, signal.SIGINT)
            assert started.returncode in (-signal.SIGINT, 130)


class TestData:
    """What `--data` takes."""

    QUERY = "SELECT ?s ?o { ?s e:p ?o } ORDER BY ?s STR(?o)"

    @pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
    @pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
    def test_files(self, tmp_path: Path, format_: object, suffix: str) -> None:
        from kzlod.formats import Format

        assert isinstance(format_, Format)
        store = ox.Store()
        store.load(QUADS, format=ox.RdfFormat.N_QUADS)
        graph = {} if format_.quads else {"from_graph": ox.NamedNode("http://e/g2")}
        text = store.dump(format=ox_format(format_), **graph) or b""
        packed = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[suffix](text)
        path = tmp_path / f"a{format_.suffix}{suffix}"
        path.write_bytes(packed)
        table = Engine(path, PREFIXES).ask(self.QUERY)
        assert len(table) == (3 if format_.quads else 2)

    def test_relative_iris_are_below_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.ttl").write_text("<a> <http://e/p> <#b> .")
        table = Engine(tmp_path / "a.ttl", PREFIXES).ask(self.QUERY)
        assert isinstance(table, Table)
        assert table.cells() == [[f"{tmp_path.as_uri()}/a", f"{tmp_path.as_uri()}/a.ttl#b"]]

    def test_folders(self, tmp_path: Path, kzlod: Callable[..., Result]) -> None:
        release = tmp_path / "releases" / "1.0"
        release.mkdir(parents=True)
        (release / "a.nq.zst").write_bytes(zstandard.compress(QUADS))
        (release.parent / "latest").symlink_to("1.0")
        store = ox.Store(str(tmp_path / "store"))
        store.load(QUADS, format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store
        before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "store").iterdir()}
        query = "SELECT ?o { <http://e/a> <http://e/p> ?o } ORDER BY ?o"
        for path in (release, release.parent, tmp_path / "store"):
            for more in ((), ("--timeout", "20")):
                result = kzlod("sparql", query, "--data", path, "--format", "csv", *more)
                assert (result.exit_code, result.stdout) == (0, "o\n2.5\n7\n"), result.output
        assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "store").iterdir()} == before

    def test_bad_input(self, tmp_path: Path) -> None:
        empty, two, broken = tmp_path / "empty", tmp_path / "two", tmp_path / "broken"
        for folder in (empty, two, broken):
            folder.mkdir()
        for name in "ab":
            (two / f"{name}.nq").write_bytes(QUADS)
        (broken / "CURRENT").write_text("no\n")
        (tmp_path / "bad.ttl").write_text("<http://e/a> .\n\n<b")
        (tmp_path / "cut.nq.gz").write_bytes(gzip.compress(QUADS)[:-12])
        (tmp_path / "bomb.nt.gz").write_bytes(gzip.compress(b"\n" * (200 << 20), 9))
        (tmp_path / "a.csv").write_text("a\n")
        for name, message in (
            ("none.ttl", r"none.ttl: is not there; name a release"),
            ("empty", r"holds no N-Quads"),
            ("two", r"holds the dumps of several datasets; name one of the files"),
            ("broken", r"broken: cannot be opened as an Oxigraph store"),
            ("bad.ttl", r"bad.ttl:1: does not parse as Turtle"),
            ("cut.nq.gz", r"cut.nq.gz: is cut short"),
            ("bomb.nt.gz", r"bomb.nt.gz: unpacks to more than"),
            ("a.csv", r"a.csv: its name says no RDF format"),
        ):
            with pytest.raises(InputError, match=message):
                Engine(tmp_path / name, PREFIXES)

    def test_on_disk_as_a_server(self, tmp_path: Path) -> None:
        """A server's store folder can be asked when the server has ended."""
        with oxigraph(tmp_path, on_disk=True) as store:
            upload(store, QUADS)
        shutil.copytree(tmp_path / "store", tmp_path / "copy")
        assert len(Engine(tmp_path / "copy", PREFIXES).ask(self.QUERY)) == 3


class TestText:
    """What is read from a query's text."""

    @pytest.mark.parametrize(
        "sparql",
        [
            "SELECT * { e:a f:p :x }",
            'prefix f: <http://other/> select * { e:a f:p \'e:x\', """ :y """ }',
            "BASE <http://e/> # f:x\nASK { <f:x> e:a ?e }",
            "CONSTRUCT { ?s e:a.b ?o } WHERE { ?s e:p/f:q|^:r ?o . FILTER(?o < 3 && ?o > 1) }",
            "DESCRIBE e:a",
            "SELECT * { <http://e/\\u0061> e:p ?o }",
        ],
    )
    def test_against_oxigraph(self, sparql: str) -> None:
        """With its prefixes declared it is what Oxigraph reads with them given, and it has the form that is said."""
        store = ox.Store()
        told, given = store.query(declared(sparql, PREFIXES)), store.query(sparql, prefixes=PREFIXES)
        assert type(told) is type(given)
        forms = {ox.QuerySolutions: ("SELECT",), ox.QueryBoolean: ("ASK",), ox.QueryTriples: ("CONSTRUCT", "DESCRIBE")}
        assert form(sparql) in forms[type(given)]

    def test_only_what_is_used(self) -> None:
        assert declared("ASK { e:a ?p '''f:x''' } # f:y", PREFIXES) == (
            "PREFIX e: <http://e/> ASK { e:a ?p '''f:x''' } # f:y"
        )

    @pytest.mark.parametrize(
        "sparql", ["DELETE WHERE { ?s ?p ?o }", "PREFIX e: <http://e/> WITH <g> DELETE {} WHERE {}"]
    )
    def test_updates(self, sparql: str) -> None:
        with pytest.raises(QueryError, match="is an update, not a query"):
            form(sparql)


NUMBERS = ("decimal", "integer", "double", "float", "boolean", "long", "nonNegativeInteger")


@given(
    st.sampled_from(NUMBERS),
    st.one_of(
        st.from_regex(r"[+-]?[0-9]{0,12}(\.[0-9]{0,5})?", fullmatch=True),
        st.from_regex(r"[+-]?[0-9]{1,6}(\.[0-9]{1,3})?[eE][+-]?[0-9]{1,2}", fullmatch=True),
        st.sampled_from(["true", "false", "INF", "-INF", "NaN", "", ".", "+", "1 ", "a", "1.2.3"]),
    ),
)
def test_numbers_are_spelled_as_oxigraph_does(name: str, lexical: str) -> None:
    node = ox.NamedNode("http://e/")
    store = ox.Store()
    store.add(ox.Quad(node, node, ox.Literal(lexical, datatype=ox.NamedNode(XSD + name))))
    (quad,) = store
    assert isinstance(quad.object, ox.Literal)
    spelled = canonical(lexical, XSD + name)
    assert canonical(spelled, XSD + name) == spelled
    if name != "float":  # of two decimal numbers that are as near to a float, another one may be taken
        assert spelled == quad.object.value.replace("Infinity", "INF")


def test_answers_in_other_forms() -> None:
    """XML, RDF in another syntax, labels of blank nodes that are none in SPARQL."""
    solutions = Engine(QUADS, PREFIXES)._store.query(
        "SELECT ?s ?o { ?s <http://e/p> ?o } ORDER BY ?o", use_default_graph_as_union=True
    )
    xml = solutions.serialize(format=ox.QueryResultsFormat.XML) or b""
    expected = Engine(QUADS, PREFIXES).ask("SELECT ?s ?o { ?s <http://e/p> ?o } ORDER BY ?o")

    def got(media_type: str, body: bytes, *, rows: bool = True) -> Answer:
        return read(media_type, body, rows=rows, prefixes=PREFIXES, where="http://e/")

    assert got("application/sparql-results+xml", xml) == expected
    truth = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>'
    assert got("text/xml", truth) == Table.of_truth(True, PREFIXES)
    graph = got("text/turtle", b"<http://e/a> <http://e/p> 2.50 .", rows=False)
    assert isinstance(graph, Graph) and graph.triples[0].object.value == "2.5"
    blank = b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "bnode", "value": "nodeID://b1"}}]}}'
    table = got("application/json", blank)
    assert isinstance(table, Table) and isinstance(table.rows[0][0], ox.BlankNode)
    for media_type, body, rows in (
        ("text/turtle", b"<a", False),
        ("application/sparql-results+xml", b"<sparql>", True),
        ("application/sparql-results+json", b"\xff", True),
        ("text/csv", b"a", True),
    ):
        with pytest.raises(RemoteError, match=r"^http://e/: answers with "):
            got(media_type, body, rows=rows)
