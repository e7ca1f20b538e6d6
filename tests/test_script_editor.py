"""The SPARQL page of the live server with its scripts: the editor, and answers as table, chart, map and file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.scripted import HOSTILE, Visit, browser, visiting
from tests.serving import SCRIPT, Served

__all__ = ["browser"]
SOURCES = "SELECT ?source { ?source a kz:Source } ORDER BY ?source"


@pytest.fixture
def visit(browser: Browser, live: Served) -> Iterator[Visit]:
    """The SPARQL page of the reference dataset."""
    with visiting(browser, live.url, "/sparql.html") as visit:
        yield visit


def test_what_is_typed_is_asked_and_answered_with_labels_that_lead_on(visit: Visit) -> None:
    page = visit.page
    page.locator(".cm-content").click()
    expect(page.get_by_role("textbox", name="Query")).to_be_focused()
    page.keyboard.type("SELECT ?place { ?place a kzo:Place ; rdfs:label 'Kazakhstan'@en")
    page.keyboard.press("Escape")
    assert page.locator(".cm-content span").count() > 3
    visit.ask("SELECT ?place { VALUES ?place { thing:kazakhstan } }")
    link = page.get_by_role("link", name="Kazakhstan", exact=True)
    expect(link).to_have_attribute("title", "https://w3id.org/kzlod/thing/kazakhstan")
    link.click()
    assert page.url == f"{visit.home}/thing/kazakhstan.html"


def test_the_editor_proposes_prefixes_terms_and_variables(visit: Visit) -> None:
    page = visit.page
    page.locator(".cm-content").click()
    page.keyboard.type("SELECT ?source { ?source a kz:Sou", delay=10)
    expect(page.get_by_role("option", name="kz:Source", exact=False).first).to_be_visible()
    page.wait_for_timeout(150)  # a proposal is taken when it has been there for a moment
    page.keyboard.press("Enter")
    page.keyboard.type(" . ?so", delay=10)
    expect(page.get_by_role("option", name="?source")).to_be_visible()
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    page.keyboard.type(" skos", delay=10)
    expect(page.get_by_role("option", name="skos:", exact=False).first).to_be_visible()
    assert page.locator("textarea").input_value().startswith("SELECT ?source { ?source a kz:Source . ?source skos")


def test_the_form_asks_before_the_editor_is_there(visit: Visit) -> None:
    visit.page.route("**/editor-*.js", lambda route: route.abort())
    visit.expected = ("ERR_FAILED",)
    visit.page.reload()
    visit.page.locator("textarea").fill("SELECT ?place { VALUES ?place { thing:kazakhstan } }")
    visit.page.get_by_role("button", name="Ask").click()
    expect(visit.page.locator("[role=status]")).to_contain_text("Rows: 1")
    expect(visit.page.get_by_role("link", name="Kazakhstan", exact=True)).to_be_visible()
    assert visit.page.locator(".cm-content").count() == 0


def test_tab_leaves_the_editor(visit: Visit) -> None:
    visit.write("SELECT ?s {")
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_label("Format")).to_be_focused()
    visit.page.keyboard.press("Shift+Tab")
    expect(visit.page.locator(".cm-content")).to_be_focused()


def test_what_is_typed_over_a_selection_replaces_it(visit: Visit) -> None:
    visit.write("SELECT ?s { ?s a kz:Source }")
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.type("A")
    assert visit.page.locator("textarea").input_value() == "A"


def test_files_hold_the_answer(visit: Visit, live: Served) -> None:
    visit.ask("SELECT ?s ?o { ?s rdfs:label ?o FILTER(CONTAINS(?o, ',') || LANG(?o) = 'zh') } ORDER BY ?s ?o")
    asked = live.sparql(visit.page.locator("textarea").input_value(), accept="text/csv")
    assert visit.saved("CSV") == asked.text
    visit.ask(f"SELECT ?source ?none {{ {SOURCES.partition('{')[2]}")
    bindings = json.loads(visit.saved("JSON"))["results"]["bindings"]
    assert bindings == live.sparql(SOURCES).json()["results"]["bindings"]
    visit.ask("CONSTRUCT WHERE { ?s a kz:Source }")
    assert visit.saved("Turtle") == visit.page.locator("pre").inner_text()
    visit.ask("ASK { ?s a kz:Source }")
    expect(visit.page.get_by_text("Yes", exact=True)).to_be_visible()
    assert json.loads(visit.saved("JSON"))["boolean"] is True


def test_many_rows_are_turned_over(visit: Visit) -> None:
    visit.ask("SELECT ?s ?p { ?s ?p ?o } ORDER BY ?s ?p LIMIT 2100")
    page = visit.page
    expect(page.get_by_text("Rows 1 to 1000 of 2100")).to_be_visible()
    assert page.locator("tbody tr").count() == 1000
    for text, count in (("Rows 1001 to 2000 of 2100", 1000), ("Rows 2001 to 2100 of 2100", 100)):
        page.get_by_role("button", name="Next rows").click()
        expect(page.get_by_text(text)).to_be_visible()
        assert page.locator("tbody tr").count() == count
    expect(page.get_by_role("button", name="Next rows")).to_be_disabled()
    assert visit.saved("CSV").count("\r\n") == 2101


def test_numbers_are_drawn(visit: Visit) -> None:
    page = visit.page
    visit.ask("SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n) LIMIT 7")
    page.get_by_role("button", name="Chart").click()
    expect(page.get_by_role("img", name="Chart of n, points: 7")).to_contain_text("Mention")
    assert page.locator("rect.bar").count() == 7
    visit.ask("SELECT ?year ?n { VALUES (?year ?n) { ('2023' 41) ('2024' 30.05) ('2022' -3) } }")
    page.get_by_role("button", name="Chart").click()
    assert page.locator("circle.point").count() == 3
    assert page.locator("path.line").count() == 1
    page.get_by_label("By").select_option("")
    assert page.locator("rect.bar").count() == 3
    visit.ask("SELECT ?day ?n { ?s ?p ?o BIND('2024-01-01' AS ?day) BIND(1 AS ?n) } LIMIT 3000")
    page.get_by_role("button", name="Chart").click()
    expect(page.get_by_text("The first 2000 of 3000 rows are drawn.")).to_be_visible()
    visit.ask("SELECT ?year { VALUES ?year { 'a' } }")
    page.get_by_role("button", name="Chart").click()
    expect(page.get_by_text("There is nothing to draw")).to_be_visible()


@pytest.mark.parametrize("value", ["0", "-5", "1e300", "7"])
def test_a_chart_of_one_point_stays_whole(visit: Visit, value: str) -> None:
    visit.ask(f"SELECT ?year ?n {{ VALUES (?year ?n) {{ ('2023' {value}) }} }}")
    visit.page.get_by_role("button", name="Chart").click()
    drawing = visit.page.get_by_role("img", name="Chart of n").inner_html()
    assert "NaN" not in drawing and "Infinity" not in drawing
    assert visit.page.locator("rect.bar").count() == 1


def test_places_are_drawn(visit: Visit) -> None:
    visit.ask("SELECT ?thing ?where { ?thing geo:hasGeometry/geo:asWKT ?where }")
    rows = visit.page.locator("tbody tr").count()
    visit.page.get_by_role("button", name="Map").click()
    expect(visit.page.get_by_role("img", name=f"Map, places: {rows}")).to_contain_text("Almaty")
    assert visit.page.locator("circle.point").count() == rows > 3
    shapes = "'LINESTRING(10 50, 11 51)' '<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(50 10)' 'POINT(999 1)'"
    visit.ask(
        f"SELECT * {{ VALUES ?w {{ {shapes} 'MULTIPOLYGON(((9 49, 11 49, 10 50, 9 49)),((1 2, 2 3, 1 3, 1 2)))' }} }}"
    )
    visit.page.get_by_role("button", name="Map").click()
    expect(visit.page.get_by_role("img", name="Map, places: 3")).to_be_visible()
    line = visit.page.locator("path.line").get_attribute("d") or ""
    point = visit.page.locator("circle.point")
    assert line.startswith(f"M{point.get_attribute('cx')},{point.get_attribute('cy')}L")
    visit.ask(SOURCES)
    expect(visit.page.get_by_role("button", name="Map")).to_have_count(0)


def test_what_is_wrong_is_said(visit: Visit) -> None:
    visit.expected = ("400", "403", "504")
    alert = visit.page.get_by_role("alert")
    visit.ask("SELECT * {")
    expect(alert).to_contain_text("the query is not SPARQL")
    visit.ask("SELECT * { SERVICE <http://elsewhere.example/> { ?s ?p ?o } }")
    expect(alert).to_contain_text("SERVICE would open a connection")
    visit.ask("SELECT * { ?s a kz:Nothing }")
    expect(visit.page.get_by_text("The answer is empty: there are no rows.")).to_be_visible()
    visit.ask("CONSTRUCT WHERE { ?s a kz:Nothing }")
    expect(visit.page.get_by_text("The answer is empty: there are no triples.")).to_be_visible()


def test_a_query_is_stopped(visit: Visit) -> None:
    visit.write("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }")
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.get_by_role("alert")).to_have_text("The query was stopped.")
    visit.ask(SOURCES)
    assert visit.page.locator("tbody tr").count() == 5


def test_an_endpoint_that_is_gone_is_said(visit: Visit) -> None:
    visit.expected = ("ERR_FAILED",)
    visit.page.route("**/sparql", lambda route: route.abort())
    visit.ask(SOURCES)
    expect(visit.page.get_by_role("alert")).to_have_text("The endpoint does not answer.")


def test_past_queries_are_kept_until_they_are_forgotten(visit: Visit) -> None:
    page = visit.page
    visit.ask(SOURCES)
    visit.ask("ASK {}")
    page.reload()
    page.get_by_text("Past queries").click()
    entries = page.locator(".history li")
    assert entries.all_inner_texts() == ["ASK {}", SOURCES]
    page.get_by_role("button", name=SOURCES).click()
    expect(page.locator(".cm-content")).to_have_text(SOURCES)
    page.get_by_role("button", name="Forget them").click()
    expect(page.locator(".history")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_past_queries_are_bounded(browser: Browser, live: Served) -> None:
    filled = json.dumps([f"ASK {{ }} # {number}" for number in range(200)])
    before = f"localStorage.setItem('kzlod-queries', JSON.stringify({filled}))"
    with visiting(browser, live.url, "/sparql.html", before=before) as visit:
        visit.ask(SOURCES)
        visit.page.get_by_text("Past queries").click()
        assert visit.page.locator(".history li").count() == 30


@pytest.mark.parametrize("kept", ["not JSON", '{"a": 1}', "[1, null]", None])
def test_a_browser_that_keeps_nothing_asks_all_the_same(browser: Browser, live: Served, kept: str | None) -> None:
    refuse = "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('no') } })"
    before = refuse if kept is None else f"localStorage.setItem('kzlod-queries', {json.dumps(kept)})"
    with visiting(browser, live.url, "/sparql.html", before=before) as visit:
        visit.ask(SOURCES)
        visit.page.get_by_text("Past queries").click()
        assert visit.page.locator(".history li").all_inner_texts() == [SOURCES]


def test_an_example_is_taken(visit: Visit, live: Served) -> None:
    examples = visit.page.get_by_label("Examples")
    expect(examples).to_be_visible()
    assert examples.locator("option").count() > 50
    examples.select_option(index=5)
    expect(visit.page.locator(".cm-content")).to_contain_text(re.compile("^PREFIX .*SELECT "))
    visit.page.get_by_role("button", name="Ask").click()
    expect(visit.page.locator(".status")).to_contain_text("Rows: ")
    expect(visit.page.get_by_role("link", name="Link to this answer")).to_be_visible()


def test_the_link_to_an_answer_needs_no_script(visit: Visit, live: Served) -> None:
    visit.ask(SOURCES)
    href = visit.page.get_by_role("link", name="Link to this answer").get_attribute("href") or ""
    assert href.startswith(f"{live.url}/sparql?query=")
    parts = urlsplit(href)
    page = live.get(f"{parts.path}?{parts.query}", accept="text/html").text
    assert len(set(re.findall(r"source/\d+\.html", page))) == 5
    visit.page.goto(href)
    expect(visit.page.locator(".cm-content")).to_have_text(SOURCES)
    assert visit.page.locator("table").count() == 1


def test_another_format_is_what_the_browser_goes_to(visit: Visit) -> None:
    visit.expected = ("404",)  # a browser asks for the icon of what is no page
    visit.write(SOURCES)
    visit.page.get_by_label("Format").select_option("json")
    visit.page.get_by_role("button", name="Ask").click()
    visit.page.wait_for_url(re.compile("format=json"))
    expect(visit.page.locator("body")).to_contain_text('"bindings"')


def test_what_the_data_says_stays_text(browser: Browser, strange: Served) -> None:
    with visiting(
        browser, strange.url, "/sparql.html", before="globalThis.alert = () => { throw Error('ran') }"
    ) as visit:
        visit.ask("SELECT ?s ?o { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'script')) }")
        page = visit.page
        expect(page.get_by_text(SCRIPT).first).to_be_visible()
        assert page.locator("a[href^='javascript' i], a[href^='data:']").count() == 0
        assert page.get_by_text("javascript:alert(1)").count() > 0
        for link in page.locator("td a").all():
            assert urlsplit(link.evaluate("one => one.href")).scheme in ("http", "https")
        visit.ask(f'SELECT ("{HOSTILE.replace(chr(34), chr(39))}" AS ?html) (1 AS ?n) {{}}')
        page.get_by_role("button", name="Chart").click()
        expect(page.get_by_role("img", name="Chart of n")).to_contain_text("<img src=x")
        assert page.locator("main img").count() == 0


def test_the_scripts_are_served_with_their_types_and_policy(live: Served) -> None:
    page = live.get("/sparql.html").text
    assert '<script type="module" src="./-/script.js"></script>' in page
    script = live.get("/-/script.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.content) < 2000
    policy = script.headers["content-security-policy"]
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert live.get("/-/worker.js").status_code == 200
    assert "codemirror" in live.get("/-/licences.txt").text
    assert live.get("/-/package.json").status_code == 404
