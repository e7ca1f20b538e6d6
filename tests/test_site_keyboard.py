"""The site by keyboard alone: all that can be used is reached in the order of the page, is seen, and is left again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.scripted import browser, visiting
from tests.serving import Served

__all__ = ["browser"]
_MOST = 600
# What is focused, through shadow trees. The editor shows focus at its frame.
_STEP = """async () => {
  globalThis.walked ??= [];
  let one = document.activeElement;
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one === document.body || walked.includes(one)) return null;
  walked.push(one);
  const shown = one.closest(".cm-editor") ?? one;
  if (shown !== one) await new Promise((done) => setTimeout(done, 50)); // it learns of its focus a moment later
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: one.outerHTML.slice(0, 120), seen: inside && outlined };
}"""
_LEFT_OUT = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden" && !walked.includes(one))
  .map((one) => one.outerHTML.slice(0, 120))"""
_IN_ORDER = """() => walked.map((one) => one.getRootNode().host ?? one).every((one, at, all) =>
  !at || all[at - 1].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)"""


def _walk(page: Page) -> list[str]:
    """Go through a page by Tab, from its start until it comes round; what was focused and could not be seen."""
    unseen = []
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        step = page.evaluate(_STEP)
        if step is None:
            return unseen
        if not step["seen"]:
            unseen.append(step["name"])
    raise AssertionError(f"{_MOST} times Tab did not come round: {page.url}")


@pytest.mark.parametrize(
    "path",
    [
        *("/index.html", "/kk/thing/khorgos-dry-port.html", "/queries/risks.html", "/sparql.html", "/queries.html"),
        "/downloads.html",
    ],
)
def test_tab_goes_through_a_page(browser: Browser, live: Served, path: str) -> None:
    with visiting(browser, live.url, path) as visit:
        if path == "/sparql.html":
            visit.page.locator(".cm-content").wait_for()
        assert _walk(visit.page) == []
        assert visit.page.evaluate(_LEFT_OUT) == []
        assert visit.page.evaluate(_IN_ORDER)


def test_the_editor_is_left_both_ways_with_what_was_typed(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/sparql.html") as visit:
        page = visit.page
        editor = page.locator(".cm-content")
        editor.wait_for()
        for _ in range(50):
            page.keyboard.press("Tab")
            if editor.evaluate("(one) => one.matches(':focus')"):
                break
        expect(editor).to_be_focused()
        page.keyboard.type("ASK {}")
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+Tab")
        expect(editor).not_to_be_focused()
        page.keyboard.press("Tab")
        expect(editor).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_label("Format")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Yes", exact=True)).to_be_visible()


def test_the_skip_link_goes_past_the_navigation(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/queries.html") as visit:
        page = visit.page
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_a_query_form_is_filled_and_sent(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/queries/trade-by-year.html") as visit:
        page = visit.page
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("year")).to_be_focused()
        page.keyboard.type("2023")
        page.keyboard.press("Enter")
        page.wait_for_url("**/queries/trade-by-year.html?year=2023")
        expect(page.get_by_label("year")).to_have_value("2023")


def test_search_is_worked_by_keys(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/index.html") as visit:
        page = visit.page
        box, found = page.get_by_role("search").locator("input"), page.get_by_role("option")
        box.focus()
        expect(box).to_have_role("combobox")
        page.keyboard.type("khorgos")
        expect(found.first).to_be_visible()
        page.keyboard.press("Escape")
        expect(found).to_have_count(0)
        expect(box).to_have_value("khorgos")
        expect(box).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(found.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        target = found.nth(1).get_attribute("href")
        assert target is not None
        page.keyboard.press("Tab")  # the proposals are no stops, and go
        expect(page.get_by_role("search").get_by_role("button")).to_be_focused()
        expect(found).to_have_count(0)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowUp")
        expect(found.last).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(target)


def test_who_types_before_the_editor_is_there_types_on_in_it(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/index.html") as visit:
        page, held = visit.page, list[Route]()
        page.route("**/-/sparql-*.js", lambda route: held.append(route))
        page.goto(f"{live.url}/sparql.html", wait_until="commit")
        page.locator("textarea").focus()
        page.keyboard.type("ASK")
        page.wait_for_function("() => performance.getEntriesByType('resource').length")
        for one in held:
            one.continue_()
        expect(page.locator(".cm-content")).to_be_focused()
        page.keyboard.type(" {}")
        assert page.locator("textarea").input_value() == "ASK {}"
