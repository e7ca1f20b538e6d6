"""A project: a folder with a `kzlod.toml`, or the reference dataset that comes with the package."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kzlod.errors import KzlodError, ProjectError
from kzlod.terms import is_iri
from kzlod.vocab import PREFIXES

FILE = "kzlod.toml"
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]*")


@dataclass(frozen=True)
class Project:
    """A dataset's folder and what its `kzlod.toml` says.

    >>> project = Project.find(None, start=Path("/"))
    >>> project.bundled, project.dataset_iri.startswith(project.base)
    (True, True)
    """

    root: Path
    id: str
    version: str
    date: datetime.date
    base: str
    license: str
    languages: tuple[str, ...]
    title: Mapping[str, str]
    description: Mapping[str, str]
    publisher: Mapping[str, str]
    contact: Mapping[str, str]
    """Whom to write to: `name`, and `email` or `url`; empty where nobody is named."""
    themes: tuple[str, ...]
    spatial: tuple[str, ...]
    """The IRIs of the themes and of the places that the dataset is about."""
    own_prefixes: Mapping[str, str]
    graphs: Mapping[str, str]
    align: Mapping[str, Any]
    """How the dataset is aligned with others: what `kzlod.align` reads."""
    bundled: bool = False

    @classmethod
    def find(cls, folder: Path | None, *, start: Path) -> Project:
        """The project in `folder`; without one, the nearest from `start` upward, else the reference dataset.

        Raises `ProjectError` where the folder named has no `kzlod.toml`, or it is wrong.
        """
        if folder is not None:
            if not (folder / FILE).is_file():
                raise ProjectError(f"there is no {FILE} here", where=str(folder), remedy="make one with `kzlod init`")
            return cls.read(folder)
        start = start.resolve()
        for candidate in (start, *start.parents):
            if (candidate / FILE).is_file():
                return cls.read(candidate)
        return cls.reference()

    @classmethod
    def reference(cls) -> Project:
        """The reference dataset: inside an installed package, or around its source tree."""
        package = Path(__file__).parent
        root = package / "reference"
        return cls.read(root if (root / FILE).is_file() else package.parents[1], bundled=True)

    @classmethod
    def read(cls, root: Path, *, bundled: bool = False) -> Project:
        """Read the `kzlod.toml` of a folder."""
        path = root / FILE
        fields = _Fields(read_toml(path, where=str(path), wrong=ProjectError), str(path))
        dataset = "dataset"
        base = fields.get(dataset, "base", str)
        if not is_iri(base) or not base.endswith(("/", "#")):
            raise fields.wrong("dataset.base", f"{base!r} is no IRI that ends in / or #")
        id_, version = fields.get(dataset, "id", str), fields.get(dataset, "version", str)
        if not ID.fullmatch(id_):
            raise fields.wrong("dataset.id", f"{id_!r} is not lower-case letters, digits and hyphens")
        if not _VERSION.fullmatch(version):
            raise fields.wrong("dataset.version", f"{version!r} cannot name a folder; write one such as 1.0.0")
        date = fields.get(dataset, "date", datetime.date)
        return cls(
            root=root,
            id=id_,
            version=version,
            date=date,
            base=base,
            license=fields.iri(dataset, "license"),
            languages=tuple(fields.get(dataset, "languages", list, ["en"])),
            title=fields.texts(dataset, "title"),
            description=fields.texts(dataset, "description"),
            publisher=fields.texts(dataset, "publisher", iris=("iri",)),
            contact=fields.texts(dataset, "contact", iris=("url",)),
            themes=fields.iris(dataset, "themes"),
            spatial=fields.iris(dataset, "spatial"),
            own_prefixes=fields.texts("", "prefixes"),
            graphs=fields.texts("", "graphs"),
            align=fields.get("", "align", dict, {}),
            bundled=bundled,
        )

    def titled(self, language: str = "en") -> str:
        """The title in a language, else in the first that it has one in, and the version."""
        title = self.title.get(language) or next(iter(self.title.values()), self.id)
        return f"{title} {self.version}"

    @property
    def dataset_iri(self) -> str:
        """The IRI of the dataset, which is also the graph of its data."""
        return f"{self.base}dataset/{self.id}"

    @property
    def series_iri(self) -> str:
        """The IRI of the series of the dataset's releases."""
        return f"{self.base}series/{self.id}"

    def release_iri(self, version: str = "") -> str:
        """The IRI of a release: of this version, or of another one."""
        return f"{self.base}release/{self.id}/{version or self.version}"

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """All prefixes of the dataset: the usual ones and its own."""
        return {**PREFIXES, **self.own_prefixes}

    def graph_of(self, path: Path) -> str:
        """The IRI of the graph that an input's triples go to."""
        return self.graphs.get(self.shown(path), self.dataset_iri)

    def shown(self, path: Path) -> str:
        """A file's path as a finding shows it: from the project's root, with slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def files(self, folder: str, *suffixes: str) -> list[Path]:
        """The files below a folder of the project with one of these suffixes, in order of their names."""
        found = (self.root / folder).rglob("*")
        return sorted(path for path in found if path.suffix in suffixes and path.is_file())


def read_toml(path: Path, *, where: str, wrong: type[KzlodError]) -> dict[str, Any]:
    """What a TOML file says; raises `wrong`, at the place `where`, for one that does not parse."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise wrong("is not UTF-8", where=where, remedy="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        message, line = str(error), re.search(r"at line (\d+)", str(error))
        at = f":{line[1]}" if line else ""
        raise wrong(f"is not TOML: {message}", where=where + at, remedy="mend it there") from error
    except OSError as error:
        raise wrong(f"cannot be read: {error.strerror}", where=where) from error


_KINDS = {
    str: 'a text in quotes, such as "1.0.0"',
    dict: "a table, such as [dataset.title]",
    list: 'a list, such as ["en"]',
    datetime.date: "a date without quotes, such as 2026-01-31",
}


class _Fields:
    """The fields of a TOML document, with errors that name file and key."""

    def __init__(self, document: dict[str, Any], where: str) -> None:
        self._document, self._where = document, where

    def wrong(self, key: str, message: str, remedy: str = "") -> ProjectError:
        return ProjectError(f"{key}: {message}", where=self._where, remedy=remedy)

    def get(self, table: str, key: str, kind: type[Any], default: Any = None) -> Any:
        values = self._document.get(table, {}) if table else self._document
        name = f"{table}.{key}" if table else key
        value = values.get(key, default) if isinstance(values, dict) else default
        if value is None:
            raise self.wrong(name, "is missing", f"give it {_KINDS[kind]}")
        if not isinstance(value, kind) or isinstance(value, datetime.datetime):
            raise self.wrong(name, f"{value!r} is not what it takes", f"give it {_KINDS[kind]}")
        return value

    def iri(self, table: str, key: str) -> str:
        value: str = self.get(table, key, str)
        if not is_iri(value):
            raise self.wrong(f"{table}.{key}", f"{value!r} is no IRI")
        return value

    def iris(self, table: str, key: str) -> tuple[str, ...]:
        values: list[Any] = self.get(table, key, list, [])
        for value in values:
            if not isinstance(value, str) or not is_iri(value):
                raise self.wrong(f"{table}.{key}", f"{value!r} is no IRI")
        return tuple(values)

    def texts(self, table: str, key: str, *, iris: tuple[str, ...] = ()) -> dict[str, str]:
        values: dict[str, Any] = self.get(table, key, dict, {})
        name = f"{table}.{key}" if table else key
        for inner, value in values.items():
            if not isinstance(value, str):
                raise self.wrong(f"{name}.{inner}", f"{value!r} is not what it takes", f"give it {_KINDS[str]}")
            if inner in iris and not is_iri(value):
                raise self.wrong(f"{name}.{inner}", f"{value!r} is no IRI")
        return values
