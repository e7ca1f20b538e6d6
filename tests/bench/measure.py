"""Measuring a command as a whole process: median seconds and peak memory of several runs."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def run(command: Sequence[str], *, runs: int = 5, warm: bool = True, env: Mapping[str, str] | None = None) -> Measure:
    """Run a command several times, after one run that warms the caches; its output is thrown away."""
    seconds, peak = [], 0.0
    for number in range(0 if warm else 1, runs + 1):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        if status:
            raise RuntimeError(f"{' '.join(command)} ended with status {status}")
        if number:
            seconds.append(taken)
        peak = max(peak, usage.ru_maxrss / 1024)
    return Measure(median(seconds), min(seconds), max(seconds), peak)
