"""A hook of the wheel's build: bundles the scripts that enhance pages, where npm is there and can fetch packages.

Without them the wheel is whole all the same: pages work with the plain forms that the scripts enhance.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_WITHOUT = "pages will have no scripts (search, the SPARQL editor); `make web` adds them"


class BundleHook(BuildHookInterface[Any]):
    """Bundles the scripts into the package before it is packed; an editable install leaves that to `make web`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root) / "src" / "kzlod" / "web"
        npm = shutil.which("npm")
        if version == "editable" or _is_new(web / "static" / "script.js", web / "script"):
            return
        if npm is None:
            self.app.display_warning(f"npm is not here: {_WITHOUT}")
            return
        for command in ("ci", "run build"):
            done = subprocess.run(
                [npm, *command.split(), "--silent"], cwd=web / "script", capture_output=True, check=False
            )
            if done.returncode:
                self.app.display_warning(f"npm {command} failed: {_WITHOUT}\n{done.stderr.decode(errors='replace')}")
                return


def _is_new(bundle: Path, sources: Path) -> bool:
    """Whether the bundle is there and no source is younger."""
    younger = (path.stat().st_mtime for path in sources.iterdir() if path.is_file())
    return bundle.is_file() and bundle.stat().st_mtime >= max(younger)
