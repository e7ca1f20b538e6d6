"""`kzlod site`."""

from __future__ import annotations

from pathlib import Path

import click

from kzlod.cli.options import bar, cache_folder, progress, project_option
from kzlod.extras import need
from kzlod.project import Project


@click.command("site")
@click.argument("release", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@project_option
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), required=True, help="The folder of the site.")
@click.option("--url", metavar="URL", help="Where it will stand. Default: where the IRIs of the dataset begin.")
@click.option("--replace", is_flag=True, help="Write over a site that is in the folder.")
def command(release: Path | None, project: Project, out: Path, url: str | None, replace: bool) -> None:
    """Write a release as a static site: pages, documents, queries with their answers, downloads, a search index.

    RELEASE is the folder of a release. Default: the newest release of the project, in its folder dist; without one, the
    tables as they are, which kzlod build would check first. The site needs no server that does more than send files,
    and stands at any address, since its links are relative; --url is for the sitemap and the page of what is not found.
    It appears whole or not at all.

    \b
    Examples:
      kzlod site --out public
      kzlod site dist/footbridge/latest --out public --url https://ada.example/footbridge/ --replace
    """
    need("jinja2", install="kzlod[web]")
    from kzlod.web.found import found
    from kzlod.web.written import write

    cache = cache_folder()
    checked = True
    if release is None:
        with progress("Preparing") as step:
            release, checked = found(project, cache=cache, step=step)
    with bar("Writing the site") as done:
        site = write(release, out, cache=cache, url=url, replace=replace, step=done)
    click.echo(f"{site.path}: {site.documents:,} documents in {site.files:,} files, {site.size:,} bytes")
    if not checked:
        click.echo(
            "It is made of the tables as they are, not checked: `kzlod build` makes a release of them.", err=True
        )
    if site.without:
        click.echo(f"{site.without:,} IRIs cannot be the name of a file, and have no page.", err=True)
    click.echo(f"\nNext: python -m http.server --directory {site.path}")
