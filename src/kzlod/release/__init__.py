"""Releases: built whole, the same bytes every time."""

from kzlod.release.build import Release, build
from kzlod.release.files import File

__all__ = ["File", "Release", "build"]
