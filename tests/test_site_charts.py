"""Charts and maps of pages: what is drawn where, for answers of every kind, for one row and for none."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzlod.query import CannedQuery
from kzlod.query.plotted import Plot
from kzlod.query.results import Table
from kzlod.web import mapped
from kzlod.web.chart import MOST, Bars, Curve, Ties, charts
from kzlod.web.mapped import HEIGHT, WIDTH, Map
from kzlod.web.numbers import grouped


def _query(kind: str, **columns: str) -> CannedQuery:
    return CannedQuery("q", {"en": "What it shows"}, {}, "", {}, Plot(kind, columns))


def _table(names: str, *rows: tuple[str | float | None, ...]) -> Table:
    terms = tuple(tuple(None if one is None else ox.Literal(one) for one in row) for row in rows)
    return Table(tuple(names.split()), terms, {})


@settings(deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=80))
def test_bars_are_as_long_as_their_values(values: list[float]) -> None:
    table = _table("y x", *((f"row {number}", value) for number, value in enumerate(values)))
    [bars] = charts(_query("bar", y="y", x="x"), table)
    assert isinstance(bars, Bars)
    assert len(bars.bars) + bars.more == len(values)
    assert len(bars.bars) <= MOST
    parts = [part for bar in bars.bars for part in bar.parts]
    assert len(parts) == len(bars.bars)
    longest = max(parts, key=lambda part: part.length)
    for part, value in zip(parts, values, strict=False):
        assert 0 <= part.start <= 100
        assert part.start + part.length <= 100.01
        if abs(value) > abs(values[parts.index(longest)]):
            assert part.length == pytest.approx(longest.length, abs=0.02)


def test_rows_are_counted_where_no_length_is_named() -> None:
    table = _table("y s", ("a", "one"), ("a", "one"), ("a", "two"), ("b", "two"))
    [bars] = charts(_query("bar", y="y", series="s"), table)
    assert isinstance(bars, Bars)
    assert [(bar.label, bar.note, bar.text) for bar in bars.bars] == [("a", "one: 2 · two: 1", "3"), ("b", "two", "1")]
    assert [[(part.start, part.length, part.series) for part in bar.parts] for bar in bars.bars] == [
        [(0, 66.67, 0), (66.67, 33.33, 1)],
        [(0, 33.33, 1)],
    ]
    assert bars.series == ("one", "two")


def test_a_row_without_a_series_says_so_in_the_language_of_the_page() -> None:
    table = _table("y x s", ("a", 1.0, "one"), ("b", 2.0, None))
    for language, said in (("en", "not given"), ("ru", "не указано")):
        [bars] = charts(_query("bar", y="y", x="x", series="s"), table, language)
        assert isinstance(bars, Bars)
        assert bars.series == ("one", said)
        assert [bar.note for bar in bars.bars] == ["one", said]


def test_each_unit_has_a_chart_of_its_own() -> None:
    table = _table("y x unit", ("a", 1.0, "USD"), ("b", 900.0, "PERCENT"), ("c", 2.0, "USD"))
    found = charts(_query("bar", y="y", x="x"), table)
    assert [(one.unit, [bar.parts[0].length for bar in one.bars]) for one in found if isinstance(one, Bars)] == [
        ("USD", [50.0, 100.0]),
        ("%", [100.0]),
    ]


def test_years_make_a_curve_and_other_periods_do_not() -> None:
    query = _query("line", x="x", y="y", series="s")
    [curve] = charts(query, _table("x y s", ("2020", 1.0, "a"), ("2022", 3.0, "a"), ("2021", 2.0, "b")))
    assert isinstance(curve, Curve)
    assert [(point.x, point.series) for point in curve.points] == [(0.0, 0), (100.0, 0), (50.07, 1)]
    [bars] = charts(query, _table("x y s", ("2020", 1.0, "a"), ("undated", 3.0, "a")))
    assert isinstance(bars, Bars)


@pytest.mark.parametrize("kind", ["bar", "line", "point"])
def test_one_row_is_drawn_and_none_is_not(kind: str) -> None:
    query = _query(kind, x="x", y="y")
    assert charts(query, _table("x y")) == []
    assert charts(query, _table("x y", (None, None))) == []
    assert len(charts(query, _table("x y", (1.0, 2.0)))) == 1


def test_ties_stand_beside_what_they_join() -> None:
    [ties] = charts(_query("network", **{"from": "a", "to": "b"}), _table("a b", ("x", "1"), ("y", "2"), ("x", "2")))
    assert isinstance(ties, Ties)
    left, right = ({name: y for y, name in side} for side in (ties.left, ties.right))
    assert {(tie.start, tie.end) for tie in ties.ties} == {
        (left["x"], right["1"]),
        (left["y"], right["2"]),
        (left["x"], right["2"]),
    }


def _places(*rows: tuple[str, float, float, str | None]) -> Map:
    query = _query("map", latitude="lat", longitude="lon", label="name", line="line")
    [found] = charts(query, _table("name lat lon line", *rows))
    assert isinstance(found, Map)
    return found


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-179, 179)), min_size=1, max_size=12))
def test_all_places_are_on_the_map(degrees: list[tuple[float, float]]) -> None:
    found = _places(*((f"p{number}", *at, None) for number, at in enumerate(degrees)))
    assert len(found.places) == len(degrees)
    for place in found.places:
        assert -0.5 <= place.x <= WIDTH + 0.5
        assert -0.5 <= place.y <= HEIGHT + 0.5


def test_a_line_joins_the_places_of_one_name() -> None:
    found = _places(("a", 1.0, 1.0, "road"), ("b", 2.0, 3.0, "road"), ("c", 2.0, 3.0, "alone"), ("a", 1.0, 1.0, None))
    assert [name for name, _ in found.lines] == ["road"]
    assert [place.label for place in found.places] == ["b", "c", "a"]


def test_outlines_are_read_from_topojson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A square of land in two arcs, the second of them backwards (TopoJSON 1.0, sections 2.1.3 and 2.1.4)."""
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [10, 20]},
        "arcs": [[[0, 0], [4, 0], [0, 4]], [[0, 0], [0, 4], [4, 0]]],
        "objects": {"land": {"geometries": [{"type": "Polygon", "arcs": [[0, -2]]}]}},
    }
    (tmp_path / "outline.json").write_text(json.dumps(topology), "utf-8")
    monkeypatch.setattr(mapped, "files", lambda _: tmp_path)
    mapped._outlines.cache_clear()
    land, arcs = mapped._outlines()
    assert land == [[(10, 20), (12, 20), (12, 22), (12, 22), (10, 22), (10, 20)]]
    assert len(arcs) == 2
    found = _places(("a", 21.0, 11.0, None))
    assert found.land.startswith("M")
    assert found.land.endswith("Z")
    mapped._outlines.cache_clear()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_grouped_digits_are_the_number(number: object) -> None:
    assert grouped(str(number)).replace(",", "").replace("−", "-") == str(number)
    assert grouped(str(number), "ru").replace("\u202f", "").replace("−", "-").replace(",", ".") == str(number)


def test_a_number_is_written_as_its_language_has_it() -> None:
    assert [grouped("-1234567.5", language) for language in ("en", "kk", "ru", "zh")] == [
        "−1,234,567.5",
        "−1\u202f234\u202f567,5",
        "−1\u202f234\u202f567,5",
        "−1,234,567.5",
    ]
    assert [grouped(text) for text in ("2024", "20240", "1e9", "INF", "about 3")] == [
        "2024",
        "20,240",
        "1e9",
        "INF",
        "about 3",
    ]


def test_charts_write_numbers_and_units_in_the_language_of_the_page() -> None:
    [bars] = charts(_query("bar", y="y", x="x"), _table("y x unit", ("a", 41000.5, "TONNE")), "ru")
    assert isinstance(bars, Bars)
    assert (bars.unit, bars.bars[0].text) == ("тонн", "41\u202f000,5")
