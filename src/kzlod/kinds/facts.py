"""Facts: evidence, figures, labels, literals, and what a format cannot carry."""

from __future__ import annotations

from kzlod.findings import FindingKind

KINDS = (
    FindingKind(
        "evidence.value",
        "error",
        "A value is not what its words say.",
        "Correct the one or the other.",
        "data/observations.csv:2: value: 183 is not what '182 meters' says, which is 182; correct the one or the other",
    ),
    FindingKind(
        "evidence.bound",
        "error",
        'The bounds of a figure are not those of its words, such as "more than".',
        "Give each bound that the words have, and no other.",
        "data/observations.csv:2: bound: about is not how '182 meters' bounds the figure, which is exact; give each bound that the words have, and no other",
    ),
    FindingKind(
        "evidence.unreadable",
        "error",
        "No number can be read from the words of a figure.",
        "Write the figure as the document has it.",
        "data/observations.csv:2: as_written: no number can be read from 'this year'; write the figure as the document has it",
    ),
    FindingKind(
        "evidence.coverage",
        "error",
        "A passage is the evidence of nothing.",
        "Record what it says, or give the reason in `data/omissions.csv`.",
        "data/passages.csv:4: the passage 002-01 is the evidence of nothing; record what it says, or give the reason in data/omissions.csv",
    ),
    FindingKind(
        "evidence.document",
        "error",
        "A document is not there, or not the one whose digest is recorded.",
        "Look at what changed, then run `kzlod evidence lock`.",
        "data/sources.csv:2: sha256: 001-town-notice.txt is not the document whose digest this is; it has e8ce90c03ce40dc2b1a06c57ed2b08dd663076c6022160923ab45cbb30d6727b; make the passages and mentions anew with `kzlod evidence lock`, after a look at what changed",
    ),
    FindingKind(
        "evidence.passage",
        "error",
        "A passage is not the paragraph that the document has.",
        "Look at what changed, then run `kzlod evidence lock`.",
        "data/passages.csv:3: start: the paragraph stands at 30 to 162 in the document; make the passages and mentions anew with `kzlod evidence lock`, after a look at what changed",
    ),
    FindingKind(
        "evidence.mention",
        "error",
        "A figure's words do not stand in the document where its mention says.",
        "Write the figure exactly as the document has it, then run `kzlod evidence lock`.",
        "data/observations.csv:2: as_written: '182 meters' is not what the document has at 145 to 155; make the passages and mentions anew with `kzlod evidence lock`, after a look at what changed",
    ),
    FindingKind(
        "figure.not-computable",
        "warning",
        "A consistency check has no verdict: a figure without a value, or a rule that does not fit its operands.",
        "Correct its rule, its result or its operands.",
        "data/more.ttl: the check has no verdict: there is no rule 'sums'; correct its rule, its result or its operands",
    ),
    FindingKind(
        "figure.does-not-hold",
        "info",
        "A consistency check does not hold: what documents say does not add up. This is data, not a fault.",
        "Look whether a figure was entered wrongly; if not, explain it in `data/explanations.csv`.",
        "data/more.ttl: the check does not hold: expected 91, found 190; look whether a figure was entered wrongly; if not, leave it, and say why in an explanation",
    ),
    FindingKind(
        "label.missing",
        "warning",
        "A thing, one of a class that has labels, has none in the first of the `languages` of `kzlod.toml`.",
        "Fill in the label.",
        "data/more.ttl: has no label, which others of its class have; say in en what it is called",
    ),
    FindingKind(
        "label.language",
        "warning",
        "A label is in a language that `kzlod.toml` does not list.",
        "Add it to `languages`, or correct the language.",
        "data/things.csv:2: label: the label 'Alder footbridge' is in fr, which kzlod.toml does not list; add \"fr\" to `languages` there, or correct the language",
    ),
    FindingKind(
        "label.same",
        "warning",
        "Two things of a class, or two concepts of a scheme, have the same label.",
        "Say in the label what tells the one from the other.",
        "data/things.csv:5: label: millbrook-council is called 'Millbrook Council', as alder-walking-club is; say in the label what tells the one from the other",
    ),
    FindingKind(
        "label.two",
        "warning",
        "A thing has two labels of one property in a language.",
        "Keep one, and make the other a skos:altLabel.",
        "data/more.ttl: has two labels in en, 'Mill brook' and 'Millbrook'; keep one, and make the other a skos:altLabel",
    ),
    FindingKind(
        "literal.datatype",
        "error",
        "A literal is not what its datatype allows (ill-typed), in whatever file it stands.",
        "Correct the text, or its datatype.",
        "data/more.ttl: 'twelve' is no xsd:decimal; correct the text, or its datatype",
    ),
    FindingKind(
        "rdf.blank",
        "warning",
        "An RDF file has blank nodes; they were given IRIs.",
        "Give them IRIs of your own.",
        "data/more.ttl: has blank nodes (1), which were given genid IRIs; give them IRIs of your own",
    ),
    FindingKind(
        "format.rdfxml",
        "error",
        "A format of a release cannot carry a statement.",
        "Change the predicate's IRI, or take the character out.",
        "data/more.ttl: the predicate <http://example.org/1> does not end in a name, which RDF/XML needs; end the property's IRI in a name",
    ),
    FindingKind(
        "query.header",
        "error",
        "A query of `queries/` cannot be read, or its header is wrong: pages and the API are made from it.",
        "Mend the lines that begin with `#+`.",
        "queries/things.rq: its summary is no text: True; put it in quotes, or write a text for each language: `{en: Trade, ru: Торговля}`",
    ),
    FindingKind(
        "check.more",
        "error",
        "More findings of a kind than are told one by one.",
        "Mend the first ones, then check again.",
        "data/csvw.json: 4,711 more of literal.datatype; mend the first ones, then check again",
    ),
)
