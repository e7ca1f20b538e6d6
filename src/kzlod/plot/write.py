"""A chart in a file: SVG, PNG or HTML, by vl-convert, with all that it needs inside."""

from __future__ import annotations

from html import escape
from pathlib import Path

from kzlod.extras import need
from kzlod.plot.chart import chart
from kzlod.plot.ready import check
from kzlod.query import CannedQuery, Table

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<main id="plot"></main>
<script>{scripts}</script>
<script>vegaEmbed("#plot", {spec}, {{renderer: "svg"}});</script>
</body>
</html>
"""


def draw(query: CannedQuery, table: Table, path: Path, *, dataset: str) -> None:
    """Draw a query's answer into a file, .svg, .png or .html; a page of HTML has its scripts inside.

    Raises `QueryError` where there is nothing to draw, and `MissingError` where altair or vl-convert is not installed.
    """
    check(query, path)
    spec = chart(query, table, dataset=dataset).to_json(indent=None)
    convert = need("vl_convert", install="kzlod[plot]")
    kind = path.suffix.lower()
    if kind == ".svg":
        path.write_text(convert.vegalite_to_svg(spec), "utf-8")
    elif kind == ".png":
        path.write_bytes(convert.vegalite_to_png(spec, scale=2))
    else:
        # A text of the data cannot end the script that it stands in; vl-convert's own page does not see to that.
        safe = spec.replace("<", "\\u003c")
        page = _PAGE.format(title=escape(query.summary), scripts=convert.javascript_bundle(), spec=safe)
        path.write_text(page, "utf-8")
