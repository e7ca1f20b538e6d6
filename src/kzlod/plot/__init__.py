"""Pictures of answers: what a query's header says, drawn by Altair, written by vl-convert, with nothing fetched."""

from kzlod.plot.chart import chart
from kzlod.plot.ready import check
from kzlod.plot.write import draw

__all__ = ["chart", "check", "draw"]
