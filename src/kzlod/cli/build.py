"""`kzlod build`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kzlod.check import check
from kzlod.cli.options import progress, project_option
from kzlod.dataset import Dataset
from kzlod.errors import FindingsError
from kzlod.project import Project
from kzlod.release import Release, build


@click.command("build")
@project_option
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), default=Path("dist"), show_default=True)
@click.option("--replace", is_flag=True, help="Write over a release of this version that has other bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def command(project: Project, out: Path, replace: bool, as_json: bool) -> None:
    """Check the dataset and make a release of it: every dump in one folder, and `latest` pointing to it.

    The version and its date are in kzlod.toml. The same inputs give the same bytes. A release appears whole or not at
    all; one that exists with other bytes is kept, unless --replace is given.

    \b
    Examples:
      kzlod build
      kzlod build --out public --replace
    """
    with progress("Building") as step:
        dataset = Dataset.open(project)
        errors = [finding for finding in check(dataset, step=step) if finding.severity == "error"]
        if errors:
            raise FindingsError(errors)
        release = build(dataset, out, replace=replace, step=step)
    click.echo(json.dumps({**asdict(release), "path": str(release.path)}, indent=1) if as_json else _shown(release))


def _shown(release: Release) -> str:
    width = max(len(file.path) for file in release.files)
    lines = [f"{release.path}: {release.triples:,} triples" + ("" if release.new else ", the same as before"), ""]
    lines += [f"  {file.path:{width}}  {file.size:>11,} bytes  sha256 {file.sha256[:12]}…" for file in release.files]
    lines += ["", "Next: kzlod info     what is in it", "      kzlod query    what can be asked of it"]
    return "\n".join(lines)
