"""Texts that DuckDB's queries give, read where DuckDB has them: the Arrow C data interface.

A result's texts stand one after the other in one piece of memory. It is handed out as it is, and goes back to DuckDB's
next result when nobody looks at it any more: no copy, and no memory that the system has to find and clear each time.
<https://arrow.apache.org/docs/format/CDataInterface.html>, `CStreamInterface.html` and `PyCapsuleInterface.html` there.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyRelation


class _Array(ctypes.Structure):
    """`struct ArrowArray`."""


class _Stream(ctypes.Structure):
    """`struct ArrowArrayStream`."""


_ARRAY, _STREAM = ctypes.POINTER(_Array), ctypes.POINTER(_Stream)
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(_ARRAY)),
    ("dictionary", _ARRAY),
    ("release", ctypes.CFUNCTYPE(None, _ARRAY)),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.c_void_p),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, _STREAM, _ARRAY)),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, _STREAM)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


class _Rows:
    """Some rows of a result; DuckDB gets the memory back when this is gone."""

    def __init__(self) -> None:
        self.array = _Array()

    def __del__(self) -> None:
        if self.array.release:
            self.array.release(ctypes.byref(self.array))


class Texts:
    """Some rows of a query with two columns: texts, and a number below 256 with each."""

    def __init__(self, rows: _Rows) -> None:
        self.rows: int = rows.array.length
        texts, marks = (rows.array.children[place].contents for place in range(2))
        self._offsets = ctypes.cast(texts.buffers[1], ctypes.POINTER(ctypes.c_int32))
        self.marks = ctypes.string_at(marks.buffers[1], self.rows)
        """The numbers."""
        held: Any = (ctypes.c_char * self._offsets[self.rows]).from_address(texts.buffers[2])
        held.rows = rows  # as long as somebody looks at the memory, it is there
        self.data = memoryview(held)
        """The texts, one after the other."""

    def place(self, row: int) -> int:
        """Where a row's text starts in the data."""
        return int(self._offsets[row])


def texts(relation: DuckDBPyRelation) -> Iterator[Texts]:
    """Run a query; its rows in parts. Raises `duckdb.Error`, also for one part with texts of more than 2 GB."""
    import duckdb

    capsule = relation.__arrow_c_stream__()
    stream = ctypes.cast(_pointer(capsule, b"arrow_array_stream"), _STREAM)
    while True:
        rows = _Rows()
        if stream.contents.get_next(stream, ctypes.byref(rows.array)):
            raise duckdb.Error(stream.contents.get_last_error(stream).decode(errors="replace"))
        if not rows.array.release:
            return
        yield Texts(rows)
