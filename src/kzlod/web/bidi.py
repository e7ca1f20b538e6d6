"""Text of either direction within a page whose own text runs from left to right (Unicode Standard Annex #9)."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# Blocks of scripts from right to left, marks, embeddings, overrides and isolates.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolated(text: str) -> Markup:
    """A text as HTML, set apart where it would otherwise change the order of what stands beside it.

    >>> isolated("a < b"), isolated("\u0627\u0628")
    (Markup('a &lt; b'), Markup('<bdi>\u0627\u0628</bdi>'))
    """
    return Markup("<bdi>{}</bdi>").format(text) if _TURNS.search(text) else escape(text)
