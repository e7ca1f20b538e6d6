"""What a page of HTML holds, as a parser reads it."""

from __future__ import annotations

from html.parser import HTMLParser


class Markup(HTMLParser):
    """The elements that were opened, those not closed yet, and the texts of the cells of tables.

    >>> page = Markup("<table><tr><td>a &lt; <b>b</b></td>")
    >>> page.open, page.cells
    (['table', 'tr'], ['a < b'])
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.seen: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data
