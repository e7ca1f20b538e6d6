"""What the columns and parameters of canned queries are called, in languages: the file `columns.toml` beside them.

It has a table for each name as SPARQL has it, without `?` and without `_label` at its end, with a text for each
language, by its tag; English has the names themselves where it has no text:

    [said_by]
    ru = "кто говорит"
"""

from __future__ import annotations

from collections.abc import Mapping

from kzlod.errors import QueryError
from kzlod.project import Project, read_toml
from kzlod.query.catalog import FOLDER
from kzlod.query.texts import Texts, texts

COLUMNS = f"{FOLDER}/columns.toml"


def columns(project: Project) -> Mapping[str, Texts]:
    """What each name is called, as far as the file says; raises `QueryError` where it is wrong."""
    path = project.root / COLUMNS
    if not path.is_file():
        return {}
    found = dict[str, Texts]()
    for name, fields in read_toml(path, where=COLUMNS, wrong=QueryError).items():
        remedy = f'write its texts below [{name}], each in quotes after its language: ru = "…"'
        if not isinstance(fields, dict):
            raise QueryError(f"{name} is no table: {fields!r}", where=COLUMNS, remedy=remedy)
        found[name] = texts(fields, f"[{name}]", COLUMNS, remedy=remedy)
    return found


def plain(name: str) -> str:
    """The name of a variable without the ending of those that hold labels.

    >>> plain("topic_label"), plain("topic")
    ('topic', 'topic')
    """
    return name.removesuffix("_label")
