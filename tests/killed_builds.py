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
from kzlod.release import build

CHANGES = {"os.chmod", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "shutil.rmtree", "ctypes.dlopen"}
MILLISECONDS = (300,)
Arm = Callable[[], Callable[[], None]]
"""Sets the process to be killed; what it gives is called when the build is done."""


def changes_the_disk(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audit event announces a change of the disk."""
    flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
    return event in CHANGES or (isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)))


def before(number: int, report: Path | None = None) -> Arm:
    """A kill before the n-th change of the disk, if there are as many; `report` is told how many there were."""

    def arm() -> Callable[[], None]:
        seen = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if changes_the_disk(event, arguments):
                seen += 1
                if seen == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        return lambda: report.write_text(str(seen)) and None if report else None

    return arm


def after(milliseconds: int) -> Arm:
    """A kill after some time."""

    def arm() -> Callable[[], None]:
        signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)  # nothing handles it, so it ends the process
        return lambda: None

    return arm


def killed(project: Path, out: Path, arm: Arm = lambda: lambda: None) -> bool:
    """Build in a fork; whether it was killed before the end."""
    child = os.fork()
    if not child:
        try:
            dataset = Dataset.open(Project.read(project))
            done = arm()
            build(dataset, out, replace=True)
            done()
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


def arms(project: Path, out: Path) -> list[Arm]:
    """Kills at the beginning, at the end, and now and then between."""
    report = out.with_name("changes")
    killed(project, out, before(0, report))
    changes = int(report.read_text())
    numbers = {changes // 2, *range(changes - 4, changes + 1)}
    return [*map(before, sorted(numbers)), *map(after, MILLISECONDS)]


def run(one: Path, other: Path, out: Path) -> dict[str, int]:
    """Kill builds, with nothing there before and then over a release; every build finds what the last one left."""
    assert not killed(one, out / "one")
    shutil.copytree(out / "one", out / "over", symlinks=True)
    kills = arms(other, out / "over")  # the last changes are those that put the new in place of the old
    digests = {one: whole(out / "one"), other: whole(out / "over")}
    counts = {"killed": 0, "kept": 0, "replaced": 0}
    for kill in kills[::3]:
        shutil.rmtree(out / "first", ignore_errors=True)
        counts["killed"] += killed(other, out / "first", kill)
        assert whole(out / "first") in ("", digests[other])
    assert not killed(other, out / "first")
    for kill in kills:
        latest = whole(out / "over")
        fresh = one if latest == digests[other] else other
        stopped = killed(fresh, out / "over", kill)
        found = whole(out / "over")
        assert found in (latest, digests[fresh]), "the latest release is neither the old one nor the new one"
        assert stopped or found == digests[fresh]
        counts["killed"] += stopped
        counts["kept" if found == latest else "replaced"] += 1
    assert not killed(other, out / "over")
    for folder in ("first", "over"):
        assert whole(out / folder) == digests[other]
        left = {path.name for path in (out / folder).glob("*/*")}
        assert left == {".lock", "0.1.0", "latest"}, f"left over: {left}"
    return counts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(*map(Path, sys.argv[1:4]))))
