"""Releases: built whole (`release.build`), the same bytes every time; read with distrust, verified, fetched."""
