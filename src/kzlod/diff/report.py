"""A diff for people, as Markdown, and for programs, as JSON; both in pieces, so that a long one needs no memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kzlod.diff.compute import Change, Diff, Kind, Revision
from kzlod.diff.words import Words
from kzlod.terms import XSD_STRING, parse

MOST = 200
"""How many subjects of one class Markdown shows in a section; JSON and the patches have all."""
_TITLES: dict[Kind, str] = {"revised": "Revised", "added": "Added", "withdrawn": "Withdrawn", "removed": "Removed"}
_LONG = 300


@dataclass(slots=True)
class _Group:
    evident: bool
    """Whether its subjects name their evidence: facts come before what they stand on."""
    count: int = 0
    lines: list[str] = field(default_factory=list)


def markdown(diff: Diff) -> Iterator[str]:
    """The changes in people's words: what was revised, with old and new values and passages; added; removed."""
    words = Words(diff)
    groups: dict[tuple[Kind, str], _Group] = {}
    for change in diff.changes():
        key = change.kind, words.kind(change.subject)
        group = groups.setdefault(key, _Group(bool(words.passages(change.subject))))
        group.count += 1
        if group.count <= MOST:
            group.lines += _entry(change, words)
    yield f"# Changes from {_plain(diff.old.name)} to {_plain(diff.new.name)}\n\n"
    for note in diff.notes:
        yield f"Note: {_plain(note)}.\n\n"
    if not groups:
        yield "Nothing changed.\n"
        return
    yield f"{_many(len(diff.added), 'triple')} added, {len(diff.removed):,} removed.\n"
    for kind, title in _TITLES.items():
        known = [(not group.evident, name) for (other, name), group in groups.items() if other == kind]
        if known:
            yield f"\n## {title}\n"
        for _, name in sorted(known):
            group = groups[kind, name]
            yield f"\n### {_plain(name[:1].upper() + name[1:]) or 'Without a class'} ({group.count:,})\n\n"
            yield from (f"{line}\n" for line in group.lines)
            if group.count > MOST:
                yield f"- and {group.count - MOST:,} more\n"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _entry(change: Change, words: Words) -> Iterator[str]:
    passages = words.passages(change.subject)
    places = f" (passage {', '.join(map(_plain, passages))})" if passages else ""
    yield f"- [{_plain(words.title(change.subject))}](<{change.subject[1:-1]}>){places}"
    if change.kind == "withdrawn" and (told := words.withdrawn(change.subject)):
        yield f"  - {_plain(told)}"
    if change.kind == "revised":
        for revision in change.revisions:
            unit = words.unit(change.subject, revision.predicate)
            name = words.name(revision.predicate) + (f", in {unit}" if unit else "")
            yield f"  - {_plain(name)}: {_told(revision, words)}"
        if not change.revisions:
            yield "  - moved to another graph"


def _told(revision: Revision, words: Words) -> str:
    told = [[words.name(token) for token in tokens] for tokens in (revision.old, revision.new)]
    if set(told[0]) & set(told[1]):
        sides = (revision.old, revision.new)
        told = [[f"{words.name(token)} ({words.sort(token)})" for token in tokens] for tokens in sides]
    old, new = ("; ".join(_plain(text if len(text) <= _LONG else text[:_LONG] + "…") for text in one) for one in told)
    if not new:
        return f"no longer {old}"
    return f"{old} → {new}" if old else f"now also {new}"


def _plain(text: str) -> str:
    """A text in one line of Markdown in which nothing is markup.

    >>> _plain("a_b *c* <d>")
    'a\\\\_b \\\\*c\\\\* \\\\<d>'
    """
    return "".join(f"\\{char}" if char in "\\`*_[]<&|~#" else char for char in " ".join(text.split()))


def to_json(diff: Diff) -> Iterator[str]:
    """The changes as a JSON object, a line a subject: its IRI, label, class, passages, and its values by predicate.

    Values are as in SPARQL 1.1 Query Results JSON Format, section 3.2.2, with labels.
    """
    words = Words(diff)
    for name, side in (("old", diff.old), ("new", diff.new)):
        yield f"{'{' if name == 'old' else ''}{_dumped(name)}: {_dumped({'name': side.name, 'iri': side.iri})},\n"
    yield f'"notes": {_dumped(diff.notes)},\n'
    yield f'"triples": {_dumped({"added": len(diff.added), "removed": len(diff.removed)})},\n"changes": ['
    separator = "\n"
    for change in diff.changes():
        yield separator + _dumped(_described(change, words))
        separator = ",\n"
    yield "\n]}\n"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _described(change: Change, words: Words) -> dict[str, Any]:
    return {
        "iri": change.subject[1:-1],
        "change": change.kind,
        "label": words.title(change.subject),
        "class": words.kind(change.subject),
        "passages": words.passages(change.subject),
        "values": [
            {
                "predicate": revision.predicate[1:-1],
                "label": words.name(revision.predicate),
                "old": [_term(token, words) for token in revision.old],
                "new": [_term(token, words) for token in revision.new],
            }
            for revision in change.revisions
        ],
    }


def _term(token: str, words: Words) -> dict[str, str]:
    term = parse(token)
    if term.kind == "iri":
        return {"type": "uri", "value": term.value, "label": words.name(token)}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype != XSD_STRING:
        found["datatype"] = term.datatype
    return found
