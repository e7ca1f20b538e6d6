"""A release is the same bytes on another day: dates come from the project, not from the clock."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_same_bytes_on_another_day(root: Path, tmp_path: Path) -> None:
    if shutil.which("faketime") is None:
        pytest.skip("faketime is not here (Debian: apt install faketime)")
    build = [sys.executable, "-c", "from kzlod.cli import main; main()", "build", "--project", str(root), "--out"]
    subprocess.run([*build, str(tmp_path / "today")], check=True, capture_output=True)
    # Without --exclude-monotonic, waits inside libraries would never end.
    another = ["faketime", "--exclude-monotonic", "2031-05-06 07:08:09"]
    subprocess.run([*another, *build, str(tmp_path / "another")], check=True, capture_output=True)
    sums = [(tmp_path / day / "kazakhstan-china" / "latest" / "SHA256SUMS").read_text() for day in ("today", "another")]
    assert sums[0] == sums[1]
