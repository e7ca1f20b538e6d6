"""Visiting accepted links again: what became of the items, and whether they still are what was linked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kzlod.align.links import ACCEPTED, Links
from kzlod.align.names import ALIKE, Name, label
from kzlod.align.score import fitting_name
from kzlod.align.settings import Settings
from kzlod.align.things import ENTITY, Thing, Things
from kzlod.align.wikidata import Item, Wikidata, is_item
from kzlod.dataset import Dataset
from kzlod.findings import Finding, Severity
from kzlod.sssom import Row


@dataclass(frozen=True, slots=True)
class Link:
    """An accepted link: the row that says it, the thing, the item's id."""

    row: Row
    thing: Thing | None
    iri: str
    item: str


def accepted(dataset: Dataset, things: Things) -> tuple[Link, ...]:
    """The accepted links to Wikidata. Raises `FindingsError` where their file has rows that are wrong."""
    mappings = Links.read(dataset.project, ACCEPTED).mappings
    pairs = [(row, mappings.expand(row["subject_id"]), mappings.expand(row["object_id"])) for row in mappings.rows]
    return tuple(
        Link(row, things.of(s), s, o.removeprefix(ENTITY))
        for row, s, o in pairs
        if o.startswith(ENTITY) and not row.negative
    )


def revisit(dataset: Dataset, settings: Settings, wikidata: Wikidata) -> tuple[Finding, ...]:
    """What is wrong with the accepted links by now, in the order of their lines.

    Codes: `align.item` for what is no item, `align.deleted` and `align.redirected` for items that are gone or were
    merged, `align.type` for items of another type, `align.label` for items none of whose names is like the thing's.
    Raises `RemoteError` where the endpoint does not answer.
    """
    links = accepted(dataset, Things(dataset, settings))
    items = wikidata.items(link.item for link in links if is_item(link.item))
    wanted = {class_ for link in links if link.thing for class_ in link.thing.classes}
    reached = wikidata.reached({class_ for item in items.values() for class_ in item.classes}, wanted)
    labels = wikidata.labels({class_ for item in items.values() for class_ in item.classes})
    return tuple(
        Finding(
            ACCEPTED, link.row.line, "object_id", f"align.{code}", f"{link.item}: {message}", remedy, severity, link.iri
        )
        for link in links
        for code, message, remedy, severity in _wrong(link, items.get(link.item), wikidata, reached, labels)
    )


def _wrong(
    link: Link,
    item: Item | None,
    wikidata: Wikidata,
    reached: Mapping[str, Collection[str]],
    labels: Mapping[str, Sequence[Name]],
) -> Iterator[tuple[str, str, str, Severity]]:
    if not is_item(link.item):
        yield "item", "is no item: its id would be Q and digits", "correct it, or take the link out", "error"
        return
    if item is None:
        remedy = "take the link out, or link to what is there"
        yield "deleted", f"{wikidata.url} has no such item: it was deleted, or never was", remedy, "error"
        return
    if item.moved_to:
        remedy = f"write wd:{item.moved_to}, if that is still the same"
        yield "redirected", f"was merged into {item.moved_to}", remedy, "error"
        return
    if link.thing is None:
        return
    fits = any(set(link.thing.classes) & set(reached.get(class_, ())) for class_ in item.classes)
    if item.classes and not fits:
        named = {class_: label(labels.get(class_, ()), wikidata.languages) for class_ in item.classes}
        shown = ", ".join(f"{name} ({class_})".lstrip() for class_, name in named.items())
        kind = label(link.thing.kinds, wikidata.languages)
        remedy = "look whether it is still the same; if it is, add the type to [align.types]"
        yield "type", f"is {shown} now, and the thing is {kind}", remedy, "error"
    if item.names and fitting_name(link.thing, item) < ALIKE:
        own, now = (label(names, wikidata.languages) for names in (link.thing.names, item.names))
        yield (
            "label",
            f"is called “{now}” now, which is not like “{own}”",
            "look whether it is still the same",
            "warning",
        )
