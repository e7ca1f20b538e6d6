"""Reviewing: a person decides on candidates, one after the other, and each decision is written at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kzlod.align.links import ACCEPTED, REJECTED, Links
from kzlod.project import Project
from kzlod.sssom import CANDIDATES, NOT, Row

_ORCID = re.compile(r"(?:orcid:|https://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_KEPT = (
    *(
        "subject_id",
        "subject_label",
        "subject_category",
        "predicate_id",
        "object_id",
        "object_label",
        "object_category",
    ),
    *("mapping_tool", "mapping_tool_version", "mapping_date", "confidence", "comment"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A candidate to decide on: both sides with label, type and place, how surely they match, and why."""

    row: Row

    @property
    def sides(self) -> tuple[tuple[str, str, str, str], tuple[str, str, str, str]]:
        """Of the thing and of the item: id, label, type, place."""
        other = dict(part.partition("=")[::2] for part in self.row["other"].split("|"))
        ours, theirs = (
            (
                self.row[f"{side}_id"],
                self.row[f"{side}_label"],
                self.row[f"{side}_category"],
                other.get(f"{side}_place", ""),
            )
            for side in ("subject", "object")
        )
        return ours, theirs


class Review:
    """The candidates of a project that are left, the surest first, and a person's decisions on them."""

    def __init__(self, project: Project, *, reviewer: str, today: datetime.date) -> None:
        """Raises `FindingsError` where a file of links has rows that are wrong."""
        self._project, self._today = project, today
        orcid = _ORCID.fullmatch(reviewer)
        self._who = {"reviewer_id": f"orcid:{orcid[1]}"} if orcid else {"reviewer_label": reviewer}
        # All three are read, so that what is wrong with one is known before the first decision.
        candidates, *_ = (Links.read(project, file) for file in (CANDIDATES, ACCEPTED, REJECTED))
        ordered = sorted(candidates.mappings.rows, key=lambda row: -float(row["confidence"] or 0))
        self._waiting = [Question(row) for row in ordered]
        self.accepted = self.rejected = 0

    @property
    def question(self) -> Question | None:
        """The candidate to decide on next; None where none is left."""
        return self._waiting[0] if self._waiting else None

    @property
    def left(self) -> int:
        """How many are left."""
        return len(self._waiting)

    def accept(self) -> None:
        """Make the candidate a link; other candidates of its thing or its item are left out of this review."""
        row = self._waiting[0].row
        self._decide(row, ACCEPTED, {})
        self.accepted += 1
        for column in ("subject_id", "object_id"):
            self._waiting = [question for question in self._waiting if question.row[column] != row[column]]

    def reject(self) -> None:
        """Note that the two are no match, so that they are not proposed again."""
        self._decide(self._waiting.pop(0).row, REJECTED, {"predicate_modifier": NOT})
        self.rejected += 1

    def skip(self) -> None:
        """Leave the candidate as it is, for another review."""
        self._waiting.pop(0)

    def later(self) -> None:
        """Ask again when the others are done."""
        self._waiting.append(self._waiting.pop(0))

    def _decide(self, row: Row, file: str, more: Mapping[str, str]) -> None:
        when = self._today.isoformat()
        kept = {column: row[column] for column in _KEPT if row[column]}
        decided = {**kept, **more, "mapping_justification": "semapv:MappingReview", **self._who, "review_date": when}
        links, candidates = (Links.read(self._project, name) for name in (file, CANDIDATES))
        pair = row["subject_id"], row["object_id"]
        if all((each["subject_id"], each["object_id"]) != pair for each in links.mappings.rows):
            links.save([*links.rows, decided], prefixes=candidates.mappings.prefixes)
        # The decision is written first: if this is broken off, the candidate is asked about again and nothing is lost.
        candidates.save([each.cells for each in candidates.mappings.rows if each.key != row.key])
