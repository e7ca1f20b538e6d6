"""Alignment: candidates for links to Wikidata, the decisions on them, what became of links, what links bring in."""

from kzlod.align.asking import Asker
from kzlod.align.candidates import Alignment, Candidate, Report, align
from kzlod.align.enrich import Proposal, enrich, patch
from kzlod.align.links import ACCEPTED, REJECTED, Links, check_writable, propose
from kzlod.align.review import Question, Review
from kzlod.align.revisit import revisit
from kzlod.align.settings import Settings
from kzlod.align.wikidata import URL, Wikidata

__all__ = [
    "ACCEPTED",
    "REJECTED",
    "URL",
    "Alignment",
    "Asker",
    "Candidate",
    "Links",
    "Proposal",
    "Question",
    "Report",
    "Review",
    "Settings",
    "Wikidata",
    "align",
    "check_writable",
    "enrich",
    "patch",
    "propose",
    "revisit",
]
