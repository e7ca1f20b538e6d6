"""Making the tables of passages and mentions from the documents themselves, and showing what moved.

What is read: `data/sources.csv` (columns `id`, `file`, `sha256`), and the columns `mention` and `as_written`
(`mention_2`, `as_written_2` for a figure that is said twice) of `data/observations.csv`. What is written:
`data/passages.csv`, `data/mentions.csv`, and the digests in `data/sources.csv`. A passage is `<source>-<number>`, the
number in at least two digits; a mention is `<passage>-<ordinal>`, where the mentions of the same words in a passage are
its first, second … occurrence in the order of their ordinals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from pathlib import Path

from kzlod.errors import FindingsError, InputError
from kzlod.evidence.passages import Document
from kzlod.findings import Finding
from kzlod.project import Project

SOURCES, PASSAGES, MENTIONS = "data/sources.csv", "data/passages.csv", "data/mentions.csv"
FIGURES = "data/observations.csv"
_PAIRS = (("mention", "as_written"), ("mention_2", "as_written_2"))
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a passage or mention: `added`, `removed`, `moved` (another range), `changed` (another text)."""

    id: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What locking wrote: how many passages and mentions, and the changes since the last time."""

    passages: int
    mentions: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Mention:
    id: str
    passage: str
    ordinal: int
    written: str
    row: int
    column: str


def passage_id(source: str, number: int) -> str:
    """The id of a passage.

    >>> passage_id("002", 9)
    '002-09'
    """
    return f"{source}-{number:02}"


def read_rows(path: Path, shown: str, *needed: str) -> Iterator[tuple[int, Row]]:
    """The rows of a table with the line that each starts on.

    Raises `InputError` for a file that is no table, or lacks a column that is needed.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for column in needed:
                if column not in (reader.fieldnames or ()):
                    raise InputError(f"{column}: the column is missing", where=f"{shown}:1", remedy="add it")
            line = reader.line_num + 1
            for row in reader:
                yield line, {key: value or "" for key, value in row.items() if key}
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 at byte {error.start}", where=shown, remedy="save it as UTF-8") from error
    except csv.Error as error:
        raise InputError(f"is no table: {error}", where=f"{shown}:{line}", remedy="mend the quotes there") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=shown, remedy="put the table there") from error


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write a table in canonical form: UTF-8, line feeds, rows in the order given, quotes only where needed.

    It is written beside and moved into place: a table is never there half.
    """
    text = StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    beside = path.with_name(f".{path.name}")
    try:
        beside.write_bytes(text.getvalue().encode())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def lock(project: Project, corpus: Path) -> Lock:
    """Make the passages and mentions of a project from the documents in a folder.

    Raises `InputError` for a document that is not there, `FindingsError` for figures that are not where their mention
    says; then nothing is written.
    """
    sources = [row for _, row in read_rows(project.root / SOURCES, SOURCES, "id", "file", "sha256")]
    passages: list[Row] = []
    texts: dict[str, tuple[int, str]] = {}
    for source in sources:
        document = Document.read(corpus / source["file"])
        source["sha256"] = document.sha256
        for paragraph in document.paragraphs():
            id_ = passage_id(source["id"], paragraph.number)
            texts[id_] = paragraph.start, paragraph.text
            place = {"number": str(paragraph.number), "start": str(paragraph.start), "end": str(paragraph.end)}
            passages.append({"id": id_, "source": source["id"], **place, "sha256": paragraph.sha256})
    mentions, findings = _locate(_wanted(project), texts)
    if findings:
        raise FindingsError(findings)
    changes = [*_changes(project, PASSAGES, passages), *_changes(project, MENTIONS, mentions)]
    write_rows(project.root / SOURCES, sources[0] if sources else ["id", "file", "sha256"], sources)
    columns = ["id", "source", "number", "start", "end", "sha256"]
    write_rows(project.root / PASSAGES, columns, sorted(passages, key=lambda row: row["id"]))
    write_rows(project.root / MENTIONS, ["id", "passage", "start", "end"], sorted(mentions, key=lambda row: row["id"]))
    return Lock(len(passages), len(mentions), tuple(changes))


def _wanted(project: Project) -> Iterator[_Mention]:
    path = project.root / FIGURES
    for line, row in read_rows(path, FIGURES, *_PAIRS[0]) if path.is_file() else ():
        for mention, written in _PAIRS:
            if id_ := row.get(mention, ""):
                passage, _, ordinal = id_.rpartition("-")
                yield _Mention(
                    id_, passage, int(ordinal) if ordinal.isdigit() else 0, row.get(written, ""), line, mention
                )


def _locate(wanted: Iterable[_Mention], texts: dict[str, tuple[int, str]]) -> tuple[list[Row], list[Finding]]:
    rows: list[Row] = []
    findings: list[Finding] = []
    unique = {(mention.id, mention.written): mention for mention in reversed(list(wanted))}

    def wrong(mention: _Mention, message: str, remedy: str) -> None:
        findings.append(Finding(FIGURES, mention.row, mention.column, "evidence.mention", message, remedy))

    by_place = sorted(unique.values(), key=lambda m: (m.passage, m.written, m.ordinal, m.row))
    for (passage, written), group in groupby(by_place, key=lambda m: (m.passage, m.written)):
        after = 0
        for mention in group:
            if passage not in texts:
                wrong(mention, f"there is no passage {passage!r}", "a mention is <passage>-<ordinal>, such as 002-19-1")
                continue
            start, text = texts[passage]
            found = text.find(written, after) if written else -1
            if found < 0:
                message = f"{written!r} is not in passage {passage}" + (" once more" if after else "")
                wrong(mention, message, "write the figure exactly as the document has it")
                continue
            after = found + len(written)
            place = {"start": str(start + found), "end": str(start + after)}
            rows.append({"id": mention.id, "passage": passage, **place})
    seen: dict[str, _Mention] = {}
    for mention in unique.values():
        if seen.setdefault(mention.id, mention) is not mention:
            wrong(
                mention, f"{mention.id} has two wordings: {mention.written!r}", "give each wording a mention of its own"
            )
    return rows, sorted(findings)


def _changes(project: Project, table: str, rows: list[Row]) -> Iterator[Change]:
    path = project.root / table
    before = {row["id"]: row for _, row in read_rows(path, table, "id", "start", "end")} if path.is_file() else {}
    after = {row["id"]: row for row in rows}
    for id_ in sorted(before.keys() | after.keys()):
        old, new = before.get(id_, {}), after.get(id_, {})
        if old == new:
            continue
        ranges = [f"{row['start']}-{row['end']}" if row else "" for row in (old, new)]
        same_text = old.get("sha256") == new.get("sha256")
        what = "added" if not old else "removed" if not new else "moved" if same_text else "changed"
        yield Change(id_, what, *ranges)
