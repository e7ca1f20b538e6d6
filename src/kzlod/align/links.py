"""The files of links: candidates that are proposed, links that persons accepted, pairs that they rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kzlod import __version__, sssom
from kzlod.align.candidates import Candidate
from kzlod.align.things import ENTITY
from kzlod.errors import FindingsError, InputError, ProjectError
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.sssom import CANDIDATES, FOLDER, SUFFIX, MappingSet

ACCEPTED, REJECTED = f"{FOLDER}/wikidata{SUFFIX}", f"{FOLDER}/rejected{SUFFIX}"
"""What is published, and what is not to be proposed again."""
TOOL = "kzlod"
PREFIX = "wd"
_TITLES = {
    CANDIDATES: "Candidates: nobody has decided on them, and nothing publishes them",
    ACCEPTED: "Links that a person has accepted",
    REJECTED: "Pairs that a person has rejected",
}


@dataclass(frozen=True, slots=True)
class Links:
    """The file of one kind of links of a project, read; empty where it is not there.

    Rows are changed as mappings of columns to cells; `save` writes all of them, those that persons added too.
    """

    project: Project
    file: str
    mappings: MappingSet

    @classmethod
    def read(cls, project: Project, file: str) -> Links:
        """Read a file of links. Raises `FindingsError` for what is wrong, so that it is not written over."""
        path = project.root / file
        if not path.is_file():
            return cls(project, file, MappingSet({}, (), ()))
        mappings, findings = sssom.read(path, shown=file)
        found = [*findings, *_other_meanings(project, file, mappings)]
        if found:
            raise FindingsError(found)
        return cls(project, file, mappings)

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The cells of its rows."""
        return [row.cells for row in self.mappings.rows]

    def pairs(self) -> frozenset[tuple[str, str]]:
        """What it links: IRIs of things, and ids of items."""
        expand = self.mappings.expand
        found = [(expand(row["subject_id"]), expand(row["object_id"])) for row in self.mappings.rows]
        return frozenset((s, o.removeprefix(ENTITY)) for s, o in found)

    def save(self, rows: Sequence[Mapping[str, str]], *, prefixes: Mapping[str, str] = MappingProxyType({})) -> Path:
        """Write the file with these rows, whole or not at all; its header stays as it is, if it was there.

        `prefixes` are those of rows from another file. Raises `InputError` where they mean something else here.
        """
        path = self.project.root / self.file
        used = {cell.partition(":")[0] for row in rows for name, cell in row.items() if name.endswith("_id")}
        known, others = self.mappings.prefixes, {**_prefixes(self.project), **prefixes}
        lacking = {prefix: others[prefix] for prefix in sorted(used) if prefix not in known and prefix in others}
        for prefix, space in prefixes.items():
            if known.get(prefix, space) != space:
                message = f"its prefix {prefix} stands for {known[prefix]}, and in the candidates for {space}"
                raise InputError(message, where=self.file, remedy="write the same in both")
        text = self.mappings.text if self.mappings.header and not lacking else ""
        header = {**(self.mappings.header or self._header()), "curie_map": {}}
        header["curie_map"] = {**self.mappings.header.get("curie_map", {}), **lacking}
        sssom.save(path, sssom.dump(header, rows, text=text))
        return path

    def _header(self) -> dict[str, Any]:
        name = self.file.removeprefix(f"{FOLDER}/").removesuffix(SUFFIX)
        return {
            "mapping_set_id": f"{self.project.base}links/{name}",
            "mapping_set_title": _TITLES[self.file],
            "license": self.project.license,
        }


def _other_meanings(project: Project, file: str, mappings: MappingSet) -> Iterator[Finding]:
    """The prefixes that do not stand for what they do elsewhere in the project: rows would change their meaning."""
    declared = mappings.header.get("curie_map", {})
    for prefix, space in _prefixes(project).items():
        if declared.get(prefix, space) != space:
            message = f"its prefix {prefix} stands for {declared[prefix]}, and elsewhere for {space}"
            yield Finding(file, 1, None, "sssom.prefix", message, "write it as it is elsewhere, and the rows too")


def check_writable(project: Project) -> None:
    """Raise `ProjectError` for the dataset that comes with the package: links are kept with a dataset of one's own."""
    if project.bundled:
        message = "the dataset that comes with kzlod takes no links"
        raise ProjectError(message, remedy="name the folder of yours with --project, or go there")


def _prefixes(project: Project) -> Mapping[str, str]:
    return {**project.prefixes, "semapv": sssom.SEMAPV, PREFIX: ENTITY, project.id: project.base, **_ORCID}


_ORCID = {"orcid": "https://orcid.org/"}


def curie(project: Project, iri: str) -> str:
    """An IRI with the longest prefix of a project that it begins with; one below the base always has one."""
    spaces = {**project.own_prefixes, project.id: project.base, PREFIX: ENTITY}
    fitting = [(len(space), prefix) for prefix, space in spaces.items() if iri.startswith(space)]
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def propose(project: Project, candidates: Iterable[Candidate]) -> Path:
    """Write the candidates; those of an earlier run go, rows that a person added stay.

    Raises `FindingsError` where the file has rows that are wrong, and leaves it as it is.
    """
    links = Links.read(project, CANDIDATES)
    rows = [row for row in links.rows if row.get("mapping_tool") != TOOL]
    own = {(row["subject_id"], row["object_id"]) for row in rows}
    made = [_row(project, candidate) for candidate in candidates]
    return links.save(rows + [row for row in made if (row["subject_id"], row["object_id"]) not in own])


def _row(project: Project, candidate: Candidate) -> Mapping[str, str]:
    thing, item, judgement = candidate.thing, candidate.item, candidate.judgement
    places = [
        f"{side}_place={_plain(place)}" for side, place in (("subject", thing.place), ("object", item.place)) if place
    ]
    cells = {
        "subject_id": curie(project, thing.id),
        "subject_label": thing.label,
        "subject_category": thing.kind,
        "predicate_id": "skos:exactMatch",
        "object_id": f"{PREFIX}:{item.id}",
        "object_label": item.label,
        "object_category": item.kind,
        "mapping_justification": judgement.justification,
        "mapping_tool": TOOL,
        "mapping_tool_version": __version__,
        "mapping_date": project.date.isoformat(),
        "confidence": f"{judgement.confidence:.2f}",
        "other": "|".join(places),
        "comment": judgement.explanation,
    }
    return {column: " ".join(cell.split()) for column, cell in cells.items() if cell}


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("=", " ")
