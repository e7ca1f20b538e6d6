"""Whether pages conform to HTML: asked of html-validate, which knows the content models of the standard."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.editing import ROOT

_VALIDATOR = ROOT / "src/kzlod/web/script/node_modules/html-validate/bin/html-validate.mjs"
_RULES = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
    "rules": {
        # What is loaded comes from where the page does.
        "require-sri": ["error", {"target": "crossorigin"}],
        # Advice that goes beyond the standards: a button in a form submits, and a list may have a name.
        "no-implicit-button-type": "off",
        "aria-label-misuse": ["error", {"allowAnyNamable": True}],
    },
}


def invalid(pages: Mapping[str, str]) -> list[str]:
    """What is wrong with pages, whose texts are given by their addresses; skips the test where html-validate is not."""
    if not _VALIDATOR.is_file():
        pytest.skip("html-validate is not here: make dev")
    with TemporaryDirectory() as name:
        folder, addresses = Path(name), dict[str, str]()
        rules, report = folder / "rules.json", folder / "report.json"
        rules.write_text(json.dumps(_RULES), "utf-8")
        for number, (address, text) in enumerate(pages.items()):
            file = folder / f"{number}.html"
            file.write_text(text, "utf-8")
            addresses[str(file)] = address
        command = ["node", str(_VALIDATOR), "--config", str(rules), "--formatter", f"json={report}", str(folder)]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert ran.returncode in (0, 1) and not ran.stderr, ran.stderr
        reported = json.loads(report.read_text("utf-8"))
    return [
        f"{addresses[found['filePath']]}:{one['line']}: {one['ruleId']}: {one['message']}"
        for found in reported
        for one in found["messages"]
    ]
