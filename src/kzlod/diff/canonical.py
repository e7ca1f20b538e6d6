"""Canonical N-Quads: what is a line of it, what a file of it, and the order of a file's lines."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from kzlod.errors import InputError
from kzlod.quads import Quad
from kzlod.quads.sqltext import text

_IRI = rb'<[^\x00-\x20<>"{}|^`\\]*+>'
_ESCAPE = rb'\\(?:[btnfr"\\]|u00(?:0[0-7BEF]|1[0-9A-F]|7F))'
_TYPE = rb"\^\^(?!<http://www\.w3\.org/2001/XMLSchema#string>)" + _IRI
_LITERAL = rb'"(?:[^\x00-\x1f\x7f"\\]++|' + _ESCAPE + rb')*+"(?:@[a-z]++(?:-[a-z0-9]++)*+|' + _TYPE + rb")?"
# RDF Dataset Canonicalization 1.0, section 5, without blank nodes.
_OBJECT = _IRI + b"|" + _LITERAL
_QUAD = re.compile(b"(%b) (%b) (%b)(?: (%b))? \\.\n" % (_IRI, _IRI, _OBJECT, _IRI))
_QUADS = re.compile(b"(?:%b %b (?:%b)(?: %b)? \\.\n)*+" % (_IRI, _IRI, _OBJECT, _IRI))
# What is left of canonical lines without the insides of their IRIs and texts, the tags of languages, and the full stop.
# It takes apart a third as fast as it would take to look at every byte; where it does not fit, `_QUADS` decides.
_INSIDES = bytes(set(range(0x21, 0x100)) - set(b'<>"\\{}|^`@\x7f'))
_SKELETON = re.compile(rb'(?:<> <> (?:<>|"[^"\\\x00-\x1f\x7f]*+"(?:@|\^\^<>)?)(?: <>)? \n)*+')
_NO_TAG = re.compile(rb'"@(?![a-z]++(?:-[a-z0-9]++)*+ )')
_STRING = b"^^<http://www.w3.org/2001/XMLSchema#string>"
MEMORY = "1GB"
LONGEST = 8 << 20  # DuckDB sets aside some dozen times that for each thread
_CHUNK = 1 << 20


class NotCanonicalError(Exception):
    """A dump is not in canonical form, or not in order: it must be parsed and sorted first."""


def quad(line: bytes) -> Quad:
    """The tokens of a line of canonical N-Quads.

    >>> quad(b'<http://e/a> <http://e/p> "1 <"@en .\\n')
    ('<http://e/a>', '<http://e/p>', '"1 <"@en', '')
    """
    match = _QUAD.fullmatch(line)
    if match is None:
        raise NotCanonicalError
    try:
        s, p, o, g = (part.decode() for part in match.groups(b""))
    except UnicodeDecodeError as error:
        raise NotCanonicalError from error
    return s, p, o, g


def are_canonical(lines: bytes) -> bool:
    """Whether whole lines are canonical N-Quads; of lines that are no N-Quads at all, some may pass for it."""
    bones = lines.translate(None, _INSIDES)
    quick = (
        _SKELETON.fullmatch(bones)
        and bones.count(b"\n") == lines.count(b" .\n")
        and _STRING not in lines
        and b"_:" not in lines  # a blank node needs no space before it
        and (b'"@' not in bones or not _NO_TAG.search(lines))
    )
    return bool(quick or _QUADS.fullmatch(lines)) and _is_utf8(lines)


def _is_utf8(text: bytes) -> bool:
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


def is_canonical(path: Path) -> bool:
    """Whether all lines of a file are canonical N-Quads, in whatever order."""
    with path.open("rb") as file:
        rest = b""
        while data := file.read(_CHUNK):
            whole, end, rest = (rest + data).rpartition(b"\n")
            if not are_canonical(whole + end):
                return False
    return not rest


def looks_ordered(path: Path, *, probes: int = 256) -> bool:
    """Whether some lines of a file, evenly spread, are in order: what is not ordered at all is told at once."""
    size, last = path.stat().st_size, b""
    with path.open("rb") as file:
        for number in range(probes):
            file.seek(size * number // probes)
            if number:
                file.readline()
            line = file.readline()
            if line and line < last:
                return False
            last = line or last
    return True


def sort_lines(path: Path, target: Path) -> None:
    """Write the unique lines of a file of canonical N-Quads to another file, in the order of their bytes.

    Raises `InputError` where that cannot be done: a full disk, a line longer than `LONGEST`.
    """
    settings = {
        "memory_limit": MEMORY,
        "temp_directory": str(target.parent),
        "threads": 2,
        "enable_progress_bar": False,
    }
    lines = (
        f"read_csv({text(str(path))}, header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '',"
        f" escape = '', auto_detect = false, max_line_size = {LONGEST})"
    )
    try:
        with duckdb.connect(":memory:") as sql:
            for name, value in settings.items():
                sql.execute(f"SET {name} = {text(str(value))}")
            sql.execute(
                f"COPY (SELECT DISTINCT line FROM {lines} ORDER BY line) TO {text(str(target))}"
                " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
            )
    except duckdb.Error as error:
        raise InputError(f"cannot be sorted: {str(error).splitlines()[0]}", where=str(path)) from error
