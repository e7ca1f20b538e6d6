"""Releases: what a release claims of itself and is false, and what a store did not take."""

from __future__ import annotations

from kzlod.findings import FindingKind

KINDS = (
    FindingKind(
        "release.dropped",
        "error",
        "An IRI of the previous release is gone, and nothing says why.",
        "Keep it, or say in `data/withdrawn.csv` why it is withdrawn and what replaces it.",
        "",
    ),
    FindingKind(
        "release.files",
        "error",
        "The list of files is not what is there.",
        "Fetch or build the release again.",
        "",
    ),
    FindingKind(
        "release.checksums",
        "error",
        "A file does not have the checksum that `SHA256SUMS` states.",
        "Fetch or build the release again.",
        "",
    ),
    FindingKind(
        "release.sizes",
        "error",
        "A file does not have the size that the catalogue states.",
        "Fetch or build the release again.",
        "",
    ),
    FindingKind(
        "release.catalogue",
        "error",
        "A file does not have the checksum that the catalogue states, or is not in it.",
        "Fetch or build the release again.",
        "",
    ),
    FindingKind(
        "release.schema.org",
        "error",
        "The description for search engines states something else of a file.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.compressed",
        "error",
        "A compressed file does not hold the plain one.",
        "Fetch or build the release again.",
        "",
    ),
    FindingKind(
        "release.subsets",
        "error",
        "A subset holds a triple that the dataset has not.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.triples",
        "error",
        "A number of triples is not that of the dump.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.figures",
        "error",
        "A figure of VoID is not what the dump says.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.canonical",
        "error",
        "The N-Quads are not canonical.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.formats",
        "error",
        "A dump holds other triples than the N-Quads.",
        "Build the release again.",
        "",
    ),
    FindingKind(
        "release.downloads",
        "error",
        "A file does not arrive as the catalogue states.",
        "Fetch the release again.",
        "",
    ),
    FindingKind(
        "load.count",
        "error",
        "A store has fewer or more triples of a predicate than were loaded.",
        "Run `kzlod load` again.",
        "",
    ),
    FindingKind(
        "load.lost",
        "error",
        "A store lacks a triple that was loaded.",
        "Run `kzlod load` again.",
        "",
    ),
    FindingKind(
        "load.other",
        "error",
        "A store has a triple that was not loaded.",
        "Run `kzlod load` again, with `--mode replace`.",
        "",
    ),
)
