"""The canned queries of a dataset: each header must be readable, since pages and the API are made from it."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.errors import QueryError
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.query.catalog import FOLDER, SUFFIX, read


def check_queries(project: Project) -> Iterator[Finding]:
    """The files of queries that cannot be read, or whose header is wrong."""
    for path in project.files(FOLDER, SUFFIX):
        file = project.shown(path)
        try:
            read(path, project)
        except QueryError as error:
            line = error.where.removeprefix(f"{file}:")
            row = int(line) if line.isdecimal() else None
            yield Finding(file, row, None, "query.header", error.message, error.remedy)
