"""Pictures of answers: what a header says is drawn, whole and without a connection; what cannot be drawn says why."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

import kzlod
from kzlod.errors import QueryError
from kzlod.plot import chart, draw
from kzlod.plot.marks import Marks
from kzlod.plot.places import _named
from kzlod.project import Project
from kzlod.query import CannedQuery, Table, catalog
from kzlod.query.plotted import KINDS, Plot, plotted
from kzlod.query.results import Node
from tests.editing import ROOT

Run = Callable[..., Result]
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [query for query in catalog(Project.read(ROOT)) if query.plot]


@pytest.fixture(scope="module")
def dataset() -> kzlod.OpenDataset:
    """The reference dataset, opened once."""
    return kzlod.open(ROOT)


def table(columns: str, *rows: tuple[object, ...]) -> Table:
    """A table of Python values."""

    def term(value: object) -> Node | None:
        return None if value is None else ox.Literal(value)  # type: ignore[arg-type]

    return Table(tuple(columns.split()), tuple(tuple(map(term, row)) for row in rows), {})


def query(kind: str, **columns: str) -> CannedQuery:
    return CannedQuery("q", {"en": "What it shows"}, {}, "", {}, Plot(kind, columns))


def texts(path: Path) -> list[str]:
    """The texts of an SVG, line by line."""
    lines = [line for one in ElementTree.parse(path).iter(f"{SVG}text") for line in one.iter()]
    return [line.text for line in lines if line.text]


def spec(asked: CannedQuery, answer: Table) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(chart(asked, answer, dataset="Set 1").to_json())
    return made


# The canned queries.


def test_every_kind_is_used() -> None:
    assert {one.plot.kind for one in DRAWN if one.plot} == set(KINDS)


@pytest.mark.parametrize("asked", DRAWN, ids=lambda one: one.name)
def test_a_picture_has_title_sources_and_all_its_rows(
    asked: CannedQuery, dataset: kzlod.OpenDataset, tmp_path: Path
) -> None:
    path = tmp_path / "drawn.svg"
    answer = dataset.query(asked.name).table
    draw(asked, answer, path, dataset="Set 1")
    shown = texts(path)
    assert asked.summary in shown
    assert "Set 1" in shown
    assert asked.plot is not None
    columns = asked.plot.columns
    if "source" in answer.variables or "source" in columns:
        assert any(text.startswith("Source") for text in shown)
    categories = {"bar": "y", "map": "label", "network": "to"}.get(asked.plot.kind)
    if categories:
        named = {answer.shown(row[columns[categories]]) for row in answer}
        ends = {name[:12] for name in named if name} - {"it"}
        assert not {end for end in ends if not any(text.startswith(end) for text in shown)}
    assert "NaN" not in path.read_text("utf-8")


def test_axes_have_their_units(dataset: kzlod.OpenDataset, tmp_path: Path) -> None:
    asked = next(one for one in DRAWN if one.name == "trade-by-year")
    draw(asked, dataset.query("trade-by-year").table, tmp_path / "a.svg", dataset="Set 1")
    shown = texts(tmp_path / "a.svg")
    assert {"Period", "Value (USD)", "100 billion", "Said by", "Gao Yingshi", "undated"} <= set(shown)
    periods = [text for text in shown if re.search("(19|20)[0-9]{2}$", text) and "Bilateral" not in text]
    assert periods == ["1992", "2023", "January to April 2024", "2024", "January to April 2025"]


# Kinds.


def test_a_line_joins_years_and_leaves_what_is_none() -> None:
    rows = [("2020", 1, "a"), ("January 2021", 2, "a"), ("2022", 3, "a"), ("undated", 4, "a")]
    made = spec(query("line", x="x", y="y", series="s"), table("x y s", *rows))
    lines, points = made["layer"]
    assert lines["transform"] == [{"filter": "test(/^[0-9]{4}$/, datum.x)"}]
    assert "transform" not in points
    years = spec(query("line", x="x", y="y"), table("x y", ("2020", 1), ("2021", 2)))
    assert years["layer"][0]["encoding"]["x"]["type"] == "temporal"
    assert "transform" not in years["layer"][0]


def test_numbers_of_several_units_share_no_axis() -> None:
    rows = [("a", 1, "USD"), ("b", 2, "PERCENT")]
    made = spec(query("bar", y="y", x="x"), table("y x unit", *rows))
    assert made["facet"]["row"]["sort"] == ["USD", "PERCENT"]
    assert made["resolve"]["scale"] == {"x": "independent", "y": "independent"}
    assert "facet" not in spec(query("bar", y="y", x="x"), table("y x unit", *rows[:1]))


def test_bars_count_rows_where_no_column_is_named() -> None:
    made = spec(query("bar", y="y"), table("y", ("a",), ("a",), ("b",)))
    assert made["encoding"]["x"]["aggregate"] == "count"


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        (query("line", x="x", y="y"), ("2020", 1)),
        (query("bar", x="y", y="x"), ("a", 0)),
        (query("point", x="y", y="x"), ("a", -1.5)),
        (query("map", longitude="x", latitude="y"), (0, 90)),
        (query("network", **{"from": "x", "to": "y"}), ("a", "a")),
    ],
    ids=lambda one: one.plot.kind if isinstance(one, CannedQuery) else "",
)
@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_one_row_is_enough(asked: CannedQuery, row: tuple[object, ...], suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"one.{suffix}"
    draw(asked, table("x y", row), path, dataset="Set 1")
    if suffix == "svg":
        assert "What it shows" in texts(path)
    else:
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert min(width, height) > 100


@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.text("abé磨", min_size=1, max_size=30)),
        min_size=1,
        max_size=12,
    )
)
def test_no_two_names_of_a_map_overlap(rows: list[tuple[float, float, str]]) -> None:
    marks = Marks.of(query("map", longitude="x", latitude="y", label="l"), table("x y l", *rows))
    named = _named(marks, (-180, 90), (2, 2))
    assert len(named) == len(rows)
    lines = sorted((one["label_latitude"], one["left"], one["label_longitude"]) for one in named)
    assert len(lines) == len(set(lines))


def test_the_same_answer_gives_the_same_picture(dataset: kzlod.OpenDataset, tmp_path: Path) -> None:
    asked = next(one for one in DRAWN if one.plot and one.plot.kind == "network")
    answer = dataset.query(asked.name).table
    for name in ("a.svg", "b.svg"):
        draw(asked, answer, tmp_path / name, dataset="Set 1")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_page_of_html_needs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    draw(query("bar", y="y"), table("y", ("</script><b>磨",)), path, dataset="<Set & 1>")
    page = path.read_text("utf-8")
    assert '<html lang="en">' in page
    assert "<title>What it shows</title>" in page
    assert not re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["']?(?:https?:)?//""", page)
    assert "</script><b>" not in page
    assert page.count("<script") == page.count("</script>")


# What cannot be drawn.


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("line", "its plot is not a table of names; write it as `plot: {kind: line, x: year, y: value}`"),
        ({"kind": "pie", "x": "a"}, "unknown kind 'pie'; use line, bar, point, map, network"),
        ({"x": "a"}, "unknown kind ''"),
        ({"kind": "line", "x": "a"}, "its plot of kind line has no y; name the column of each of: x, y"),
        ({"kind": "map", "latitude": "a", "longitude": "b", "x": "c"}, "has no role 'x'; it has: latitude"),
        ({"kind": "bar", "y": 1}, "is not a table of names"),
    ],
)
def test_a_header_that_is_wrong(header: object, said: str) -> None:
    with pytest.raises(QueryError) as raised:
        plotted(header, "queries/q.rq")
    assert str(raised.value).startswith("queries/q.rq: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        (query("bar", y="y"), table("y"), "the query q gives no rows: there is nothing to draw"),
        (query("bar", y="y", x="x"), table("x y", (None, 1)), "gives no row with x and y as numbers"),
        (query("map", latitude="x", longitude="y"), table("x y", ("a", "b")), "no row with x and y as numbers"),
        (query("bar", y="z"), table("x y", (1, 1)), "draws y from 'z', which it does not give; it gives: x, y"),
        (query("bar", y="y", x="x"), table("x y", (float("inf"), 1)), "no row with x and y as numbers"),
    ],
)
def test_nothing_to_draw(asked: CannedQuery, answer: Table, said: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=re.escape(said)):
        draw(asked, answer, tmp_path / "a.svg", dataset="Set 1")
    assert list(tmp_path.iterdir()) == []


# Through the command line.


def test_query_draws(tmp_path: Path, kzlod: Run) -> None:
    path = tmp_path / "trade.svg"
    result = kzlod("query", "trade-by-year", "--project", ROOT, "--plot", path, "--lang", "ru")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{path}: drawn from 9 rows\n", "")
    assert {"Казахстан", "Центральная Азия"} <= set(texts(path))
    assert "Казахстан и Китай: экономические отношения 0.1.0" in texts(path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("names", "--plot", "a.svg"), "the query names does not say how it is drawn"),
        (("trade-by-year", "--plot", "a.pdf"), "a.pdf: is no name of a picture; name it .svg, .png or .html"),
        (("trade-by-year", "--plot", "none/a.svg"), "none/a.svg: its folder is not there; make it first"),
        (("trade-by-year", "--plot", "a.svg", "-p", "year=1850"), "gives no rows: there is nothing to draw"),
    ],
)
def test_what_query_does_not_draw(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    result = kzlod("query", *arguments, "--project", ROOT)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_the_extra(missing: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None\nfrom kzlod.cli import main; main()"
    command = [sys.executable, "-c", code, "query", "topics", "--project", str(ROOT), "--plot", str(tmp_path / "a.svg")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert result.returncode == 2
    assert result.stderr == f"kzlod: {missing} is not installed; run: pip install 'kzlod[plot]'\n"
