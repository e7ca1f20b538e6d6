"""Facts: evidence, figures, labels, literals, and what a format cannot carry."""

from __future__ import annotations

from kzlod.findings import FindingKind

KINDS = (
    FindingKind(
        "evidence.value",
        "error",
        "A value is not what its words say.",
        "Correct the one or the other.",
        "",
    ),
    FindingKind(
        "evidence.bound",
        "error",
        'The bounds of a figure are not those of its words, such as "more than".',
        "Give each bound that the words have, and no other.",
        "",
    ),
    FindingKind(
        "evidence.unreadable",
        "error",
        "No number can be read from the words of a figure.",
        "Write the figure as the document has it.",
        "",
    ),
    FindingKind(
        "evidence.coverage",
        "error",
        "A passage is the evidence of nothing.",
        "Record what it says, or give the reason in `data/omissions.csv`.",
        "",
    ),
    FindingKind(
        "evidence.document",
        "error",
        "A document is not there, or not the one whose digest is recorded.",
        "Look at what changed, then run `kzlod evidence lock`.",
        "",
    ),
    FindingKind(
        "evidence.passage",
        "error",
        "A passage is not the paragraph that the document has.",
        "Look at what changed, then run `kzlod evidence lock`.",
        "",
    ),
    FindingKind(
        "evidence.mention",
        "error",
        "A figure's words do not stand in the document where its mention says.",
        "Write the figure exactly as the document has it, then run `kzlod evidence lock`.",
        "",
    ),
    FindingKind(
        "figure.not-computable",
        "warning",
        "A consistency check has no verdict: a figure without a value, or a rule that does not fit its operands.",
        "Correct its rule, its result or its operands.",
        "",
    ),
    FindingKind(
        "figure.does-not-hold",
        "info",
        "A consistency check does not hold: what documents say does not add up. This is data, not a fault.",
        "Look whether a figure was entered wrongly; if not, explain it in `data/explanations.csv`.",
        "",
    ),
    FindingKind(
        "label.missing",
        "warning",
        "A thing has no label in the main language, the first of `languages` in `kzlod.toml`; things of a class that has labels need one.",
        "Fill in the label.",
        "",
    ),
    FindingKind(
        "label.language",
        "warning",
        "A label is in a language that `kzlod.toml` does not list.",
        "Add it to `languages`, or correct the language.",
        "",
    ),
    FindingKind(
        "label.same",
        "warning",
        "Two things of a class, or two concepts of a scheme, have the same label.",
        "Say in the label what tells the one from the other.",
        "",
    ),
    FindingKind(
        "label.two",
        "warning",
        "A thing has two labels of one property in a language.",
        "Keep one, and make the other a skos:altLabel.",
        "",
    ),
    FindingKind(
        "literal.datatype",
        "error",
        "A literal is not what its datatype allows (ill-typed), in whatever file it stands.",
        "Correct the text, or its datatype.",
        "",
    ),
    FindingKind(
        "rdf.blank",
        "warning",
        "An RDF file has blank nodes; they were given IRIs.",
        "Give them IRIs of your own.",
        "",
    ),
    FindingKind(
        "format.rdfxml",
        "error",
        "A format of a release cannot carry a statement.",
        "Change the predicate's IRI, or take the character out.",
        "",
    ),
    FindingKind(
        "check.more",
        "error",
        "More findings of a kind than are told one by one.",
        "Mend the first ones, then check again.",
        "",
    ),
)
