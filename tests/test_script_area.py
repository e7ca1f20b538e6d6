"""The SPARQL page before its editor is there, which a phone fetches when somebody goes to the text area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.scripted import Visit, browser, visiting
from tests.serving import Served

__all__ = ["browser"]
PHONE = {"viewport": {"width": 412, "height": 823}, "is_mobile": True, "has_touch": True}
LONG = "\n".join(f"# {line}" + line % 7 * " and so on" for line in range(60))
PAST = "localStorage.setItem('kzlod-queries', '[\"ASK {}\"]')"
_PLACES = """() => [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility())
  .filter((one) => !one.matches("textarea, .editor")).map((one) => one.getBoundingClientRect().toJSON())"""
_SCROLLER = "document.querySelector('.editor').shadowRoot.querySelector('.cm-scroller')"
_SCROLLED = "(one) => one.scrollTop / (one.scrollHeight - one.clientHeight)"


@pytest.fixture
def phone(browser: Browser, live: Served) -> Iterator[Visit]:
    """The SPARQL page on a phone, which has asked one query before."""
    with visiting(browser, live.url, "/sparql.html", before=PAST, **PHONE) as visit:
        visit.page.wait_for_load_state("networkidle")
        yield visit


def _editors(visit: Visit) -> list[str]:
    return [url for url in visit.requests if "/editor-" in url]


@contextmanager
def _on_its_way(visit: Visit) -> Iterator[None]:
    """Goes to the area, and has the editor come only afterwards, when the script has been fetched and run."""
    held = list[Route]()
    visit.page.route("**/editor-*.js", lambda route: held.append(route))
    with visit.page.expect_request("**/editor-*.js") as asked:
        visit.page.locator("textarea").focus()
    yield
    held[0].continue_()
    visit.page.evaluate("async (url) => void (await import(url))", asked.value.url)


GOING: dict[str, Callable[[Page], Any]] = {
    "a tap": lambda page: page.locator("textarea").tap(),
    "the keyboard": lambda page: [page.get_by_label("Format").focus(), page.keyboard.press("Shift+Tab")],
    "the label": lambda page: page.get_by_text("Query", exact=True).tap(),
    "an example": lambda page: page.get_by_label("Examples").select_option(index=5),
    "a past query": lambda page: [page.get_by_text("Past queries").tap(), page.locator(".history li button").tap()],
}


@pytest.mark.parametrize("way", GOING)
def test_a_phone_fetches_the_editor_when_the_area_is_gone_to(phone: Visit, way: str) -> None:
    assert _editors(phone) == []
    GOING[way](phone.page)
    expect(phone.page.locator(".cm-content")).to_be_focused()
    assert len(_editors(phone)) == 1


def test_a_phone_asks_without_the_editor(phone: Visit) -> None:
    phone.page.goto(f"{phone.home}/sparql.html?query=ASK%20{{}}")
    expect(phone.page.get_by_text("Yes", exact=True)).to_be_visible()
    phone.page.get_by_role("button", name="Ask").tap()
    expect(phone.page.get_by_text("Yes", exact=True)).to_be_visible()
    phone.page.wait_for_load_state("networkidle")
    assert _editors(phone) == []


def test_who_saves_data_fetches_the_editor_when_the_area_is_gone_to(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/index.html") as visit:
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Emulation.setDataSaverOverride", {"dataSaverEnabled": True})
        visit.page.goto(f"{live.url}/sparql.html", wait_until="networkidle")
        assert _editors(visit) == []
        visit.page.locator("textarea").click()
        expect(visit.page.locator(".cm-content")).to_be_focused()


def test_what_is_typed_selected_and_scrolled_to_stays(phone: Visit) -> None:
    page, area = phone.page, phone.page.locator("textarea")
    with _on_its_way(phone):
        page.keyboard.insert_text(LONG)
        area.evaluate("(one) => { one.setSelectionRange(300, 400, 'backward'); one.scrollTop = 500; scrollTo(0, 90); }")
        places, scrolled = page.evaluate(_PLACES), area.evaluate(_SCROLLED)
    editor = page.locator(".cm-content")
    expect(editor).to_be_focused()
    assert page.evaluate(_PLACES) == places
    assert page.evaluate("scrollY") == 90
    page.wait_for_function(f"(scrolled) => Math.abs(({_SCROLLED})({_SCROLLER}) - scrolled) < 0.02", arg=scrolled)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.type("!")
    expect(area).to_have_value(f"{LONG[:301]}!{LONG[400:]}")
    for before in (LONG, ""):
        page.keyboard.press("Control+Z")
        expect(area).to_have_value(before)
    page.keyboard.press("Control+Y")
    expect(area).to_have_value(LONG)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Format")).to_be_focused()


def test_focus_goes_straight_to_the_editor(phone: Visit) -> None:
    """Else an on-screen keyboard would close."""
    left = "document.querySelector('textarea').addEventListener('blur', (one) => (globalThis.to = one.relatedTarget))"
    with _on_its_way(phone):
        phone.page.evaluate(left)
    assert phone.page.evaluate("to.className") == "editor"


def test_a_word_that_is_composed_is_ended_in_the_area(phone: Visit) -> None:
    page = phone.page
    session = page.context.new_cdp_session(page)
    with _on_its_way(phone):
        session.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    session.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    expect(page.locator("textarea")).to_be_focused()
    session.send("Input.insertText", {"text": "你好"})
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("!")
    expect(page.locator("textarea")).to_have_value("你好!")
    page.keyboard.press("Control+Z")
    expect(page.locator("textarea")).to_have_value("你好")


def test_a_selection_is_drawn_to_its_end_in_the_area(phone: Visit) -> None:
    page = phone.page
    with _on_its_way(phone):
        page.keyboard.insert_text("ASK {}")
        box = page.locator("textarea").bounding_box()
        assert box
        page.mouse.move(box["x"] + 2, box["y"] + 15)
        page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 15, steps=5)
    expect(page.locator("textarea")).to_be_focused()
    page.mouse.up()
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("!")
    expect(page.locator("textarea")).to_have_value("!")


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
def test_where_the_editor_cannot_be_fetched_the_area_asks(phone: Visit, keys: str) -> None:
    page = phone.page
    phone.expected = ("ERR_INTERNET_DISCONNECTED",)
    page.route("**/editor-*.js", lambda route: route.abort("internetdisconnected"))
    with page.expect_event("requestfailed"):
        page.locator("textarea").tap()
    page.keyboard.type("ASK {}")
    page.keyboard.press(keys)
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    expect(page.locator("textarea")).to_have_value("ASK {}")
    expect(page.locator("textarea")).to_be_focused()
    page.unroute_all()
    page.get_by_label("Format").focus()
    page.locator("textarea").tap()
    expect(page.locator(".cm-content")).to_have_text("ASK {}")
