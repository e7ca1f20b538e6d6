"""Runs benchmarks, prints their results and keeps the last of each in RESULTS.md."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

BENCHES = ("align", "command", "csvw", "cube_checks", "load", "python", "release", "serve", "shacl", "site")
RESULTS = Path(__file__).with_name("RESULTS.md")
_MARK = "## "


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyoxigraph", "pyshacl", "rdflib"))
    return f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GB, Python {platform.python_version()}, {packages}"


def main(names: list[str]) -> None:
    """Run the benchmarks named, or all, and put their results in the place of the last ones."""
    text = RESULTS.read_text("utf-8") if RESULTS.is_file() else ""
    kept = dict(part.split("\n", 1) for part in text.split(f"\n{_MARK}")[1:])
    for name in names or BENCHES:
        bench = import_module(f"tests.bench.{name}")
        lines = [bench.__doc__.strip(), "", f"Measured on {machine()}.", ""]
        lines[-1:] = ["Load of the machine before: " + ", ".join(f"{load:.1f}" for load in os.getloadavg()) + ".", ""]
        lines += ["| what | result | aim | reached |", "| --- | --- | --- | --- |"]
        for row in bench.bench():
            reached = {True: "yes", False: "**no**", None: ""}[row.reached]
            lines.append(f"| {row.name} | {row.result} | {row.aim} | {reached} |")
            print(f"{row.name}: {row.result}  {row.aim}  {reached}", flush=True)
        kept[name] = "\n" + "\n".join(lines) + "\n"
    parts = "".join(f"\n{_MARK}{name}\n{kept[name]}" for name in BENCHES if name in kept)
    RESULTS.write_text(f"# Results of the last benchmarks\n\n`make bench` measures anew.\n{parts}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
