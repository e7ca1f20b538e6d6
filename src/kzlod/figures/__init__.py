"""Figures: what their words say, where they do not agree, whether they add up (design decisions 3 and 4)."""

from kzlod.figures.derive import COMPUTED, derive
from kzlod.figures.written import BOUNDS, Figure, read_figure

__all__ = ["BOUNDS", "COMPUTED", "Figure", "derive", "read_figure"]
