"""Canned queries on a static site: asked by their forms, answered in the browser, as the server answers them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from kzlod.errors import QueryError
from kzlod.query import CannedQuery, Engine, Parameter, Table, catalog
from kzlod.query.plotted import Plot
from kzlod.web.addresses import HTML, named
from kzlod.web.answered import Outcome
from kzlod.web.bundle import bundle
from kzlod.web.chart import COLOURS, Bars, Curve, Ties, charts
from kzlod.web.context import asked
from kzlod.web.endpoint import values
from kzlod.web.mapped import Map
from kzlod.web.messages import fields
from kzlod.web.opened import OpenRelease
from kzlod.web.pages import ICON, POLICY, STYLE, Site, query_page, shipped
from tests.browsing import hosted
from tests.editing import ROOT
from tests.scripted import Visit, browser, unreachable, visiting
from tests.serving import Served
from tests.test_queries import CASES, EXPECTED, PROJECT, case
from tests.test_script_browser import rows
from tests.test_site_browser import SHIFT

__all__ = ["browser"]
HEADERS = {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
QUERIES = {query.name: query for query in catalog(PROJECT)}
SCRIPT = ROOT / "src" / "kzlod" / "web" / "script"
PARAMETERS = [
    Parameter("text"),
    Parameter("usual", default='a "b"\n'),
    Parameter("number", "integer", default="7"),
    Parameter("size", "decimal"),
    Parameter("day", "date"),
    Parameter("thing", "iri", base="https://e.org/thing/"),
    Parameter("plain", "iri"),
    Parameter("kind", "iri", base="https://e.org/kind/", allowed=("city", "town")),
]
_SLOTS = " ".join(f"VALUES ?{one.name} {{ UNDEF }}" for one in PARAMETERS)
QUERY = CannedQuery(
    "q", {}, {}, f"SELECT * {{ {_SLOTS} values ?text{{undef}} }}", {one.name: one for one in PARAMETERS}
)


def _drawn(name: str, kind: str, columns: str, data: str, **roles: str) -> CannedQuery:
    """A query that gives the rows that it holds itself."""
    variables = " ".join(f"?{column}" for column in columns.split())
    text = f"SELECT {variables} {{ VALUES ?n {{ UNDEF }} VALUES ({variables}) {{ {data} }} }}"
    return CannedQuery(f"drawn-{name}", {"en": name}, {}, text, {"n": Parameter("n", "integer")}, Plot(kind, roles))


DRAWN = [
    _drawn(
        "years",
        "line",
        "x y s",
        "('2020' 1 'a') ('2022' 4.5 'a') ('2021' -2 'b') ('2023' 1 UNDEF)",
        x="x",
        y="y",
        series="s",
    ),
    _drawn("months", "point", "x y", "('2020-01' 1) ('2020-02' 2) ('2020-02' 'no number')", x="x", y="y"),
    _drawn("numbers", "point", "x y unit", "(1 2 'M') (3 4 'M') (5 6 'KiloM') (7 8 'KiloM')", x="x", y="y"),
    _drawn("names", "point", "x y unit", "(1 'a' 'M') (3 'b' 'M') (5 'b' UNDEF) (UNDEF 'c' 'M')", x="x", y="y"),
    _drawn("one", "line", "x y", "('2020' 1) ('2020' 2)", x="x", y="y"),
    _drawn("counted", "bar", "y s", "('a' 'x') ('a' 'x') ('a' 'z') ('b' UNDEF) (UNDEF 'x')", y="y", series="s"),
    _drawn("long", "bar", "y x", " ".join(f"('{n}' {n - 9})" for n in range(70)), y="y", x="x"),
    _drawn("tied", "network", "a b", "('a' 'b') ('a' 'b') ('c' 'b') (UNDEF 'b')", **{"from": "a", "to": "b"}),
    _drawn(
        "kinds",
        "network",
        "a b s",
        "('a' 'b' 'x') ('a' 'b' 'y') ('c' 'b' 'x') ('c' 'a' UNDEF)",
        **{"from": "a", "to": "b"},
        series="s",
    ),
    _drawn(
        "series",
        "bar",
        "y x s source",
        " ".join(f"('{n}' {n} '{n % 11}' 'from {n}')" for n in range(1, 25)),
        y="y",
        x="x",
        series="s",
    ),
    _drawn(
        "mapped",
        "map",
        "n1 e1 t",
        "(1 2 'a') (3.5 -4 'b') (5 UNDEF 'c') ('x' 2 'd')",
        latitude="n1",
        longitude="e1",
        label="t",
    ),
    _drawn("nothing", "line", "x y", "('2020' UNDEF)", x="x", y="y"),
]
HOSTILE = [
    *(
        '" } DROP ALL #',
        "'''",
        '"""',
        "\\",
        '\\"',
        "\\u0022",
        "a\nb",
        "a\rb",
        "\t\b\f\x00\x1f\x7f",
        "\ufffe\uffff",
        "é𝄞中",
    ),
    *("> } #", "<http://e/>", "http://e/a b", "http://e/%zz", "http://e/%41", "x:", "x:{", "%", "$&", "$1", "$`", "{}"),
    *(
        "VALUES ?usual { UNDEF }",
        "} VALUES ?text { UNDEF } #",
        "__proto__",
        "city",
        "town ",
        "\u2028",
        "\ufeff",
        "0",
        "",
    ),
    *(
        "007",
        "+1",
        "-",
        "1.",
        ".5",
        "1e3",
        "٣",
        "１",
        "9" * 18,
        "9" * 19,
        "1\n",
        "2024-02-29",
        "2023-02-29",
        "2024-2-9",
    ),
    *("0000-01-01", "0001-01-01", "9999-12-31", "2024-13-01", "2024-01-32", "20240101", "2024-W01-1", "2024-01-01\n"),
]
_TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
_NAME = st.sampled_from([*QUERY.parameters, "nothing", "toString"])
_FILL = """async ([address, pieces, parameters, queries]) => {
  const { fill, given } = await import(address);
  return queries.map((query) => {
    try { return fill(pieces, parameters, given(new URLSearchParams(query), parameters)); } catch (error) {
      return error instanceof Error && error.constructor === Error ? null : String(error);
    }
  });
}"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page that may import the scripts as they are written, and the address of the one that fills."""
    folder = tmp_path_factory.mktemp("scripts")
    for name in ("fill.js", "words.js"):
        shutil.copy(SCRIPT / name, folder)
    (folder / "page.html").write_text("<!DOCTYPE html><title>t</title><link rel=icon href=data:,>", "utf-8")
    with hosted(folder, HEADERS) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/page.html")
        yield page, f"{url}/fill.js"


def filled(query: str) -> str | None:
    """What the server asks the engine; None where it refuses."""
    try:
        return QUERY.fill(values(fields(query)))
    except QueryError:
        return None


def check(scripts: tuple[Page, str], queries: list[str]) -> None:
    page, address = scripts
    known = json.loads(json.dumps(asked(QUERY, {})))
    found = page.evaluate(_FILL, [address, known["pieces"], known["parameters"], queries])
    for query, one in zip(queries, found, strict=True):
        assert one == filled(query), query


def test_a_browser_fills_as_the_server_does(scripts: tuple[Page, str]) -> None:
    queries = [urlencode({name: value}) for name in QUERY.parameters for value in HOSTILE]
    assert sum(filled(query) is None for query in queries) > 50
    assert sum(filled(query) is not None for query in queries) > 100
    check(
        scripts,
        [*queries, "", "text=a&text=a", "text=a&text=b", "text=&text=b", "nothing=1", "nothing=", "text=a+b%2B"],
    )


def test_a_browser_is_sent_no_header() -> None:
    for query in QUERIES.values():
        sent = asked(query, {})
        assert "#+" not in json.dumps(sent)
        assert "".join(text for text, _ in sent["pieces"]) == query.text[query.text.index("PREFIX ") :]
        assert {key for one in sent["parameters"] for key in one} <= {"name", "type", "default", "allowed", "base"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(_NAME, _TEXT), max_size=4), max_size=12))
def test_whatever_a_browser_is_given(scripts: tuple[Page, str], given_: list[list[tuple[str, str]]]) -> None:
    check(scripts, [urlencode(pairs) for pairs in given_])


@pytest.fixture(scope="module")
def site(reference_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of the canned queries of a static site stand, with the files that they need."""
    if not bundle():
        pytest.skip("the scripts are not bundled: make web")
    folder = tmp_path_factory.mktemp("queries")
    release = OpenRelease.open(reference_release, cache=folder / "cache")
    static, ask = Site(release, live=False), Engine(reference_release, release.project.prefixes).ask
    made = {name: shipped(name) for name in (STYLE, ICON)}
    made |= {address: file.read_bytes() for address, file in bundle().items()}
    dump = "kazakhstan-china.nq.zst"
    made[f"release/kazakhstan-china/{release.project.version}/{dump}"] = (reference_release / dump).read_bytes()
    for query in (*release.queries.values(), *DRAWN):
        outcome = Outcome(ask(query.fill({})))
        for tag, language in (("", "en"), ("ru/", "ru")):
            for number in range(1, outcome.pages + 1):
                address = tag + named(f"queries/{query.name}", HTML, number)
                made[address] = query_page(static, query, {}, outcome, language, number)
    for address, content in made.items():
        path = folder / "site" / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with hosted(folder / "site", HEADERS) as url:
        yield url


MARKS = ("rect.bar", "circle", "path.line", "line.line")


def answered(visit: Visit) -> None:
    """Wait until the page has its answer."""
    expect(visit.page.locator("section.answer > *").first).to_be_visible()
    expect(visit.page.locator("form[aria-busy]")).to_have_count(0)


def marks(page: Page, selectors: dict[str, str]) -> dict[str, int]:
    """How much of each kind is drawn."""
    return {name: page.locator(selector).count() for name, selector in selectors.items()}


def test_answers_and_charts_are_those_of_the_server(site: str, live: Served, browser: Browser) -> None:
    """For the cases whose results a reader has judged (`test_queries`)."""
    cases = [case(stem) for stem in CASES if "@" in stem]
    drawn = set[str]()
    with visiting(browser, site, "/queries/trade-by-year.html") as visit, browser.new_page() as there:
        for name, given_ in cases:
            address = f"queries/{name}.html?{urlencode(given_)}"
            visit.page.goto(f"{site}/{address}")
            answered(visit)
            expected = (EXPECTED / f"{'@'.join([name, *(f'{k}={v}' for k, v in given_.items())])}.csv").read_text(
                "utf-8"
            )
            assert visit.page.locator(".answer [role=alert]").all_inner_texts() == [], address
            assert rows(visit.saved("CSV")) == rows(expected), address
            link = visit.page.get_by_role("link", name="Link to this answer").get_attribute("href")
            assert link == f"{site}/{address}"
            if QUERIES[name].plot:
                there.goto(f"{live.url}/{address}")
                server = marks(
                    there, {"bars": "figure.bars ol li", "points": "figure circle", "ties": "figure.ties line"}
                )
                here = {
                    "bars": ".drawing rect.bar",
                    "points": ".drawing circle",
                    "ties": ".drawing line.line",
                }
                assert marks(visit.page, here) == server, address
                drawn.update(kind for kind, count in server.items() if count)
    assert drawn == {"bars", "ties"}


@pytest.mark.parametrize("query", DRAWN, ids=lambda query: query.name)
def test_a_chart_has_the_marks_of_the_server(site: str, browser: Browser, query: CannedQuery) -> None:
    table = Engine(b"", {}).ask(query.fill({}))
    assert isinstance(table, Table)
    marks, colours, legends = Counter[str](), Counter[str](), list[str]()
    for one in charts(query, table):
        match one:
            case Bars():
                marks["rect.bar"] += len(one.bars)
                colours.update(f"s{bar.parts[0].series}" for bar in one.bars)
            case Curve():
                marks["circle"] += len(one.points)
                marks["path.line"] += len(one.lines) if one.lines else 0
                colours.update(f"s{number}" for number in [*(p.series for p in one.points), *(n for n, _ in one.lines)])
            case Ties():
                marks["line.line"] += len(one.ties)
                colours.update(f"s{tie.series}" for tie in one.ties)
            case Map():
                marks["circle"] += len(one.places)
        if len(one.series) > 1:
            legends += [*one.series[:COLOURS], *([f"… +{len(one.series) - COLOURS}"] if one.series[COLOURS:] else [])]
    with visiting(browser, site, f"/queries/{query.name}.html?n=1") as visit:
        answered(visit)
        found = {name: visit.page.locator(f".drawing {name}").count() for name in MARKS}
        assert found == {name: marks[name] for name in MARKS}
        if query.name not in ("drawn-mapped", "drawn-counted"):  # which are in one colour
            drawn = visit.page.locator(".drawing > svg").locator(".bar, .point, .line")
            classes = drawn.evaluate_all("all => all.map(one => one.classList[1])")
            assert Counter(classes) == colours
            assert visit.page.locator(".drawing .legend li").all_inner_texts() == legends
            fills = drawn.evaluate_all(
                "all => all.map(one => [getComputedStyle(one).fill, getComputedStyle(one).stroke].join())"
            )
            assert len(set(fills)) >= min(len(set(colours)), COLOURS)


def test_a_mark_says_its_series_and_source(site: str, browser: Browser) -> None:
    with visiting(browser, site, "/queries/drawn-series.html?n=1") as visit:
        answered(visit)
        titles = visit.page.locator(".drawing .bar title").all_text_contents()
        assert titles[10:12] == ["11 · 0 · from 11: 11", "12 · 1 · from 12: 12"]


@pytest.mark.parametrize("name", ["trade-by-year", "drawn-years"])
def test_columns_are_called_as_by_the_server(site: str, browser: Browser, name: str) -> None:
    """In the table, and where a chart is chosen; one of the queries has a column that there is no word for."""
    heads = "all => all.map(one => [one.textContent, one.lang])"
    with visiting(browser, site, f"/ru/queries/{name}.html") as visit:
        page = visit.page
        usual = page.locator("[data-answer] thead th").evaluate_all(heads)
        page.locator("form.ask input").fill("2024")
        page.locator("form.ask input").press("Enter")
        answered(visit)
        assert page.locator("section.answer thead th").evaluate_all(heads) == usual
        assert (["s", "en"] in usual) == (name == "drawn-years")
        page.get_by_role("button", name="Диаграмма").click()
        choices = page.locator("section.answer select").last.locator("option").all_text_contents()
        assert choices[1:] == [text for text, _ in usual]


def test_a_form_is_filled_sent_and_gone_back_from(site: str, browser: Browser) -> None:
    with visiting(browser, site, "/ru/queries/trade-by-year.html") as visit:
        page = visit.page
        usual = page.locator("[data-answer]")
        expect(usual).to_be_visible()
        assert [one for one in visit.requests if one.endswith((".wasm", ".zst"))] == []
        page.get_by_label("год").fill("2023")
        page.get_by_role("button", name="Спросить").click()
        answered(visit)
        expect(page.get_by_role("cell", name="more than $41 billion")).to_be_visible()
        assert page.url == f"{site}/ru/queries/trade-by-year.html?year=2023"
        expect(usual).to_be_hidden()
        page.get_by_label("год").fill("soon")
        page.get_by_label("год").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("не принимает «soon»")
        page.go_back()
        expect(page.get_by_role("cell", name="more than $41 billion")).to_be_visible()
        assert page.get_by_label("год").input_value() == "2023"
        page.go_back()
        expect(usual).to_be_visible()
        assert page.get_by_label("год").input_value() == ""
        expect(page.locator("section.answer > *")).to_have_count(0)


def test_a_form_that_is_sent_before_its_script_is_there_is_answered_too(site: str, browser: Browser) -> None:
    with visiting(browser, site, "/ru/queries/trade-by-year.html") as visit:
        page, script = visit.page, "**/canned-*.js"
        visit.expected = ("ERR_FAILED", "dynamically imported module")
        page.route(script, lambda route: route.abort())
        page.reload()
        page.get_by_label("год").fill("2023")
        page.unroute(script)
        page.get_by_role("button", name="Спросить").click()
        answered(visit)
        expect(page.get_by_role("cell", name="more than $41 billion")).to_be_visible()
        page.go_back()
        expect(page.locator("[data-answer]")).to_be_visible()
        assert page.get_by_label("год").input_value() == ""  # what the answer is for
        assert len([one for one in visit.requests if one.endswith(".zst")]) == 1


def test_the_form_of_a_further_page_asks_at_the_first(site: str, browser: Browser) -> None:
    further, first = f"{site}/ru/queries/assessments.page-2.html", f"{site}/ru/queries/assessments.html"
    with visiting(browser, site, "/ru/queries/assessments.html") as visit:
        page = visit.page
        page.get_by_role("link", name="Следующая страница").click()
        assert page.url == f"{further}#answer"
        page.locator("#p-stance").select_option("doubt")
        page.get_by_role("button", name="Спросить").click()
        answered(visit)
        assert page.url == f"{first}?stance=doubt"
        assert rows(visit.saved("CSV")) == rows((EXPECTED / "assessments@stance=doubt.csv").read_text("utf-8"))
        page.go_back()
        expect(page.locator("[data-answer]")).to_be_visible()
        assert page.url == f"{further}#answer"
        page.get_by_role("button", name="Спросить").click()
        expect(page.locator("nav.pages")).to_contain_text("Страница 1 из 5")  # of the usual values too
        assert page.url == first
        page.goto(f"{further}?stance=doubt")  # as a server answers it
        answered(visit)
        expect(page.locator("[data-answer]")).to_be_hidden()
        assert page.get_by_role("link", name="Ссылка на этот ответ").get_attribute("href") == f"{first}?stance=doubt"


@pytest.mark.parametrize("query", ["text=%22%20%7D%20UNION%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%23", "text=%0A'''%5C"])
def test_a_hostile_text_is_only_looked_for(site: str, browser: Browser, query: str) -> None:
    with visiting(browser, site, f"/queries/search.html?{query}") as visit:
        expect(visit.page.get_by_text("there are no rows")).to_be_visible()


def test_what_the_address_must_not_say(site: str, browser: Browser) -> None:
    with visiting(browser, site, "/queries/search.html?nothing=1") as visit:
        expect(visit.page.get_by_role("alert")).to_have_text("The query has no parameter nothing.")
        visit.page.goto(f"{site}/queries/conflicts.html?grade=other")
        expect(visit.page.get_by_role("alert")).to_contain_text("same, overlapping, undated")
        visit.page.goto(f"{site}/queries/search.html?text=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
        expect(visit.page.get_by_text("there are no rows")).to_be_visible()
        assert visit.page.locator("main img").count() == 0


def test_without_webassembly_or_script_the_page_says_so(site: str, browser: Browser) -> None:
    said = "the answer below is the one for the usual values"
    with visiting(browser, site, "/queries/search.html?text=x", before="delete globalThis.WebAssembly") as visit:
        expect(visit.page.get_by_text("has no WebAssembly")).to_contain_text(said)
        expect(visit.page.locator("[data-answer]")).to_be_visible()
        assert visit.page.locator("form.ask").count() == 0
    with visiting(browser, site, "/queries/search.html", java_script_enabled=False) as visit:
        assert said in visit.page.locator("main").inner_text()
        expect(visit.page.locator("form.ask")).to_be_hidden()


def test_nothing_moves_and_nothing_is_a_barrier(site: str, browser: Browser) -> None:
    with visiting(browser, site, "/queries/trade-by-year.html", bypass_csp=True) as visit:
        assert visit.page.evaluate(SHIFT) == 0
        visit.page.goto(f"{site}/queries/trade-by-year.html?year=2024")
        answered(visit)
        assert unreachable(visit) == []
