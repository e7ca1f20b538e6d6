// What a query's text says before anyone runs it.

// IRIs, strings, comments, variables and prefixed names: what looks like a keyword in them is none.
const SKIPPED =
  /<[^<>"{}|^`\\\x00-\x20]*>|"""(?:"{0,2}(?:[^"\\]|\\.))*"""|'''(?:'{0,2}(?:[^'\\]|\\.))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|#[^\n\r]*|[?$][\p{L}\p{N}_]+|[\p{L}\p{N}_.-]*:[\p{L}\p{N}_.-]*/gsu;
const PROLOGUE = /\b(?:PREFIX|BASE)\b/gi;
const WORD = /[A-Za-z]+/;

function plain(query) {
  return query.replace(SKIPPED, " ");
}

// SELECT, ASK, CONSTRUCT or DESCRIBE; or whatever other word the query begins with.
export function form(query) {
  return WORD.exec(plain(query).replace(PROLOGUE, " "))?.[0].toUpperCase() ?? "";
}

export function namesGraphs(query) {
  return /\bFROM\b/i.test(plain(query));
}

// The query with all known prefixes before it, on its first line, so that its lines keep their numbers; what it
// declares itself comes later and holds.
export function declared(query, prefixes) {
  return (
    Object.entries(prefixes)
      .map(([name, iri]) => `PREFIX ${name}: <${iri}> `)
      .join("") + query
  );
}
