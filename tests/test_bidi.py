"""Text from right to left in pages from left to right."""

from __future__ import annotations

import sys
import unicodedata

from kzlod.web.bidi import isolated

_TURNING = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


def test_every_character_that_turns_text_is_set_apart() -> None:
    turning = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.bidirectional(chr(code)) in _TURNING]
    assert len(turning) > 3000
    assert [one for one in turning if not isolated(one).startswith("<bdi>")] == []


def test_text_from_left_to_right_stands_as_it_is() -> None:
    for text in ("Kazakhstan & China", "Қазақстан", "哈萨克斯坦", "é", "¶\u00a019"):
        assert "<bdi>" not in isolated(text)
