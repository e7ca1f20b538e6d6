"""Kills builds at many steps and looks at what is left: `python tests/killed_builds.py ONE OTHER OUT`, two datasets.

A build is killed just before a change that it makes to the disk (Python's audit events tell them), or after a number of
milliseconds, in the midst of a dump. It runs in a fork, so that nothing is imported anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.build import build

MADE, WRITES, SWAP, MOVE, LINK, POINT, REMOVE, EACH = (
    "os.chmod", "open", "ctypes.dlopen", "os.rename", "os.symlink", "os.rename", "shutil.rmtree", "os.remove",
)  # fmt: skip
"""A build's steps as audit events: its folder is made; its files are written; then where a release is there, the two
are swapped, else the folder is moved; a link is made and put in place; what is left over is removed, file by file."""
Arm = Callable[[], None]
"""Sets the process to be killed."""


def before(*events: str) -> Arm:
    """A kill just before the last of these events, once the others have come in their order."""

    def arm() -> None:
        left = list(events)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            writes = event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
            if left and event == left[0] and writes:
                del left[0]
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return arm


def after(milliseconds: int) -> Arm:
    """A kill after some time."""
    # Nothing handles the alarm, so it ends the process.
    return lambda: signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000) and None


def killed(project: Path, out: Path, arm: Arm = lambda: None) -> bool:
    """Build in a fork; whether it was killed before the end."""
    child = os.fork()
    if not child:
        try:
            dataset = Dataset.open(Project.read(project))
            arm()
            build(dataset, out, replace=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a build failed"
    return os.WIFSIGNALED(status)


def digest(release: Path) -> str:
    """The SHA-256 of a release's list of checksums; raises where a file is not as the list says."""
    sums = (release / "SHA256SUMS").read_bytes()
    listed = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in sums.decode().splitlines()}
    there = {path.relative_to(release).as_posix(): path for path in release.rglob("*") if path.is_file()}
    assert there.keys() == listed.keys() | {"SHA256SUMS"}, f"{release} is not whole: {sorted(there)}"
    for name, expected in listed.items():
        assert hashlib.sha256(there[name].read_bytes()).hexdigest() == expected, f"{release / name} is broken"
    return hashlib.sha256(sums).hexdigest()


def whole(out: Path) -> str:
    """The digest of the latest release, empty where there is none; raises where a release is there half."""
    for version in out.glob("*/[0-9]*"):
        digest(version)
    links = list(out.glob("*/latest"))
    return digest(links[0]) if links else ""


FIRST = (before(MADE, *[WRITES] * 9), before(MADE, MOVE), before(MADE, MOVE, LINK))
OVER = (
    before(MADE, *[WRITES] * 9),
    before(SWAP),
    before(SWAP, LINK),
    before(LINK, POINT),
    before(LINK, REMOVE, *[EACH] * 9),
    before(REMOVE, EACH),
    after(300),
)


def run(one: Path, other: Path, out: Path) -> dict[str, int]:
    """Kill builds, with nothing there before and then over a release; every build finds what the last one left."""
    first, over = out / "first", out / "over"
    assert not killed(one, first)
    shutil.copytree(first, over, symlinks=True)
    assert not killed(other, over)
    digests = {one: whole(first), other: whole(over)}
    counts = {"killed": 0, "kept": 0, "replaced": 0}
    for kill in FIRST:
        shutil.rmtree(first)
        counts["killed"] += killed(one, first, kill)
        assert whole(first) in ("", digests[one]), "the first release is neither there nor not there"
    for kill in OVER:
        latest = whole(over)
        fresh = one if latest == digests[other] else other
        stopped = killed(fresh, over, kill)
        now = whole(over)
        assert now in (latest, digests[fresh]), "the latest release is neither the old one nor the new one"
        assert stopped or now == digests[fresh]
        counts["killed"] += stopped
        counts["kept" if now == latest else "replaced"] += 1
    for folder, dataset in ((first, one), (over, other)):
        assert not killed(dataset, folder)
        assert whole(folder) == digests[dataset]
        left = {path.name for path in folder.glob("*/*")}
        assert left == {".lock", "0.1.0", "latest"}, f"left over: {left}"
    return counts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(*map(Path, sys.argv[1:4]))))
