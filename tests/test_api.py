"""The dataset from Python: rows as dataclasses, tables of other libraries, graphs, notebooks."""

from __future__ import annotations

import datetime
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import nbformat
import pandas
import polars
import pyarrow
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from nbclient import NotebookClient

import kzlod
from kzlod.api.values import value
from kzlod.errors import InputError, MissingError, ProjectError, QueryError, RemoteError
from kzlod.query import Table
from tests.editing import ROOT, append
from tests.stores import Store, oxigraph

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def dataset() -> kzlod.OpenDataset:
    """The reference dataset, opened once."""
    return kzlod.open(ROOT)


def literal(lexical: str, datatype: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + datatype))


def rows_of(columns: str, *rows: tuple[ox.Literal | ox.NamedNode | None, ...]) -> kzlod.Rows:
    table = Table(tuple(columns.split()), tuple(rows), {})
    return kzlod.Rows(table, lambda _: Table((), (), {}))


# Values.


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (literal("42", "integer"), 42),
        (literal("+07", "nonNegativeInteger"), 7),
        (literal("30.05", "decimal"), Decimal("30.05")),
        (literal("1.5E3", "double"), 1500.0),
        (literal("true", "boolean"), True),
        (literal("0", "boolean"), False),
        (literal("2024-07-02", "date"), datetime.date(2024, 7, 2)),
        (literal("2024-07-02T10:00:00Z", "dateTime"), datetime.datetime(2024, 7, 2, 10, tzinfo=datetime.UTC)),
        (literal("2024-07-02Z", "date"), "2024-07-02Z"),
        (literal("2024", "gYear"), "2024"),
        (literal("many", "integer"), "many"),
        (literal("many", "decimal"), "many"),
        (literal("perhaps", "boolean"), "perhaps"),
        (ox.Literal("Астана", language="ru"), "Астана"),
        (ox.NamedNode("http://e/a"), kzlod.Iri("http://e/a")),
        (ox.BlankNode("b"), "_:b"),
    ],
)
def test_a_term_is_a_value_of_its_type(term: Any, expected: object) -> None:
    found = value(term)
    assert (found, type(found)) == (expected, type(expected))


def test_doubles_that_are_no_numbers_are_still_floats() -> None:
    assert math.isnan(value(literal("NaN", "double")))  # type: ignore[arg-type]
    assert value(literal("-INF", "double")) == -math.inf


# Rows.


def test_rows_are_dataclasses(dataset: kzlod.OpenDataset) -> None:
    rows = dataset.query("trade-by-year", year=2024)
    assert is_dataclass(rows[0])
    assert tuple(field.name for field in fields(rows[0])) == rows.columns
    assert [row.value for row in rows] == [
        Decimal(8930000000),
        Decimal(95000000000),
        Decimal(95000000000),
        Decimal(30050000000),
    ]
    assert rows[0].period == "January to April 2024"
    assert len(rows) == len(rows[:]) == 4
    assert rows[-1] in rows
    with pytest.raises(AttributeError):
        rows[0].value = 1


def test_a_year_a_text_and_a_number_are_all_taken(dataset: kzlod.OpenDataset) -> None:
    answers = [list(dataset.query("trade-by-year", year=year)) for year in (2024, "2024")]
    assert answers[0] == answers[1]


def test_names_that_python_does_not_take(dataset: kzlod.OpenDataset) -> None:
    rows = dataset.sparql("SELECT (1 AS ?class) (2 AS ?class_) (3 AS ?1st) (4 AS ?_1st) (?none AS ?n) {}")
    assert rows.columns == ("class", "class_", "1st", "_1st", "n")
    assert rows[0] == rows[0].__class__(1, 2, 3, 4, None)
    assert (rows[0].class_, rows[0].class__, rows[0]._1st, rows[0].n) == (1, 2, 3, None)


def test_what_is_asked_wrongly(dataset: kzlod.OpenDataset) -> None:
    for wrong, said in (
        (lambda: dataset.query("trade-by-yeer"), "did you mean trade-by-year?"),
        (lambda: dataset.query("trade-by-year", yeer=1), "has no parameter 'yeer'"),
        (lambda: dataset.query("trade-by-year", year="x"), "a whole number"),
        (lambda: dataset.sparql("SELECT"), "is not SPARQL"),
        (lambda: dataset.sparql("DESCRIBE thing:astana"), "use construct"),
        (lambda: dataset.construct("ASK {}"), "use sparql"),
        (lambda: dataset.plot("names"), "does not say how it is drawn"),
    ):
        with pytest.raises(QueryError, match=said):
            wrong()


# Tables of other libraries.

CELLS = st.one_of(
    st.none(),
    st.integers().map(ox.Literal),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: literal(f"{number:f}", "decimal")),
    st.floats(allow_nan=False).map(ox.Literal),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=5).map(ox.Literal),
    st.booleans().map(ox.Literal),
    st.dates(datetime.date(1800, 1, 1), datetime.date(2200, 1, 1)).map(lambda day: literal(str(day), "date")),
    st.just(ox.NamedNode("http://e/a")),
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
@example([(literal("0.0000000001", "decimal"), None), (literal("9" * 33, "integer"), None)])
def test_every_answer_is_a_table_everywhere(cells: list[tuple[Any, Any]]) -> None:
    rows = rows_of("a b", *cells)
    empty = [[row.a is None, row.b is None] for row in rows]
    arrow, frame, polar = rows.to_arrow(), rows.to_pandas(), rows.to_polars()
    assert arrow.column_names == list(frame.columns) == polar.columns == ["a", "b"]
    assert [[one is None for one in row.values()] for row in arrow.to_pylist()] == empty
    assert frame.isna().to_numpy().tolist() == empty
    assert [[one is None for one in row] for row in polar.rows()] == empty


def test_types_of_columns() -> None:
    day, number = literal("2024-07-02", "date"), literal("0.10", "decimal")
    rows = rows_of(
        "whole exact real text iri day truth mixed large",
        (
            *(ox.Literal(1), number, ox.Literal(0.5), ox.Literal("a"), ox.NamedNode("http://e/a"), day),
            *(ox.Literal(True), ox.Literal(1), literal("9" * 30, "integer")),
        ),
        (None, number, None, None, None, None, None, number, literal("1", "integer")),
    )
    arrow, polar, frame = rows.to_arrow(), rows.to_polars(), rows.to_pandas()
    assert arrow.column("exact").to_pylist() == [Decimal("0.10")] * 2
    assert arrow.column("mixed").to_pylist() == [Decimal("1.00"), Decimal("0.10")]
    assert [str(kind) for kind in arrow.schema.types][::2] == [
        "int64",
        "double",
        "string",
        "bool",
        str(arrow.schema.types[8]),
    ]
    assert pyarrow.types.is_date(arrow.schema.field("day").type)
    assert polar.schema["day"] == polars.Date
    assert polar["exact"].sum() == Decimal("0.20")
    assert (frame["exact"].dtype, frame["exact"].sum()) == ("float64", 0.2)
    assert frame["whole"].tolist() == [1, pandas.NA]
    assert frame["day"].tolist()[0] == datetime.date(2024, 7, 2)


def test_frames_of_the_dataset(dataset: kzlod.OpenDataset) -> None:
    rows = dataset.query("trade-by-year")
    assert rows.to_pandas().groupby("said_by")["value"].max()["Gao Yingshi"] == 41e9
    assert rows.to_polars().filter(polars.col("period") == "2023")["value"].to_list() == [Decimal(41000000000)]
    assert rows.to_arrow().num_rows == len(rows)
    none = dataset.query("trade-by-year", year=1850)
    assert none.to_pandas().shape == none.to_polars().shape == (0, len(rows.columns))


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_library_that_is_missing(library: str, dataset: kzlod.OpenDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    rows = dataset.query("topics")
    convert = {"pandas": rows.to_pandas, "polars": rows.to_polars, "pyarrow": rows.to_arrow}[library]
    with pytest.raises(MissingError, match=f"{library} is not installed; run: pip install '{library}'") as raised:
        convert()
    assert isinstance(raised.value, ImportError)
    assert isinstance(raised.value, kzlod.KzlodError)


# Graphs.


def test_graph_is_all_of_it(dataset: kzlod.OpenDataset) -> None:
    graph = dataset.graph()
    counted = dataset.sparql("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")[0].n
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == counted
    assert graph.namespace_manager.expand_curie("thing:astana") == rdflib.URIRef("https://w3id.org/kzlod/thing/astana")


def test_construct(dataset: kzlod.OpenDataset) -> None:
    graph = dataset.construct("DESCRIBE thing:astana")
    assert set(graph.subjects()) == {rdflib.URIRef("https://w3id.org/kzlod/thing/astana")}


# Where it is opened.


def test_the_project_around_and_the_bundled_one(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny / "data")
    assert kzlod.open().project.id == "tiny"
    monkeypatch.chdir(tmp_path)
    assert kzlod.open().project.bundled
    assert kzlod.open("tiny").project.id == "tiny"


def test_a_file_and_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: kzlod.OpenDataset) -> None:
    file = tmp_path / "two.ttl"
    file.write_text("@prefix : <http://e/> . :a :p :b, :c .", "utf-8")
    opened = kzlod.open(file)
    assert len(opened.sparql("SELECT * { ?s ?p ?o }")) == 2
    assert str(file) in repr(opened)
    release = tmp_path / "release"
    release.mkdir()
    dataset.graph().serialize(release / "kazakhstan-china.nq", format="nt11", encoding="utf-8")
    rows = dataset.query("trade-by-year")
    assert list(map(str, kzlod.open(release).query("trade-by-year"))) == list(map(str, rows))


def test_an_endpoint(tmp_path: Path, dataset: kzlod.OpenDataset) -> None:
    with oxigraph(tmp_path) as store:
        body = dataset.graph().serialize(format="nt11").encode()
        request = Request(f"{store.graphs}?default", body, {"content-type": "application/n-triples"}, method="POST")
        urlopen(request, timeout=60).close()
        there = kzlod.open(store.query)
        for name, parameters in (("trade-by-year", {"year": 2024}), ("places", {})):
            assert list(map(str, there.query(name, **parameters))) == list(map(str, dataset.query(name, **parameters)))
        assert "Lianyungang" in there.sparql("SELECT ?s { ?s kzo:locatedIn thing:jiangsu }")._repr_html_()
        assert repr(there) == f"<kzlod dataset: {store.query}>"


def test_what_cannot_be_opened(tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="is not there"):
        kzlod.open(tmp_path / "nothing")
    append(tiny, "kzlod.toml", "[[[\n")
    with pytest.raises(ProjectError, match="is not TOML"):
        kzlod.open(tiny)


def test_a_cache_is_used(tiny: Path, tmp_path: Path) -> None:
    first = kzlod.open(tiny, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("*.nq"))) == 1
    again = kzlod.open(tiny, cache=tmp_path / "cache")
    assert list(map(str, first.query("figures"))) == list(map(str, again.query("figures")))


# The module.


def test_the_module_is_light_and_says_what_it_has() -> None:
    heavy = "('click', 'rich', 'httpx', 'duckdb', 'rdflib', 'pyoxigraph', 'pandas', 'altair', 'kzlod.api')"
    code = f"import sys, kzlod; print([m for m in {heavy} if m in sys.modules], set(kzlod.__all__) <= set(dir(kzlod)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[] True\n"
    )
    assert all(getattr(kzlod, name).__module__.startswith("kzlod.") for name in kzlod.__all__)
    with pytest.raises(AttributeError, match="no attribute 'opened'"):
        kzlod.opened  # noqa: B018


# Notebooks.


def test_html_of_rows_and_of_the_dataset(dataset: kzlod.OpenDataset) -> None:
    rows = dataset.sparql("SELECT ?s { ?s kzo:locatedIn thing:jiangsu }")
    assert "Lianyungang</a>" in rows._repr_html_()
    assert rows._repr_html_().startswith("<table>\n")
    every = dataset.sparql("SELECT ?s { ?s ?p ?o } LIMIT 1000")
    assert every._repr_html_().endswith("<p>and 940 more</p>\n")
    assert repr(every).endswith("(60 rows) and 940 more")
    assert "<code>trade-by-year</code>" in dataset._repr_html_()
    assert repr(dataset) == "<kzlod dataset: Kazakhstan and China: economic relations 0.1.0>"


def test_plot_is_a_chart_that_shows_itself(dataset: kzlod.OpenDataset) -> None:
    chart: Any = dataset.plot("trade-by-year", year=2024, language="zh")
    spec = chart.to_dict()
    assert spec["title"]["text"] == "Bilateral trade over time, with every source"
    assert len(next(iter(spec["datasets"].values()))) == 4 if "datasets" in spec else len(spec["data"]["values"]) == 4
    assert "哈萨克斯坦" in str(spec)


def _cells(notebook: Any) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def test_the_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell in _cells(notebook):
        assert not [output for output in cell.outputs if output.output_type == "error"]
    shown = [output for cell in _cells(notebook) for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in shown)
    assert any("image/svg+xml" in output.get("data", {}) for output in shown)


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all((cell.outputs, cell.execution_count) == ([], None) for cell in _cells(notebook))
    nbformat.validate(notebook)


def test_an_endpoint_that_asks_who_it_is(virtuoso_store: Store) -> None:
    assert virtuoso_store.credentials
    who = (virtuoso_store.credentials.user, virtuoso_store.credentials.password)
    assert kzlod.open(virtuoso_store.update, credentials=who).sparql("SELECT (1 AS ?one) {}")[0].one == 1
    with pytest.raises(RemoteError, match="401"):
        kzlod.open(virtuoso_store.update).sparql("SELECT (1 AS ?one) {}")
