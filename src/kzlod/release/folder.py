"""A folder that appears whole or not at all, and a link beside it to the newest."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kzlod.errors import ReleaseError

_BUILDING = ".building-"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def building(parent: Path) -> Iterator[Path]:
    """An empty folder to build in, on the same disk as where it will stand; it is gone afterwards, come what may.

    One build at a time works below `parent`; what a killed build left there is removed. Raises `ReleaseError` where
    `parent` cannot be made or written, or another build is at work.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(parent / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise _cannot(parent, error) from error
    folder: Path | None = None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReleaseError("another build is at work here", where=str(parent), remedy="wait for it") from error
        for stale in parent.glob(f"{_BUILDING}*"):
            _remove(stale)
        try:
            folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=parent))
            folder.chmod(0o755)
            yield folder
        except OSError as error:
            raise _cannot(parent, error) from error
    finally:
        if folder is not None:
            _remove(folder)
        os.close(lock)


def _remove(path: Path) -> None:
    """Remove a folder, or what stood in the place of one and was swapped with it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _cannot(path: Path, error: OSError) -> ReleaseError:
    where = str(error.filename or path)
    remedy = "free space, or name another folder with --out"
    return ReleaseError(f"cannot be written: {error.strerror or error}", where=where, remedy=remedy)


def put(built: Path, target: Path) -> None:
    """Move a built folder to where it belongs; what stood there takes its place, in one step where the system can."""
    if not target.exists():
        built.rename(target)
        return
    if not _exchange(built, target):
        aside = built.with_name(built.name + "-old")
        target.rename(aside)
        built.rename(target)
        aside.rename(built)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step (Linux's renameat2); False where the system cannot."""
    with suppress(OSError, AttributeError):
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        return bool(renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
    return False


def point(link: Path, target: str) -> None:
    """Make a symbolic link, or turn one that exists, in one step."""
    fresh = link.with_name(f"{_BUILDING}{link.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(link)
