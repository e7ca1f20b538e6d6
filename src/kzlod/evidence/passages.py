"""Passages: the paragraphs of a document, numbered and measured the same way everywhere.

The document is decoded as UTF-8 and split at line feeds; a line is a paragraph if it holds any character besides
white space (U+00A0 is white space here); numbering starts at 1. Ranges count Unicode code points from the start of
the document, the end not included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kzlod.errors import InputError


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document: its number, its range, its text."""

    number: int
    start: int
    end: int
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def paragraphs(document: str) -> Iterator[Paragraph]:
    r"""The paragraphs of a document's text.

    >>> [(p.number, p.start, p.end) for p in paragraphs("One\n\n\u00a0\nTwo")]
    [(1, 0, 3), (2, 7, 10)]
    """
    number = start = 0
    for line in document.split("\n"):
        if line.strip():
            number += 1
            yield Paragraph(number, start, start + len(line), line)
        start += len(line) + 1


@dataclass(frozen=True)
class Document:
    """A document of a corpus: its file, the digest of its bytes, its text."""

    path: Path
    sha256: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read a document; raises `InputError` where it is not there or is not UTF-8."""
        try:
            content = path.read_bytes()
            return cls(path, hashlib.sha256(content).hexdigest(), content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InputError(
                f"is not UTF-8 at byte {error.start}", where=str(path), remedy="save it as UTF-8"
            ) from error
        except OSError as error:
            remedy = "name the folder that holds the documents with --corpus"
            raise InputError(f"cannot be read: {error.strerror}", where=str(path), remedy=remedy) from error

    def paragraphs(self) -> list[Paragraph]:
        """The document's paragraphs."""
        return list(paragraphs(self.text))
