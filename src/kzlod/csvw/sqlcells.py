"""Cells as SQL: the steps of `cells.CellParser` as expressions over the texts of a row (Tabular Data Model, 6.4)."""

from __future__ import annotations

from dataclasses import dataclass

from kzlod.csvw.cells import CellParser
from kzlod.csvw.datatypes import KEEPS_SPACE, normalise_space
from kzlod.csvw.model import Column, Dialect
from kzlod.csvw.sqldialect import (
    array,
    concat,
    each,
    found,
    joined,
    only,
    percent_encoded,
    replaced,
    size,
    split,
    text,
    trimmed,
)
from kzlod.csvw.sqlvalues import NotCompilableError, value_sql

TO_ESCAPE = r'[\x00-\x1f\x7f"\\]'
RARE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\x{FFFE}|\x{FFFF}"
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


@dataclass(frozen=True, slots=True)
class Traits:
    """What the texts of some rows may hold; what they do not hold needs no work.

    `quoted`: cells in quotes; `spaced`: white space; `special`: characters that literals escape; `lines`: line breaks
    within cells; `reserved`: characters that templates percent-encode.
    """

    quoted: bool
    spaced: bool
    special: bool
    lines: bool
    reserved: bool = True


@dataclass(frozen=True, slots=True)
class CellSql:
    """A column's cell as SQL.

    `steps` are named expressions that the others use, in layers: each layer may use the one before. `null` says
    whether the cell is null ('false' where it cannot be), `unsure` whether the row executor must read the row.
    """

    steps: tuple[tuple[str, str, int], ...]
    null: str
    unsure: str
    literal: tuple[str, ...] = ()
    """The pieces of the literal's token, for a cell with one value."""
    literals: str = ""
    """The list of tokens, for a cell with several."""
    value: str = ""
    """The value, in canonical form, for keys and titles."""
    encoded: str = ""
    """The value as `{x}` of a template writes it; empty where the cell is null."""


def escaped(value: str, traits: Traits) -> str:
    """SQL: a text as it stands between the quotes of a canonical token, `RARE` characters apart."""
    if not traits.special:
        return value
    chain = value
    for char, escape in _ESCAPES:
        chain = f"replace({chain}, {text(char)}, {text(escape)})"
    return f"CASE WHEN {found(value, TO_ESCAPE)} THEN {chain} ELSE {value} END"


def cell_sql(column: Column, number: int, dialect: Dialect, traits: Traits, *, used: bool, printed: bool) -> CellSql:
    """The SQL of a column's cells, whose texts are `c` and its number. Raises `NotCompilableError`.

    `used` says whether the value stands in a template or key, `printed` whether it becomes a literal.
    """
    if column.virtual:
        return _virtual(column)
    parser, base = CellParser(column), column.datatype.base
    n, z, b, v, e = (f"{letter}{number}" for letter in "nzbve")
    source = f"c{number}"
    default = normalise_space(column.default, base)
    if traits.spaced:
        if dialect.trim != "false":
            source = trimmed(source, start=dialect.trim in ("true", "start"), end=dialect.trim in ("true", "end"))
        if base == "normalizedString":
            source = replaced(source, "[\t\n\r]", " ")
        elif base not in KEEPS_SPACE:
            source = trimmed(replaced(source, "[ \t\n\r]+", " "))
    steps = [(n, f"CASE {source} WHEN '' THEN {text(default)} ELSE {source} END" if default else source, 1)]
    nulls = ", ".join(map(text, column.null))
    if column.separator is None:
        value = value_sql(column.datatype, n, canonical=used)
        null = f"{n} IN ({nulls})" if nulls else "false"
        unsure = _not_sure(value.sure, null, required=column.required)
        if column.required:  # a row where it is null is left to the row executor
            nulls, null = "", "false"
        if traits.special and value.escapes and printed:
            unsure = _any(unsure, found(n, RARE))
        steps += [(z, null, 2)] if nulls else []
        steps += [(b, unsure, 2)] if unsure != "false" else []
        steps += [(v, value.canonical, 2)] if used and value.canonical != n else []
        v = v if used and value.canonical != n else n
        z = z if nulls else "false"
        if not traits.reserved and v == n and not default and column.null in ((), ("",)):
            e = n  # what is null is empty, and what is not needs no encoding
        elif used:
            encoded = percent_encoded(v)
            steps.append((e, encoded if z == "false" else f"CASE WHEN {z} THEN '' ELSE {encoded} END", 3))
        lexical = escaped(value.lexical, traits) if value.escapes else value.lexical
        literal = ("'\"'", lexical, text(parser.ending))
        return CellSql(tuple(steps), z, b if unsure != "false" else "false", literal, "", v, e)
    return _several(column, parser, steps, traits, (n, z, b, v, e), default, used=used, printed=printed)


def _several(
    column: Column,
    parser: CellParser,
    steps: list[tuple[str, str, int]],
    traits: Traits,
    names: tuple[str, ...],
    default: str,
    *,
    used: bool,
    printed: bool,
) -> CellSql:
    """A cell with a separator."""
    n, z, b, v, e = names
    base, separator = column.datatype.base, column.separator or ""
    nulls = ", ".join(map(text, column.null))
    value = value_sql(column.datatype, "x", canonical=used)
    item = "x"
    if traits.spaced and (base not in KEEPS_SPACE or base in ("json", "xml", "html")):
        item = trimmed(item)
    if default:
        item = f"CASE {item} WHEN '' THEN {text(default)} ELSE {item} END"
    null = f"({n} <> '' AND {n} IN ({nulls}))" if nulls else "false"
    items = each(split(n, separator), item) if item != "x" else split(n, separator)
    items = only(items, f"x NOT IN ({nulls})") if nulls else items
    empty = f"{n} = ''" if null == "false" else f"{n} = '' OR {null}"
    items = f"CASE WHEN {empty} THEN {array([])} ELSE {items} END"
    wrong = "false"
    if value.sure != "true":
        wrong = f"{size(only(v, f'NOT ({value.sure})'))} > 0"
    if column.required:
        wrong = _any(wrong, empty)
    if traits.special and value.escapes and printed:
        wrong = _any(wrong, found(n, RARE))
    steps += [(z, null, 2)] if null != "false" else []
    steps += [(v, items, 2)]
    steps += [(b, wrong, 3)] if wrong != "false" else []
    if used:
        steps.append((e, joined(each(v, percent_encoded(value.canonical)), ","), 3))
    lexical = escaped(value.lexical, traits) if value.escapes else value.lexical
    literals = each(v, concat(["'\"'", lexical, text(parser.ending)]))
    return CellSql(
        tuple(steps), z if null != "false" else "false", b if wrong != "false" else "false", (), literals, v, e
    )


def _virtual(column: Column) -> CellSql:
    """The cell of a virtual column: the same in every row."""
    cell = CellParser(column).parse("")
    if cell.faults:
        raise NotCompilableError("a virtual column whose default is wrong")
    null = "true" if cell.value is None else "false"
    if len(cell.tokens) == 1:
        return CellSql((), null, "false", (text(cell.tokens[0]),), "", "", text(cell.encoded))
    literals = array(map(text, cell.tokens)) if cell.tokens else ""
    return CellSql((), null, "false", (), literals, "", text(cell.encoded))


def _not_sure(sure: str, null: str, *, required: bool) -> str:
    if sure == "true":
        return null if required else "false"
    if null == "false":
        return f"NOT {sure}" if sure[0] == "(" or "(" in sure.split(" ")[0] else f"NOT ({sure})"
    return f"({null}) OR NOT ({sure})" if required else f"NOT ({null} OR {sure})"


def _any(one: str, other: str) -> str:
    return other if one == "false" else f"({one}) OR {other}"
