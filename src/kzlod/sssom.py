"""SSSOM: mappings between things of two datasets, as a table with a header of metadata.

Source: A Simple Standard for Sharing Ontological Mappings, SSSOM/TSV: lines that begin with `#` hold YAML, then follow
a row of column names and the rows, with tabs between the cells. The names of things are CURIEs, whose prefixes the
header declares in `curie_map`.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from kzlod.errors import InputError
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.terms import is_iri
from kzlod.vocab import OWL, RDF, RDFS, SKOS

SUFFIX = ".sssom.tsv"
FOLDER = "data/links"
CANDIDATES = f"{FOLDER}/candidates{SUFFIX}"
"""Where the mappings of a project are; those that nobody has decided on are published nowhere."""
SEMAPV = "https://w3id.org/semapv/vocab/"
BUILT_IN = {
    "sssom": "https://w3id.org/sssom/",
    "semapv": SEMAPV,
    "skos": SKOS,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
}
"""The prefixes that need no declaration."""
LINKS = tuple(
    [SKOS + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")]
    + [OWL + name for name in ("sameAs", "equivalentClass", "equivalentProperty")]
)
"""The predicates that link a thing to one of another dataset."""
NOT = "Not"
"""The predicate modifier of a mapping that says that two things are no match."""
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
COLUMNS = (
    *("subject_id", "subject_label", "subject_category", "predicate_id", "predicate_modifier"),
    *("object_id", "object_label", "object_category", "mapping_justification"),
    *("reviewer_id", "reviewer_label", "review_date", "mapping_tool", "mapping_tool_version", "mapping_date"),
    *("confidence", "other", "comment"),
)
"""The columns that kzlod writes, in this order; others come behind them."""
_CURIE = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):(\S+)")
_KEY = ("subject_id", "predicate_id", "predicate_modifier", "object_id")
_JUSTIFICATIONS = frozenset(
    "MappingReview ManualMappingCuration LogicalReasoning LexicalMatching CompositeMatching UnspecifiedMatching"
    " SemanticSimilarityThresholdMatching LexicalSimilarityThresholdMatching MappingChaining MappingInversion"
    " StructuralMatching InstanceBasedMatching BackgroundKnowledgeBasedMatching".split()
)


@dataclass(frozen=True, slots=True)
class Row:
    """A mapping: the line that it stands in, and its cells that are not empty, by column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same mapping as another row."""
        return tuple(self[column] for column in _KEY)

    @property
    def negative(self) -> bool:
        """Whether it says that the two are no match."""
        return self["predicate_modifier"] == NOT


@dataclass(frozen=True, slots=True)
class MappingSet:
    """The mappings of a file, the metadata in its header, and the header's text."""

    header: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    text: str = ""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of its CURIEs."""
        return {**BUILT_IN, **self.header.get("curie_map", {})}

    def expand(self, curie: str) -> str:
        """The IRI of a CURIE whose prefix is declared.

        >>> MappingSet({"curie_map": {"e": "http://e/"}}, (), ()).expand("e:oslo")
        'http://e/oslo'
        """
        prefix, _, name = curie.partition(":")
        return self.prefixes[prefix] + name


def decided(project: Project) -> list[Path]:
    """The files of mappings that a person has decided on: all of `data/links` but the candidates."""
    found = project.files(FOLDER, ".tsv")
    return [path for path in found if path.name.endswith(SUFFIX) and project.shown(path) != CANDIDATES]


def read(path: Path, *, shown: str) -> tuple[MappingSet, tuple[Finding, ...]]:
    """Read a file of mappings; `shown` is its path as findings name it.

    Rows that are wrong are left out, each with a finding. Raises `InputError` where the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 at byte {error.start}", where=shown, remedy="save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=shown) from error
    reader = _Reader(shown)
    return reader.read(text), tuple(reader.findings)


class _Reader:
    def __init__(self, shown: str) -> None:
        self._shown = shown
        self.findings: list[Finding] = []

    def _report(self, line: int | None, column: str | None, what: str, message: str, remedy: str) -> None:
        self.findings.append(Finding(self._shown, line, column, f"sssom.{what}", message, remedy))

    def read(self, text: str) -> MappingSet:
        lines = list(StringIO(text, newline=""))
        ahead = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        written = "".join(lines[:ahead])
        header = self._header(lines[:ahead])
        table = csv.reader(lines[ahead:], delimiter="\t")
        try:
            columns = tuple(name.strip() for name in next(table, []))
            if not self._columns(columns, ahead + 1):
                return MappingSet(header, columns, (), written)
            rows = tuple(self._rows(table, columns, ahead, {**BUILT_IN, **header.get("curie_map", {})}))
        except csv.Error as error:
            self._report(ahead + table.line_num, None, "table", f"is no table: {error}", "mend the line")
            rows = ()
        return MappingSet(header, columns, rows, written)

    def _header(self, lines: list[str]) -> dict[str, Any]:
        if not lines:
            remedy = "begin it with lines such as `# mapping_set_id: …`, `# license: …` and `# curie_map:`"
            self._report(1, None, "header", "has no header: no line of metadata that begins with #", remedy)
            return {}
        try:
            header = yaml.safe_load("".join(line[1:] for line in lines)) or {}
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "it does not parse"
            self._report(
                mark.line + 1 if mark else 1, None, "header", f"its header is no YAML: {said}", "mend it there"
            )
            return {}
        if not isinstance(header, dict):
            self._report(1, None, "header", "its header has no keys", "write lines such as `# license: …`")
            return {}
        for key in ("mapping_set_id", "license"):
            if not isinstance(header.get(key), str):
                self._report(1, None, "header", f"its header has no {key}", f"add a line `# {key}: https://…`")
        prefixes = header.get("curie_map", {})
        if not isinstance(prefixes, dict) or not all(
            isinstance(part, str) for pair in prefixes.items() for part in pair
        ):
            remedy = "write a line `#   PREFIX: https://…` for each prefix below `# curie_map:`"
            self._report(1, None, "header", "curie_map in its header is no list of prefixes", remedy)
            header["curie_map"] = {}
        return header

    def _columns(self, columns: tuple[str, ...], line: int) -> bool:
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            remedy = "add it; tabs stand between the columns, not commas or spaces"
            self._report(line, None, "column", f"has no column {', '.join(missing)}", remedy)
        doubled = sorted({name for name in columns if name and columns.count(name) > 1})
        if doubled:
            self._report(line, doubled[0], "column", "is there twice", "take one out")
        return not missing and not doubled

    def _rows(self, table: Any, columns: tuple[str, ...], ahead: int, prefixes: Mapping[str, str]) -> Iterator[Row]:
        seen: dict[tuple[str, ...], int] = {}
        line = ahead + table.line_num + 1
        for cells in table:
            start, line = line, ahead + table.line_num + 1
            if not any(cells):
                continue
            if line - start > 1:
                remedy = "close it, or write it twice where it is part of the text"
                self._report(start, None, "quote", "has a quotation mark that is not closed in its line", remedy)
                continue
            if len(cells) > len(columns):
                message = f"has {len(cells)} cells, and there are {len(columns)} columns"
                self._report(start, None, "ragged", message, "take out a tab, or name the column")
                continue
            row = Row(start, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()})
            before = len(self.findings)
            self._row(row, prefixes)
            first = seen.setdefault(row.key, start)
            if first != start:
                said = " ".join(part for part in row.key if part)
                self._report(start, None, "double", f"says what line {first} says: {said}", "take one of the two out")
            if len(self.findings) == before:
                yield row

    def _row(self, row: Row, prefixes: Mapping[str, str]) -> None:
        for column in REQUIRED:
            self._curie(row, column, prefixes)
        predicate, justification = row["predicate_id"], row["mapping_justification"]
        prefix, _, name = predicate.partition(":")
        if prefix in prefixes and prefixes[prefix] + name not in LINKS:
            known = "skos:exactMatch, closeMatch, broadMatch, narrowMatch, relatedMatch or owl:sameAs"
            self._report(
                row.line, "predicate_id", "predicate", f"{predicate} is no predicate of a link", f"use {known}"
            )
        prefix, _, name = justification.partition(":")
        if prefix in prefixes and not (prefixes[prefix] == SEMAPV and name in _JUSTIFICATIONS):
            remedy = "use semapv:ManualMappingCuration for a link made by hand"
            self._report(row.line, "mapping_justification", "justification", f"{justification} is none", remedy)
        if row["predicate_modifier"] not in ("", NOT):
            message = f"{row['predicate_modifier']!r} is not known"
            self._report(row.line, "predicate_modifier", "modifier", message, f"write {NOT}, or leave it empty")
        if row["confidence"] and not _share(row["confidence"]):
            message = f"{row['confidence']!r} is no number from 0 to 1"
            self._report(row.line, "confidence", "confidence", message, "correct it, or leave it empty")

    def _curie(self, row: Row, column: str, prefixes: Mapping[str, str]) -> None:
        value = row[column]
        match = _CURIE.fullmatch(value)
        if not value:
            self._report(row.line, column, "required", "is empty", "fill it in, or take the row out")
        elif match is None or match[2].startswith("//"):
            remedy = "write PREFIX:NAME, with a prefix that the header declares"
            self._report(row.line, column, "curie", f"{value!r} is no CURIE", remedy)
        elif match[1] not in prefixes:
            remedy = f"add a line `#   {match[1]}: https://…` below `# curie_map:`, or correct the prefix"
            self._report(row.line, column, "curie", f"the header declares no prefix {match[1]!r}", remedy)
        elif not is_iri(prefixes[match[1]] + match[2]):
            message = f"{value} stands for {prefixes[match[1]]}{match[2]}, which is no IRI"
            self._report(row.line, column, "curie", message, "correct the name, or the prefix in the header")


def _share(text: str) -> bool:
    return re.fullmatch(r"0?\.\d+|[01](\.0*)?|0\.\d+", text) is not None


def dump(header: Mapping[str, Any], rows: Iterable[Mapping[str, str]], *, text: str = "") -> str:
    """The text of a file of mappings, ordered by what they link; `text` is a header that is kept as it stands.

    >>> dump({"license": "https://e/l"}, [{"subject_id": "e:a", "object_id": "f:b"}]).splitlines()
    ['# license: https://e/l', 'subject_id\\tobject_id', 'e:a\\tf:b']
    """
    ordered = sorted(
        rows, key=lambda row: [row.get(column, "") for column in ("subject_id", "predicate_id", "object_id")]
    )
    used = {column: None for row in ordered for column in row}
    names = [*(name for name in COLUMNS if name in used), *(name for name in used if name not in COLUMNS)] or REQUIRED
    out = StringIO()
    lines = yaml.safe_dump(dict(header), sort_keys=False, allow_unicode=True, width=1000).splitlines()
    out.write(text or "".join(f"# {line}\n" for line in lines))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in ordered)
    return out.getvalue()


def save(path: Path, text: str) -> None:
    """Write a file whole or not at all; raises `InputError` where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path), remedy="check the folder") from error
