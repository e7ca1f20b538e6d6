"""The forms of a report: text and HTML for people, JSON and Turtle for programs; each as pieces, none held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, get_args

from kzlod.shacl.forms.html import as_html
from kzlod.shacl.forms.json import as_json
from kzlod.shacl.forms.text import as_text
from kzlod.shacl.forms.turtle import as_turtle
from kzlod.shacl.report import Report

Form = Literal["text", "json", "turtle", "html"]
FORMS: tuple[Form, ...] = get_args(Form)
_RENDER: Mapping[Form, Callable[[Report], Iterator[str]]] = {
    "text": as_text,
    "json": as_json,
    "turtle": as_turtle,
    "html": as_html,
}


def render(report: Report, form: Form) -> Iterator[str]:
    """A report in a form, piece by piece.

    >>> print("".join(render(Report(True, ()), "text")))
    conforms: no results
    <BLANKLINE>
    """
    return _RENDER[form](report)
