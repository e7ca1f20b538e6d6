"""A patch that `kzlod diff` made, as the triples to take out and to put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.diff.patch import in_sparql
from kzlod.errors import InputError
from kzlod.load.target import Target, gathered, operation
from kzlod.quads.read import token

_GRAPH = re.compile(r"GRAPH (<[^>]*>) \{")
_FORMS = {"DELETE DATA {": "D", "INSERT DATA {": "A"}
_HEADER = ("H ", "TX ", "TC ", "PA ", "PD ")
_TYPED = re.compile(r'".*"\^\^<[^>]*>', re.DOTALL)
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Patch:
    """The triples that a patch takes out and those that it puts in, of all graphs together."""

    removed: frozenset[Triple]
    added: frozenset[Triple]

    def __len__(self) -> int:
        return len(self.removed) + len(self.added)


def read(path: Path) -> Patch:
    """An RDF Patch (`.rdfp`) or an update (`.ru`) as `kzlod diff` writes them.

    Raises `InputError` for a file that cannot be read or is neither, and for one with blank nodes.
    """
    shown = str(path)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=shown) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", where=shown) from error
    if not text.endswith("\n") or (path.suffix == ".rdfp" and not text.endswith("TC .\n")):
        raise InputError("is cut short, or no patch of `kzlod diff`", where=shown, remedy="make it again")
    changes: dict[str, set[Triple]] = {"D": set(), "A": set()}
    signed = _of_patch(text, shown) if path.suffix == ".rdfp" else _of_update(text, shown)
    for batch in gathered(signed, 10_000):
        for sign in "DA":
            triples = _parsed([line for mark, line in batch if mark == sign], shown)
            changes[sign].update(triples)
            if sign == "D":
                changes["A"].difference_update(triples)
            else:
                changes["D"].difference_update(triples)
    return Patch(frozenset(changes["D"]), frozenset(changes["A"]))


def _of_patch(text: str, shown: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if line.startswith(("A ", "D ")):
            yield line[0], line[2:]
        elif not line.startswith(_HEADER):
            raise InputError("is no line of an RDF Patch", where=f"{shown}:{number}", remedy="make it again")


def _of_update(text: str, shown: str) -> Iterator[tuple[str, str]]:
    sign = ""
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if line in _FORMS:
            sign = _FORMS[line]
        elif line.endswith(" .") and sign:
            yield sign, line
        elif line not in ("}", "} ;", "") and not _GRAPH.fullmatch(line):
            remedy = "apply it with the store's own tools, or make it with `kzlod diff --format update`"
            raise InputError("is no line of an update of `kzlod diff`", where=f"{shown}:{number}", remedy=remedy)


def _parsed(lines: list[str], shown: str) -> Iterator[Triple]:
    try:
        for quad in ox.parse("\n".join(lines), ox.RdfFormat.N_QUADS):
            triple = token(quad.subject), token(quad.predicate), token(quad.object)
            if triple[0].startswith("_:") or triple[2].startswith("_:"):
                raise InputError("has a blank node, which no store can find again", where=shown)
            yield triple
    except SyntaxError as error:
        raise InputError(f"does not parse: {error.msg}", where=shown, remedy="make it again") from error


def mended(patch: Patch, lines: Iterable[bytes]) -> Patch:
    """The patch that leads to a dataset of these lines of N-Triples, for a store that keeps values and no graphs.

    What is taken out of one graph and stays in another stays. What stays and is the same value as what is taken out
    (`1.5` and `1.50`) is put in again.
    """
    touched = {(s, p) for s, p, o in patch.removed if _TYPED.fullmatch(o)}
    stays: set[Triple] = set()
    again: set[Triple] = set()
    removed = {" ".join(triple): triple for triple in patch.removed}
    for line in lines:
        text = line[:-2].decode()
        if text in removed:
            stays.add(removed[text])
        elif touched:
            s, p, o = text.split(" ", 2)
            if (s, p) in touched and _TYPED.fullmatch(o):
                again.add((s, p, o))
    return Patch(patch.removed - stays, patch.added | again)


def apply(patch: Patch, target: Target, graph: str) -> None:
    """Apply a patch: in one update where the store takes it, else what is taken out first."""
    operations = list(_operations(patch, target.profile.lines, graph))
    if len(patch) <= target.profile.lines:
        operations = [" ;\n".join(operations)] if operations else []
    for update in operations:
        target.update(update)


def _operations(patch: Patch, most: int, graph: str) -> Iterator[str]:
    for form, triples in (("DELETE DATA", patch.removed), ("INSERT DATA", patch.added)):
        for chunk in gathered(sorted(triples), most):
            yield operation(form, "\n".join(f"{s} {p} {in_sparql(o)} ." for s, p, o in chunk), graph)
