"""What is said of slices and their keys (IC-7 to IC-10, IC-18)."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.cube.structure import not_one, of_class, said
from kzlod.cube.terms import qb, texts
from kzlod.cube.violations import Search, Violation, name, node
from kzlod.quads.sqltext import text


def has_slices(search: Search) -> bool:
    """Whether anything is said of slices."""
    predicates, classes = texts(map(qb, ("sliceKey", "slice", "sliceStructure"))), texts(map(qb, ("SliceKey", "Slice")))
    return bool(search.rows(f"SELECT 1 FROM def WHERE p IN {predicates} OR o IN {classes} LIMIT 1"))


def slices(search: Search) -> Iterator[Violation]:
    """The violations of IC-7 to IC-10."""
    if not has_slices(search):
        return
    keys, declared = of_class(qb("SliceKey")), said(qb("sliceKey"))
    yield from search.found(
        7,
        f"SELECT s FROM {keys} ANTI JOIN (SELECT o FROM {declared} SEMI JOIN"
        f" {of_class(qb('DataStructureDefinition'))} d USING (s)) k ON k.o = s",
        lambda s: (s, "", "", f"the slice key {name(s)} is of no data structure definition"),
    )
    yield from search.found(
        8,
        f"SELECT k.s, c.o AS prop, d.s AS dsd FROM {keys} k JOIN {said(qb('componentProperty'))} c USING (s)"
        f" JOIN {declared} d ON d.o = k.s ANTI JOIN part ON part.dsd = d.s AND part.prop = c.o",
        lambda s, prop, dsd: (s, "", "", f"the slice key {name(s)} has {name(prop)}, and {name(dsd)} has not"),
    )
    yield from search.found(
        9,
        not_one(search, qb("Slice"), qb("sliceStructure")),
        lambda s, o: (s, qb("sliceStructure"), o, f"the slice {node(s)} has {'more than one' if o else 'no'} key"),
    )
    search.run(
        "CREATE OR REPLACE TEMP TABLE fixed AS SELECT DISTINCT k.s, c.o AS dim"
        f" FROM {said(qb('sliceStructure'))} k JOIN {said(qb('componentProperty'))} c ON c.s = k.o"
    )
    yield from search.found(
        10,
        "SELECT s, dim FROM fixed ANTI JOIN (SELECT s, p FROM n SEMI JOIN fixed f ON f.s = n.s AND f.dim = n.p) v"
        " ON v.s = fixed.s AND v.p = dim",
        lambda s, dim: (s, dim, "", f"the slice {node(s)} has no {name(dim)}, which its key fixes"),
    )


def links(search: Search) -> Iterator[Violation]:
    """The violations of IC-18."""
    if not has_slices(search):
        return
    observed = (
        f"SELECT d.s AS dataset, k.o AS obs FROM {said(qb('slice'))} d JOIN {said(qb('observation'))} k ON k.s = d.o"
    )
    has = f"SELECT s, o FROM n WHERE p = {text(qb('dataSet'))}"
    yield from search.found(
        18,
        f"SELECT obs, dataset FROM ({observed}) ANTI JOIN ({has}) h ON h.s = obs AND h.o = dataset",
        lambda obs, dataset: (
            *(obs, qb("dataSet"), ""),
            f"{node(obs)} is in a slice of {name(dataset)}, and is not of that data set",
        ),
    )
