// What the editor proposes: variables of the query, prefixes and terms of the dataset, keywords.
import { snippetCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { short } from "./terms.js";

const KEYWORDS = (
  "SELECT ASK CONSTRUCT DESCRIBE WHERE DISTINCT OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH PREFIX BASE FROM NAMED " +
  "ORDER GROUP BY HAVING LIMIT OFFSET ASC DESC AS UNDEF EXISTS NOT IN COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG " +
  "LANGMATCHES DATATYPE BOUND IRI CONCAT STRLEN UCASE LCASE CONTAINS STRSTARTS STRENDS REGEX REPLACE SUBSTR YEAR MONTH " +
  "DAY ABS ROUND COALESCE IF ISIRI ISLITERAL ISBLANK"
).split(" ");
const SNIPPETS = [
  snippetCompletion("OPTIONAL { ${} }", { label: "OPTIONAL { }", type: "keyword" }),
  snippetCompletion("FILTER(${})", { label: "FILTER( )", type: "keyword" }),
];

// A source of completions over a context: its prefixes, and its terms `{iri, label, kind}`.
export function completions({ prefixes, terms }) {
  const names = Object.entries(prefixes).map(([name, iri]) => ({ label: `${name}:`, detail: iri, type: "namespace" }));
  const known = terms
    .map(({ iri, label, kind }) => ({ label: short(iri, prefixes), detail: label, type: kind }))
    .filter(({ label }) => /^[\w-]*:[\w.-]+$/.test(label));
  const words = [...KEYWORDS.map((label) => ({ label, type: "keyword", boost: -1 })), ...SNIPPETS];

  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return proposed(variable, variables(context, variable), /^[?$]\w*$/);
    const word = context.matchBefore(/[A-Za-z][\w-]*(?::[\w.-]*)?/);
    if (!word && !context.explicit) return null;
    if (isText(context, word?.from ?? context.pos)) return null;
    return proposed(word ?? { from: context.pos }, [...known, ...names, ...words], /^[\w-]*:?[\w.-]*$/);
  };
}

// Whether a place is within a comment, a string or an IRI.
function isText({ state }, at) {
  const line = state.doc.lineAt(at);
  const before = line.text.slice(0, at - line.from);
  return /^(Comment|String|.*Literal)/.test(syntaxTree(state).resolveInner(at, -1).name) || /<[^<>\s]*$/.test(before);
}

function proposed({ from }, options, validFor) {
  return options.length ? { from, options, validFor } : null;
}

function variables(context, { text, from }) {
  const before = context.state.doc.toString();
  const others = before.slice(0, from) + " ".repeat(text.length) + before.slice(context.pos);
  return [...new Set(others.match(/[?$]\w+/g))].map((label) => ({ label, type: "variable" }));
}
