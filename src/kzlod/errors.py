"""The errors of kzlod: one tree, each with a stable code.

    KzlodError                what the library raises, always
    ├── ProjectError          there is no project here, or kzlod.toml is wrong
    ├── InputError            a file cannot be read or parsed
    │   └── MetadataError     a CSVW metadata document is wrong
    ├── QueryError            an unknown query or parameter, a wrong value, SPARQL that does not parse
    ├── RemoteError           an endpoint or a store does not answer as it should
    ├── MissingError          a package (or Java) that only some need is not installed; an ImportError too
    ├── ReleaseError          a release cannot be written, or must not be
    │   └── MismatchError     a published file is not what its catalogue states
    ├── LoadError             data cannot be loaded into a store, or must not be
    └── FindingsError         a check found something; `findings` holds it all

`kzlod.cli` turns `FindingsError` into exit status 1 and every other one into exit status 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from kzlod.findings import Finding


class KzlodError(Exception):
    """Something is wrong: what, where, and what to do.

    >>> raise KzlodError("the file is empty", where="data/things.csv:1", remedy="add a header row")
    Traceback (most recent call last):
    kzlod.errors.KzlodError: data/things.csv:1: the file is empty; add a header row
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message, self.where, self.remedy = message, where, remedy
        super().__init__(f"{where + ': ' if where else ''}{message}{'; ' + remedy if remedy else ''}")


class ProjectError(KzlodError):
    """There is no project here, or its `kzlod.toml` is wrong."""

    code = "project"


class InputError(KzlodError):
    """A file cannot be read or parsed."""

    code = "input"


class MetadataError(InputError):
    """A CSVW metadata document cannot be used."""

    code = "metadata"


class QueryError(KzlodError):
    """An unknown query or parameter, a value of the wrong type, or SPARQL that does not parse."""

    code = "query"


class RemoteError(KzlodError):
    """A SPARQL endpoint or a store on the web cannot be reached, refuses, or does not answer as it should."""

    code = "remote"


class MissingError(KzlodError, ImportError):
    """A package, or Java, that the base install does without is not there; the remedy says how to install it."""

    code = "missing"


class ReleaseError(KzlodError):
    """A release cannot be written, or must not be."""

    code = "release"


class MismatchError(ReleaseError):
    """What arrives is not what the catalogue states: absent, longer, shorter, other bytes."""

    code = "release.mismatch"


class LoadError(KzlodError):
    """Data cannot be loaded into a store, or must not be."""

    code = "load"


class FindingsError(KzlodError):
    """A check found something that must be mended first; `findings` holds all of it."""

    code = "findings"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = f"{self.findings[0]}" if self.findings else ""
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        super().__init__(f"{first}{more}")
