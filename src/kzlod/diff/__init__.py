"""What changed between two releases, projects or RDF files: for people, for programs, and as a patch for a store."""

from kzlod.diff.compute import Change, Diff, Revision, changes, compare, dropped_iris
from kzlod.diff.patch import rdf_patch, sparql_update, updates
from kzlod.diff.report import markdown, to_json
from kzlod.diff.write import write_changes

__all__ = [
    "Change",
    "Diff",
    "Revision",
    "changes",
    "compare",
    "dropped_iris",
    "markdown",
    "rdf_patch",
    "sparql_update",
    "to_json",
    "updates",
    "write_changes",
]
