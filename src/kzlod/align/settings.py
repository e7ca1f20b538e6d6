"""What `kzlod.toml` says about the alignment: which kinds of things to look for, and what is evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kzlod.errors import ProjectError
from kzlod.project import FILE, Project
from kzlod.terms import is_iri

_ITEM, _PROPERTY = re.compile(r"Q[1-9]\d*"), re.compile(r"P[1-9]\d*")
_EXAMPLE = 'add it, such as\n[align.types]\n"ex:city" = ["Q515"]'


@dataclass(frozen=True, slots=True)
class Settings:
    """The table `[align]`: `types`, `identifiers` and `places`.

    `types` says of a kind or class of things which classes of Wikidata its items are of; what is of no kind listed is
    not looked for. `identifiers` says of a property which one of Wikidata's has the same values. `places` are the
    properties that say where a thing is.
    """

    types: Mapping[str, tuple[str, ...]]
    identifiers: Mapping[str, str]
    places: tuple[str, ...]

    @classmethod
    def of(cls, project: Project) -> Settings:
        """The settings of a project; raises `ProjectError` for what is wrong with them."""
        reader = _Reader(project)
        unknown = sorted(project.align.keys() - {"types", "identifiers", "places"})
        if unknown:
            raise reader.wrong(unknown[0], "is not known", "the keys are types, identifiers and places")
        types = {reader.iri("types", key): reader.classes(key, value) for key, value in reader.table("types").items()}
        if not types:
            raise reader.wrong("types", "is missing, so nothing says what to look for", _EXAMPLE)
        identifiers = {}
        for key, value in reader.table("identifiers").items():
            if not isinstance(value, str) or not _PROPERTY.fullmatch(value):
                raise reader.wrong(
                    f"identifiers.{key}", f"{value!r} is no property of Wikidata", "write one such as P31"
                )
            identifiers[reader.iri("identifiers", key)] = value
        places = project.align.get("places", [])
        if not isinstance(places, list):
            raise reader.wrong("places", f"{places!r} is no list", 'write one such as ["ex:locatedIn"]')
        return cls(types, identifiers, tuple(reader.iri("places", place) for place in places))


class _Reader:
    def __init__(self, project: Project) -> None:
        self._project = project

    def wrong(self, key: str, message: str, remedy: str) -> ProjectError:
        return ProjectError(f"align.{key}: {message}", where=str(self._project.root / FILE), remedy=remedy)

    def table(self, key: str) -> Mapping[str, Any]:
        value = self._project.align.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"{value!r} is no table", f"write it below [align.{key}]")
        return value

    def iri(self, key: str, name: Any) -> str:
        """The IRI of a name: with a prefix of the project, or in full."""
        if isinstance(name, str):
            prefix, _, rest = name.partition(":")
            iri = self._project.prefixes[prefix] + rest if prefix in self._project.prefixes else name
            if "://" in iri and is_iri(iri):
                return iri
        raise self.wrong(key, f"{name!r} is no name", "write PREFIX:NAME with a prefix of [prefixes], or an IRI")

    def classes(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and value and all(isinstance(each, str) and _ITEM.fullmatch(each) for each in value):
            return tuple(value)
        raise self.wrong(f"types.{key}", f"{value!r} is no list of Wikidata's classes", 'write one such as ["Q515"]')
