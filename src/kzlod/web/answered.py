"""What comes of a question, as pages show it: rows, in pages of a bounded number, triples, charts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kzlod.query import Answer, CannedQuery, Graph
from kzlod.query.forms import render
from kzlod.query.labels import DEFAULT, labelled
from kzlod.query.results import Table, first
from kzlod.web.chart import Chart, charts
from kzlod.web.columns import column
from kzlod.web.views import Shown, View

ROWS, WHOLE = 100, 500
"""How many rows a page of a canned query shows; how many rows or triples a page does that no other goes on from.

Charts are drawn from as many rows as the latter.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: an answer, or what is wrong with it."""

    answer: Answer | None = None
    problem: str = ""

    @property
    def pages(self) -> int:
        """How many pages of a canned query show it: rows go on from page to page, triples do not."""
        return max(-(-len(self.answer) // ROWS), 1) if isinstance(self.answer, Table) else 1

    @property
    def count(self) -> int:
        """How many rows or triples came."""
        return len(self.answer) if self.answer is not None else 0

    def on(self, number: int) -> Outcome:
        """What one of the pages shows of it."""
        if not isinstance(self.answer, Table):
            return self
        return replace(self, answer=replace(self.answer, rows=self.answer.rows[(number - 1) * ROWS : number * ROWS]))


def answered(view: View, query: CannedQuery | None, outcome: Outcome) -> dict[str, Any]:
    """What the macro `answer` shows, but for the count of all rows; no query is one that a user wrote."""
    answer = outcome.answer
    shown, more = first(answer, WHOLE) if answer is not None else (None, 0)
    table = _labelled(view, shown) if isinstance(shown, Table) else None
    return {
        "problem": outcome.problem,
        "table": table,
        "heads": _heads(view, query, table) if table is not None else {},
        "rows": view.rows(table) if table is not None else [],
        "turtle": render(shown, "turtle") if isinstance(shown, Graph) else None,
        "more": more,
    }


def _labelled(view: View, table: Table) -> Table:
    """A table with labels in the page's language; in English, things have theirs without."""
    language = view.frame.language
    return table if language == DEFAULT else labelled(table, view.release.ask, language)


def drawn(view: View, query: CannedQuery, outcome: Outcome) -> list[Chart]:
    """The charts of an answer, whichever page shows its rows."""
    if query.plot is None or not isinstance(outcome.answer, Table):
        return []
    table = replace(outcome.answer, rows=outcome.answer.rows[:WHOLE])
    return charts(query, _labelled(view, table), view.frame.language)


def _heads(view: View, query: CannedQuery | None, table: Table) -> dict[str, Shown]:
    """The heads of an answer's columns: those of a user's own query are named as they were."""
    return {name: Shown(name) if query is None else column(view, name) for name in table.variables}
