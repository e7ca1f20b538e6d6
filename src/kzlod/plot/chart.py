"""The chart of an answer: its title, its sources, and the picture of its kind."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from kzlod.extras import need
from kzlod.plot.axes import bar, line, point
from kzlod.plot.marks import Marks
from kzlod.plot.network import network
from kzlod.plot.places import places
from kzlod.query import CannedQuery, Table

if TYPE_CHECKING:
    from altair.typing import ChartType

_KINDS = {"line": line, "bar": bar, "point": point, "map": places, "network": network}
_FONT = (
    "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, WenQuanYi Micro Hei, Microsoft YaHei, PingFang SC, Arial"
)
"""Latin and Cyrillic letters, then those of East Asia: who draws takes the first font that has a letter."""
_NAMED = 12
"""How many sources a picture names before it counts the others."""


def chart(query: CannedQuery, table: Table, *, dataset: str) -> ChartType:
    """The picture of a query's answer, as its header says; `dataset` is named below its title.

    Raises `QueryError` for a query that does not say how it is drawn, or an answer with nothing to draw, and
    `MissingError` where altair is not installed.
    """
    marks = Marks.of(query, table)
    altair = need("altair", install="kzlod[plot]")
    assert query.plot is not None
    drawn: Any = _KINDS[query.plot.kind](altair, marks)
    said = [*textwrap.wrap(_sources(marks), 120), dataset]
    title = altair.TitleParams(
        query.summary, subtitle=said, anchor="start", fontSize=15, subtitleFontSize=11, subtitleColor="#555", offset=16
    )
    made: ChartType = (
        drawn.properties(
            title=title, description=" ".join([f"{query.summary}.", *said]), padding=16, background="white"
        )
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(labelLimit=320, titlePadding=10)
        .configure_legend(labelLimit=320, symbolLimit=40, symbolOpacity=1)
    )
    return made


def _sources(marks: Marks) -> str:
    names = sorted(marks.distinct("source"))
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Source{'s' if len(names) > 1 else ''}: {'; '.join(names[:_NAMED])}{more}."
