"""Releases: what a release claims of itself and is false, and what a store did not take."""

from __future__ import annotations

from kzlod.findings import FindingKind

KINDS = (
    FindingKind(
        "release.dropped",
        "error",
        "An IRI of the previous release is gone, and nothing says why.",
        "Keep it, or say in `data/withdrawn.csv` why it is withdrawn and what replaces it.",
        "data/withdrawn.csv: https://example.org/tiny/thing/ford of version 0.1.0 is gone; keep it, or say in data/withdrawn.csv why it is withdrawn and what replaces it",
    ),
    FindingKind(
        "release.files",
        "error",
        "The list of files is not what is there.",
        "Fetch or build the release again.",
        "SHA256SUMS: names towns.ttl, which is not there",
    ),
    FindingKind(
        "release.checksums",
        "error",
        "A file does not have the checksum that `SHA256SUMS` states.",
        "Fetch or build the release again.",
        "SHA256SUMS: states SHA-256 395755e13124aa4aa33f5624bcd0099f145e068510b2720a18933222a3d60b5a of tables/two words.csv, which has 56e88959ecab160e7dad68cdb4bf8a170f3e856865a8105fb2439704f3df9c5a",
    ),
    FindingKind(
        "release.sizes",
        "error",
        "A file does not have the size that the catalogue states.",
        "Fetch or build the release again.",
        "catalog.ttl: states 5 bytes of towns.nq, which has 30,030",
    ),
    FindingKind(
        "release.catalogue",
        "error",
        "A file does not have the checksum that the catalogue states, or is not in it.",
        "Fetch or build the release again.",
        "catalog.ttl: states SHA-256 00081ebf9b1c853e44286ebb609a7d5162671542d404dd4ac8014c467d717a21 of .well-known/void, which has 46181ebf9b1c853e44286ebb609a7d5162671542d404dd4ac8014c467d717a21",
    ),
    FindingKind(
        "release.schema.org",
        "error",
        "The description for search engines states something else of a file.",
        "Build the release again.",
        "schema.jsonld: states 160 B of tables/two words.csv, which has 16 B",
    ),
    FindingKind(
        "release.compressed",
        "error",
        "A compressed file does not hold the plain one.",
        "Fetch or build the release again.",
        "towns.nt.zst: unpacks to fewer bytes than are in: towns.nt",
    ),
    FindingKind(
        "release.subsets",
        "error",
        "A subset holds a triple that the dataset has not.",
        "Build the release again.",
        'subsets/table-towns.nt: has what towns.nt has not: <http://example.org/thing/001> <http://www.w3.org/2000/01/rdf-schema#label> "Town X 1 \\"N\\\\\\n° \\u007F> <x>"@en .',
    ),
    FindingKind(
        "release.triples",
        "error",
        "A number of triples is not that of the dump.",
        "Build the release again.",
        "void.ttl: void:triples of <http://example.org/release/towns/1.0.0> is 208, not 209",
    ),
    FindingKind(
        "release.figures",
        "error",
        "A figure of VoID is not what the dump says.",
        "Build the release again.",
        "void.ttl: void:distinctSubjects of <http://example.org/release/towns/1.0.0> is 41, not 941",
    ),
    FindingKind(
        "release.canonical",
        "error",
        "The N-Quads are not canonical.",
        "Build the release again.",
        "towns.nq:2: is not sorted, or says something twice",
    ),
    FindingKind(
        "release.formats",
        "error",
        "A dump holds other triples than the N-Quads.",
        "Build the release again.",
        "towns.ttl: does not parse as Turtle, line 164: Parser error at line 164 column 99: Triples should be followed by a dot",
    ),
    FindingKind(
        "release.downloads",
        "error",
        "A file does not arrive as the catalogue states.",
        "Fetch the release again.",
        "towns.rdf: is not there",
    ),
    FindingKind(
        "load.count",
        "error",
        "A store has fewer or more triples of a predicate than were loaded.",
        "Run `kzlod load` again.",
        "store <http://e/g>: 1 triples of <http://e/p>, 2 were loaded",
    ),
    FindingKind(
        "load.lost",
        "error",
        "A store lacks a triple that was loaded.",
        "Run `kzlod load` again.",
        'store <http://e/g>: lacks <http://e/a> <http://e/p> "2"',
    ),
    FindingKind(
        "load.other",
        "error",
        "A store has a triple that was not loaded.",
        "Run `kzlod load` again, with `--mode replace`.",
        'store <http://e/g>: has <http://e/a> <http://e/p> "2"',
    ),
)
