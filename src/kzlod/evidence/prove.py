"""Proving evidence: that a value is what its words say, and that the words stand in the document where it is said.

Without the documents the words and the value are compared; with them each document's digest, each passage's range and
digest and each mention, character for character.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.errors import InputError
from kzlod.evidence.passages import Document, Paragraph
from kzlod.figures import BOUNDS, read_figure
from kzlod.findings import Unplaced
from kzlod.terms import local_name, parse, to_decimal
from kzlod.vocab import DCTERMS, KZ, OA, SCHEMA, SDMX_MEASURE

_VALUE, _BOUND, _WRITTEN = f"<{SDMX_MEASURE}obsValue>", f"<{KZ}bound>", f"<{KZ}asWritten>"
_EVIDENCE, _PART, _DERIVED = f"<{KZ}evidence>", f"<{DCTERMS}isPartOf>", "<http://www.w3.org/ns/prov#wasDerivedFrom>"
_START, _END, _SHA256 = f"<{OA}start>", f"<{OA}end>", f"<{SCHEMA}sha256>"
_FILE, _NUMBER = f"<{SCHEMA}name>", f"<{SCHEMA}position>"
_LOCK = "make the passages and mentions anew with `kzlod evidence lock`, after a look at what changed"


def check_words(dataset: Dataset) -> Iterator[Unplaced]:
    """The figures whose value or bounds are not what their words say."""
    query = """
        SELECT written.s, written.o, value.o, list(bound.o) FROM quads written
        JOIN quads value ON value.s = written.s AND value.p = $value
        LEFT JOIN quads bound ON bound.s = written.s AND bound.p = $bound
        WHERE written.p = $written GROUP BY ALL ORDER BY ALL
    """
    keys = {"value": _VALUE, "bound": _BOUND, "written": _WRITTEN}
    for s, written, value, bounds in dataset.table.rows(query, keys):
        words, number = parse(written).value, to_decimal(value)
        if number is None:
            continue  # what is no number is a finding of the table's own check
        figure = read_figure(words)
        stored = {local_name(bound) for bound in bounds if bound}
        if figure is None:
            message, remedy = f"no number can be read from {words!r}", "write the figure as the document has it"
            yield Unplaced("evidence.unreadable", message, s=s, p=_WRITTEN, o=written, remedy=remedy)
        elif not figure.says(number):
            message = f"{number} is not what {words!r} says, which is {figure.value.normalize():f}"
            yield Unplaced("evidence.value", message, s=s, p=_VALUE, o=value, remedy="correct the one or the other")
        elif stored and stored <= BOUNDS and stored != figure.bounds:
            said = " and ".join(sorted(figure.bounds))
            message = f"{' and '.join(sorted(stored))} is not how {words!r} bounds the figure, which is {said}"
            wrong = next((bound for bound in bounds if local_name(bound) not in figure.bounds), "")
            remedy = "give each bound that the words have, and no other"
            yield Unplaced("evidence.bound", message, s=s, p=_BOUND, o=wrong, remedy=remedy)
    yield from _second_words(dataset)


def _second_words(dataset: Dataset) -> Iterator[Unplaced]:
    query = """
        SELECT again.o, written.o, value.o FROM quads again
        JOIN quads written ON written.s = again.o AND written.p = $written
        JOIN quads value ON value.s = again.s AND value.p = $value WHERE again.p = $derived ORDER BY ALL
    """
    for mention, written, value in dataset.table.rows(
        query, {"written": _WRITTEN, "value": _VALUE, "derived": _DERIVED}
    ):
        words, number = parse(written).value, to_decimal(value)
        figure = read_figure(words)
        if number is not None and (figure is None or not figure.admits(number)):
            message, remedy = f"{words!r} cannot be said of {number}", "correct the one or the other"
            yield Unplaced("evidence.value", message, s=mention, p=_WRITTEN, o=written, remedy=remedy)


def check_corpus(dataset: Dataset, corpus: Path) -> Iterator[Unplaced]:
    """What the documents in a folder do not bear out: digests, passages, mentions.

    In a document that is not the one whose digest is known, only what its paragraphs say is compared: that all of it
    moved when a character came in is one finding, that of the digest.
    """
    texts: dict[str, str] = {}
    paragraphs: dict[str, Paragraph] = {}
    for s, file, digest in _pairs(dataset, _FILE, _SHA256):
        name = parse(file).value
        try:
            document = Document.read(corpus / name)
        except InputError as error:
            yield Unplaced("evidence.document", f"{name}: {error.message}", s=s, p=_FILE, remedy=error.remedy)
            continue
        known = document.sha256 == parse(digest).value
        if known:
            texts[s] = document.text
        else:
            message = f"{name} is not the document whose digest this is; it has {document.sha256}"
            yield Unplaced("evidence.document", message, s=s, p=_SHA256, remedy=_LOCK)
        there = {paragraph.number: paragraph for paragraph in document.paragraphs()}
        yield from _check_passages(dataset, s, there, paragraphs, known=known)
    yield from _check_mentions(dataset, texts, paragraphs)


def _pairs(dataset: Dataset, one: str, other: str) -> list[tuple[str, str, str]]:
    query = (
        "SELECT DISTINCT a.s, a.o, b.o FROM quads a JOIN quads b ON a.s = b.s WHERE a.p = ? AND b.p = ? ORDER BY ALL"
    )
    return [(s, a, b) for s, a, b in dataset.table.rows(query, [one, other])]


def _count(token: str) -> int:
    """A count of characters or paragraphs; -1 for what is none, which is a finding of the table's own check."""
    number = to_decimal(token)
    return -1 if number is None else int(number)


def _check_passages(
    dataset: Dataset, source: str, there: dict[int, Paragraph], found: dict[str, Paragraph], *, known: bool
) -> Iterator[Unplaced]:
    query = """
        SELECT part.s, number.o, start.o, stop.o, sha.o FROM quads part
        JOIN quads number ON number.s = part.s AND number.p = $number
        JOIN quads start ON start.s = part.s AND start.p = $start JOIN quads stop ON stop.s = part.s AND stop.p = $end
        JOIN quads sha ON sha.s = part.s AND sha.p = $sha WHERE part.p = $part AND part.o = $source ORDER BY ALL
    """
    keys = {"number": _NUMBER, "start": _START, "end": _END, "sha": _SHA256, "part": _PART, "source": source}
    for s, number, start, end, sha in dataset.table.rows(query, keys):
        paragraph = there.pop(_count(number), None)
        if paragraph is None:
            message = f"the document has no paragraph {parse(number).value}, or it is a passage twice"
            yield Unplaced("evidence.passage", message, s=s, p=_NUMBER, remedy=_LOCK)
            continue
        found[s] = paragraph
        if known and (_count(start), _count(end)) != (paragraph.start, paragraph.end):
            message = f"the paragraph stands at {paragraph.start} to {paragraph.end} in the document"
            yield Unplaced("evidence.passage", message, s=s, p=_START, remedy=_LOCK)
        elif parse(sha).value != paragraph.sha256:
            yield Unplaced("evidence.passage", "the paragraph's text is another", s=s, p=_SHA256, remedy=_LOCK)
    for number in there:
        message = f"paragraph {number} of the document is no passage here"
        yield Unplaced("evidence.passage", message, s=source, p=_FILE, remedy=_LOCK)


def _check_mentions(dataset: Dataset, texts: dict[str, str], paragraphs: dict[str, Paragraph]) -> Iterator[Unplaced]:
    query = """
        SELECT DISTINCT fact.s, fact.o, mention.s, mention.o, start.o, stop.o, within.o
        FROM (SELECT s, o FROM quads WHERE p = $written) fact
        JOIN (SELECT s, o AS mention FROM quads WHERE p = $evidence
              UNION SELECT s, s FROM quads WHERE p = $written) link ON link.s = fact.s
        JOIN quads mention ON mention.s = link.mention AND mention.p = $part
        JOIN quads start ON start.s = mention.s AND start.p = $start
        JOIN quads stop ON stop.s = mention.s AND stop.p = $end
        JOIN quads within ON within.s = mention.o AND within.p = $part ORDER BY ALL
    """
    keys = {"written": _WRITTEN, "evidence": _EVIDENCE, "part": _PART, "start": _START, "end": _END}
    for s, written, mention, passage, start, end, source in dataset.table.rows(query, keys):
        words, paragraph = parse(written).value, paragraphs.get(passage)
        first, last = _count(start), _count(end)
        if paragraph is None:
            continue
        if source in texts and texts[source][first:last] != words:
            message = f"{words!r} is not what the document has at {first} to {last}"
            yield Unplaced("evidence.mention", message, s=s, p=_WRITTEN, o=written, remedy=_LOCK)
        elif source in texts and not paragraph.start <= first < last <= paragraph.end:
            message = f"stands outside its passage, which is at {paragraph.start} to {paragraph.end}"
            yield Unplaced("evidence.mention", message, s=mention, p=_START, remedy=_LOCK)
        elif words not in paragraph.text:
            message = f"{words!r} is not in the passage any more"
            yield Unplaced("evidence.mention", message, s=s, p=_WRITTEN, o=written, remedy=_LOCK)
