"""The dataset from Python, opened once: how long each canned query takes, its rows as dataclasses included."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import kzlod
from tests.bench.measure import Row

_RUNS = 5


def bench() -> Iterator[Row]:
    """Opening, then every canned query with its defaults, first and again."""
    start = time.perf_counter()
    dataset = kzlod.open()
    yield Row("kzlod.open(), no cache", f"{time.perf_counter() - start:.2f} s", "", None)
    names = [query.name for query in dataset.queries()]
    first = {name: _milliseconds(dataset, name) for name in names}
    again = {name: median(_milliseconds(dataset, name) for _ in range(_RUNS)) for name in names}
    middle = median(again.values())
    slowest = sorted(again, key=again.__getitem__, reverse=True)[:3]
    result = f"{middle:.1f} ms ({min(again.values()):.1f} to {max(again.values()):.1f})"
    yield Row(f"median of {len(names)} canned queries", result, "under 10 ms", middle < 10)
    yield Row("the same, asked for the first time", f"{median(first.values()):.1f} ms", "", None)
    yield Row("the slowest", ", ".join(f"{name} {again[name]:.0f} ms" for name in slowest), "", None)


def _milliseconds(dataset: kzlod.OpenDataset, name: str) -> float:
    start = time.perf_counter()
    dataset.query(name)
    return (time.perf_counter() - start) * 1000
