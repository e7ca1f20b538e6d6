"""The index of names: what each thing is called in each language, a line a thing, for searches here and in a browser.

    [
    {"href": "thing/oslo.html", "path": "thing/oslo", "labels": {"en": "Oslo"}},
    …
    ]

`href` is below the pages of any language, `path` follows the base of the IRI. It is
made once a release and kept beside its store.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kzlod.web.addresses import HTML, encoded, is_file_name, named
from kzlod.web.opened import OpenRelease

FILE = "search.json"
_MOST = 100


def index(release: OpenRelease) -> Path:
    """The index as a file."""
    target = release.kept.documents.with_name("search-1.json")
    if not target.is_file():
        number, name = tempfile.mkstemp(dir=target.parent, prefix=".search-")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write("[")
            for count, entry in enumerate(_entries(release)):
                file.write((",\n" if count else "\n") + json.dumps(entry, ensure_ascii=False))
            file.write("\n]\n")
        Path(name).replace(target)
    return target


def _entries(release: OpenRelease) -> Iterator[dict[str, object]]:
    for path in release.documents():
        if not is_file_name(path):
            continue
        labels = release.names(release.base + path)
        if not labels:
            label = release.label(release.base + path)
            if label is None:
                continue
            labels = {label.language or "": label.value}
        yield {"href": encoded(named(path, HTML)), "path": path, "labels": labels}


def found(release: OpenRelease, text: str) -> list[str]:
    """The IRIs of what has all words of a text in one of its names, the shortest names first."""
    words, ranked = text.casefold().split(), []
    if not words:
        return []
    with index(release).open(encoding="utf-8") as file:
        for line in file:
            folded = line.casefold()
            if all(json.dumps(word, ensure_ascii=False)[1:-1] in folded for word in words):
                entry = json.loads(line.rstrip(",\n"))
                fitting = [one for one in entry["labels"].values() if all(word in one.casefold() for word in words)]
                if fitting:
                    ranked.append((min(map(len, fitting)), entry["path"]))
    return [release.base + path for _, path in sorted(ranked)[:_MOST]]
