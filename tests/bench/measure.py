"""Measuring a command as a whole process: median seconds and peak memory of several runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Measure:
    """What some runs of a command took: seconds (median, fastest, slowest) and peak memory in MB."""

    seconds: float
    fastest: float
    slowest: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the results: what was measured, what came out, what was aimed at, and whether it was reached."""

    name: str
    result: str
    aim: str
    reached: bool | None


_ONCE = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
os.write(int(sys.argv[1]), f"{seconds} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
"""
"""A small process that runs a command: the peak of a process is never below that of the one that starts it."""


def run(
    command: Sequence[str],
    *,
    runs: int = 5,
    warm: bool = True,
    env: Mapping[str, str] | None = None,
    statuses: Collection[int] = (0,),
) -> Measure:
    """Run a command several times, after one run that warms the caches; its output is thrown away.

    Raises `RuntimeError` where it ends with a status that is none of `statuses`.
    """
    for _ in range(warm):
        _once(command, env, statuses)
    return _measure([_once(command, env, statuses) for _ in range(runs)])


def alternately(commands: Mapping[Path, Sequence[str]], *, runs: int = 5) -> list[Measure]:
    """Run commands in turn, several times, after a turn that warms the caches; each makes the file that it is for.

    What the others made is removed before, and nothing is left that the system still has to write: none has to wait
    for another's bytes.
    """
    taken: dict[Path, list[tuple[float, float]]] = {out: [] for out in commands}
    for number in range(runs + 1):
        for out, command in commands.items():
            once = _once(command)
            if number:
                taken[out].append(once)
            out.unlink()
            os.sync()
    return [_measure(each) for each in taken.values()]


def _once(
    command: Sequence[str], env: Mapping[str, str] | None = None, statuses: Collection[int] = (0,)
) -> tuple[float, float]:
    """Seconds and peak memory of a run."""
    told, tell = os.pipe()
    runner = subprocess.Popen(
        [sys.executable, "-S", "-c", _ONCE, str(tell), *command],
        env={**os.environ, **(env or {})},
        pass_fds=[tell],
    )
    os.close(tell)
    with open(told) as answer:  # noqa: PTH123
        seconds, memory, status = answer.read().split()
    runner.wait()
    if int(status) not in statuses:
        raise RuntimeError(f"{' '.join(command)} ended with status {status}")
    return float(seconds), int(memory) / 1024


def _measure(taken: Sequence[tuple[float, float]]) -> Measure:
    seconds = [one for one, _ in taken]
    return Measure(median(seconds), min(seconds), max(seconds), max(memory for _, memory in taken))
