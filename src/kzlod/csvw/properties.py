"""The kinds of property of a metadata document, and what a wrong value becomes (Metadata Vocabulary, 5.1).

A wrong value is a warning and the property's default, or an error where the standard says so. Each warning is a
finding whose `column` is the place within the document, such as `tables[0].tableSchema.columns[2].datatype`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import NoReturn

from kzlod.csvw import context, iri
from kzlod.csvw.model import Json, Titles
from kzlod.errors import MetadataError
from kzlod.findings import Finding

KINDS = {dict: "an object", list: "an array", str: "a string", bool: "true or false", int: "a number",
         float: "a number", type(None): "null"}  # fmt: skip


def kind(value: Json) -> str:
    """What a JSON value is, in words."""
    return KINDS[type(value)]


@dataclass(frozen=True, slots=True)
class Document:
    """The document that is being read: where it is, its base URL and language, and what was found so far."""

    file: str
    base: str
    language: str = "und"
    findings: list[Finding] = field(default_factory=list)

    def warn(self, place: str, message: str, *, remedy: str = "", code: str = "metadata.property") -> None:
        """Report what is wrong and can be passed over."""
        self.findings.append(Finding(self.file, None, place or None, code, message, remedy, "warning"))

    def fail(self, place: str, message: str, *, remedy: str = "") -> NoReturn:
        """Raise what makes the document unusable."""
        raise MetadataError(message, where=f"{self.file}: {place}" if place else self.file, remedy=remedy)

    def link(self, place: str, value: Json) -> str:
        """A link property's URL, absolute and normalised; a value that is no string counts as empty (5.1.2)."""
        if not isinstance(value, str):
            self.warn(place, f"it is {kind(value)}, not a URL; it counts as empty")
            value = ""
        return iri.normalise(iri.resolve(self.base, value))

    def identifier(self, place: str, value: Json) -> str:
        """An `@id`, a link property. A blank node is an error."""
        if isinstance(value, str) and value.startswith("_:"):
            self.fail(place, f"{value!r} is a blank node", remedy="give it a URL")
        return self.link(place, value)

    def array(self, place: str, value: Json) -> list[Json]:
        """An array property's items; a value that is no array counts as empty (5.1.1)."""
        if isinstance(value, list):
            return value
        self.warn(place, f"it is {kind(value)}, not an array; it is passed over")
        return []

    def objects(self, place: str, value: Json) -> list[tuple[str, dict[str, Json]]]:
        """The objects of an array property, each with its place; other items are passed over."""
        out = []
        for number, item in enumerate(self.array(place, value)):
            if isinstance(item, dict):
                out.append((f"{place}[{number}]", item))
            else:
                self.warn(f"{place}[{number}]", f"it is {kind(item)}, not an object; it is passed over")
        return out

    def titles(self, place: str, value: Json) -> Titles:
        """A natural language property's strings by language (5.1.6)."""
        if isinstance(value, dict):
            out: dict[str, tuple[str, ...]] = {}
            for language, strings in value.items():
                at = f"{place}.{language}"
                if not context.is_language(language):
                    self.warn(at, f"{language!r} is not a language tag; it is passed over")
                elif not isinstance(strings, str | list):
                    self.warn(at, f"it is {kind(strings)}, not a string or an array; it is passed over")
                else:
                    out[language] = self._strings(at, strings)
            return out
        if isinstance(value, str | list):
            return {self.language: self._strings(place, value)}
        self.warn(place, f"it is {kind(value)}, not a string, an array or an object; it is passed over")
        return {}

    def _strings(self, place: str, value: str | list[Json]) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        for number, item in enumerate(value):
            if not isinstance(item, str):
                self.warn(f"{place}[{number}]", f"it is {kind(item)}, not a string; it is passed over")
        return tuple(item for item in value if isinstance(item, str))

    def references(self, place: str, value: Json, names: Mapping[str, int]) -> tuple[int, ...]:
        """A column reference property as positions of columns; a wrong value counts as absent (5.1.4)."""
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            self.warn(place, "it names no columns; it is passed over", remedy="write a column's name, or an array")
            return ()
        for name in items:
            if name not in names:
                self.warn(place, f"there is no column {name!r}; it is passed over", remedy=nearest(name, names))
                return ()
        return tuple(names[name] for name in items)


def nearest(name: str, names: Iterable[str]) -> str:
    """What to do about a name that is not among those known.

    >>> nearest("tiltes", ["titles", "name"])
    'did you mean titles?'
    """
    close = get_close_matches(name, list(islice(names, 1000)), n=1)
    return f"did you mean {close[0]}?" if close else "check its spelling"


Check = Callable[[Json], bool]


def is_boolean(value: Json) -> bool:
    """Whether a value is true or false."""
    return isinstance(value, bool)


def is_count(value: Json) -> bool:
    """Whether a value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_string(value: Json) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def is_character(value: Json) -> bool:
    """Whether a value is a string of one character."""
    return isinstance(value, str) and len(value) == 1


def one_of(*values: str) -> Check:
    """Whether a value is one of these strings."""
    return lambda value: isinstance(value, str) and value in values


def atomic(
    document: Document, place: str, description: Mapping[str, Json], name: str, check: Check, default: Json, wanted: str
) -> Json:
    """An atomic property's value; a wrong one is a warning and the default (5.1.7)."""
    if name not in description:
        return default
    value = description[name]
    if check(value):
        return value
    shown = repr(value) if isinstance(value, str | int | float) else kind(value)
    document.warn(f"{place}.{name}".lstrip("."), f"it is {shown}, not {wanted}; it is passed over")
    return default


def known(
    document: Document, place: str, description: Mapping[str, Json], names: Collection[str], *, common: bool = True
) -> dict[str, Json]:
    """The common properties of a description; one that is neither defined nor common is a warning (4)."""
    out = {}
    for name, value in description.items():
        if name in names:
            continue
        at = f"{place}.{name}".lstrip(".")
        if common and ":" in name and context.is_absolute(name):
            out[name] = value
        elif not common and ":" in name:
            document.warn(at, "common properties have no place here; it is passed over")
        else:
            document.warn(at, f"{name!r} is no property of this object; it is passed over", remedy=nearest(name, names))
    return out
