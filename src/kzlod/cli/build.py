"""`kzlod build`."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import click

from kzlod.check import check
from kzlod.cli.options import progress, project_option
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.build import Release, build
from kzlod.release.files import File


@click.command("build")
@project_option
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="The folder that releases stand in.",
)
@click.option("--replace", is_flag=True, help="Write over a release of this version that has other bytes.")
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The release to tell the changes from. Default: the greatest version below this one in --out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def command(project: Project, out: Path, replace: bool, previous: Path | None, as_json: bool) -> None:
    """Check the dataset and make a release of it in one folder, with `latest` pointing to it.

    A release holds the dataset in six RDF formats, its tables as CSV and Parquet, one flat table of facts, subsets by
    source and by table, vocabularies, shapes, queries, the validation report, the changes since the previous release, a
    catalogue, and SHA256SUMS. The version and its date are in kzlod.toml. The same inputs give the same bytes. It
    appears whole or not at all; one that exists with other bytes is kept, unless --replace is given.

    \b
    Examples:
      kzlod build
      kzlod build --out public --replace
    """
    with progress("Building") as step, Dataset.open(project) as dataset:
        findings = check(dataset, step=step)
        release = build(dataset, out, findings=findings, replace=replace, previous=previous, step=step)
    click.echo(json.dumps({**asdict(release), "path": str(release.path)}, indent=1) if as_json else _shown(release))


def _shown(release: Release) -> str:
    since = f", changes since {release.previous} in changes.md" if release.previous else ""
    lines = [
        f"{release.path}: {release.triples:,} triples" + ("" if release.new else ", the same as before") + since,
        "",
    ]
    groups: dict[str, list[File]] = defaultdict(list)
    for file in release.files:
        head, slash, _ = file.path.partition("/")
        groups[head + slash].append(file)
    for name, files in sorted(groups.items(), key=lambda item: (item[0].endswith("/"), item[0])):
        count = f"{len(files)} files" if name.endswith("/") else ""
        lines.append(f"  {name:26} {sum(file.size for file in files):>13,} bytes  {count}".rstrip())
    lines += ["", f"The hash of the release is {release.digest}", ""]
    return "\n".join([*lines, "Next: kzlod info     what is in it", "      kzlod query    what can be asked of it"])
