"""What a process of the engine may not do, on Linux: outlive its parent, take all memory, open a connection.

SPARQL's `SERVICE` is refused before a query reaches the engine; that the kernel refuses `connect` too means that a way
of writing it that nobody thought of leads nowhere (seccomp, in the kernel since 3.5; no privilege is needed).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 1, 22, 38, 2
_ARCHITECTURES = {"x86_64": (0xC000003E, 42), "aarch64": (0xC00000B7, 203)}
"""The audit number of each architecture, and of its system call `connect`."""
_LOAD, _EQUAL, _RETURN, _ALLOW, _ERROR, _KILL = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050000, 0x80000000
_EACCES = 13
_IO_URING = 425
"""io_uring_setup, the same number everywhere: through it a connection could be opened without `connect`."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _no_connect(architecture: int, connect: int) -> bytes:
    """A filter of system calls (BPF): `connect` fails with EACCES, what is of another architecture is killed."""
    code = (
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 1, 0, connect),
        (_EQUAL, 0, 1, _IO_URING),
        (_RETURN, 0, 0, _ERROR | _EACCES),
        (_RETURN, 0, 0, _ALLOW),
    )
    return b"".join(struct.pack("HBBI", *line) for line in code)


def confinement(memory: int) -> Callable[[], None] | None:
    """What a new process does before it becomes the engine; None where the system has no such means.

    `memory` is how many bytes of data it may have.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    known = _ARCHITECTURES.get(platform.machine())
    filter_ = _no_connect(*known) if known else b""
    program = _Program(len(filter_) // 8, filter_)

    def confine() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        os.nice(5)  # documents and kept answers come first
        if filter_:
            libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            if libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
                os._exit(126)

    return confine
