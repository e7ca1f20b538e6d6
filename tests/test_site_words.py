"""What pages say: every language has every word, with the same places to fill in, and no word is left over."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kzlod.web import frame
from kzlod.web.frame import LANGUAGES, words

WEB = Path(frame.__file__).parent
_PLACE = re.compile(r"\{\w*\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_word(language: str) -> None:
    assert words(language).keys() == words("en").keys()
    for key, text in words(language).items():
        assert text.strip() == text != ""
        assert sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(words("en")[key])), key


def test_languages_are_not_copies() -> None:
    for language in LANGUAGES[1:]:
        same = [key for key, text in words(language).items() if text == words("en")[key]]
        assert set(same) <= {"sparql", "api", "statistics"}, language


def test_every_word_is_used() -> None:
    said = "".join(file.read_text("utf-8") for file in (*WEB.glob("templates/*.html"), *WEB.glob("*.py")))
    unused = [key for key in words("en") if f"t.{key}" not in said and f'"{key}"' not in said]
    assert unused == []


def test_borrowed_terms_have_all_languages() -> None:
    terms = tomllib.loads((WEB / "languages" / "terms.toml").read_text("utf-8"))
    assert [term for term, by in terms.items() if by.keys() != set(LANGUAGES) or not all(by.values())] == []
