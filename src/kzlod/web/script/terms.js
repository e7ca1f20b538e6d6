// RDF terms as a page shows them: labels in the place of IRIs, links to the dataset's pages or to the web.
// A term is as in the SPARQL 1.1 Query Results JSON Format, section 3.2.2.

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  (
    "integer decimal double float int long short byte unsignedInt unsignedLong unsignedShort unsignedByte " +
    "positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger"
  )
    .split(" ")
    .map((name) => XSD + name),
);
const IRI = /^[a-z][a-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*$/i;
const LABELS = [
  "http://www.w3.org/2000/01/rdf-schema#label",
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "http://schema.org/name",
  "https://schema.org/name",
  "http://purl.org/dc/terms/title",
  "http://xmlns.com/foaf/0.1/name",
];
const DEFAULT = "en";
const BATCH = 200;

export function number(term) {
  if (!NUMBERS.has(term?.datatype)) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

// The head of a column: what the page calls it, else its name.
export function head(name, { heads }) {
  return { text: name, ...heads?.[name] };
}

// An IRI by its prefix, where that leaves a plain name.
export function short(iri, prefixes) {
  let best = "";
  for (const [name, start] of Object.entries(prefixes)) {
    if (
      iri.startsWith(start) &&
      start.length > (prefixes[best]?.length ?? 0) &&
      /^[\w.-]*$/.test(iri.slice(start.length))
    )
      best = name;
  }
  return best ? `${best}:${iri.slice(prefixes[best].length)}` : iri;
}

// Where an IRI leads: below the base to a page of the dataset or to a file of the release, else to the web; or nowhere.
export function address(iri, { base, root, top, folder }) {
  if (!base || !iri.startsWith(base)) return /^https?:\/\/[^/]/i.test(iri) ? iri : "";
  const [path, fragment] = iri.slice(base.length).split(/#(.*)/s);
  const isFile = folder && path.startsWith(folder) && path !== folder;
  try {
    const way = encodeURI(path).replaceAll("%25", "%").replaceAll("?", "%3F");
    return (isFile ? top : root) + way + (path && !isFile ? ".html" : "") + (fragment ? `#${encodeURI(fragment)}` : "");
  } catch {
    return ""; // half a character
  }
}

// A term as text: an IRI by the label that it has in `names`, if any.
export function shown(term, context, names) {
  if (!term) return "";
  if (term.type === "uri") return names?.get(term.value)?.text ?? short(term.value, context.prefixes);
  return term.type === "bnode" ? `_:${term.value}` : term.value;
}

// The labels of IRIs, each the best for a language, asked for where the answer came from: `of` gives what is known of
// them, {text, language} by IRI, when all of them have been asked for. Where that fails, IRIs stay what they are.
export function namer(ask, language) {
  const known = new Map();
  const asked = new Set();
  return {
    get: (iri) => known.get(iri),
    async of(iris) {
      const missing = iris.filter((iri) => IRI.test(iri) && !asked.has(iri));
      for (const iri of missing) asked.add(iri);
      for (let start = 0; start < missing.length; start += BATCH) {
        const answer = await ask(question(missing.slice(start, start + BATCH))).catch(() => ({ rows: [] }));
        for (const row of answer.rows) better(known, row, language);
      }
      return known;
    },
  };
}

function question(iris) {
  const terms = (all) => all.map((iri) => `<${iri}>`).join(" ");
  const values = `VALUES ?thing { ${terms(iris)} } VALUES ?property { ${terms(LABELS)} }`;
  return `SELECT ?thing ?property ?label { ${values} ?thing ?property ?label }`;
}

// Keeps a label where it is better than the one that is known.
function better(known, { thing, property, label }, language) {
  if (label.type === "uri" || !label.value.trim()) return;
  const tag = (label["xml:lang"] ?? "").toLowerCase();
  const key = [fit(tag, language.toLowerCase()), tag, LABELS.indexOf(property.value), label.value];
  const other = known.get(thing.value);
  if (!other || before(key, other.key)) known.set(thing.value, { key, text: label.value, language: tag });
}

// How well a language fits the one asked for, the smaller the better: itself, a variety of it, English, any, none.
function fit(tag, asked) {
  const speaks = (one) => tag === one || tag.startsWith(`${one}-`);
  return [tag === asked, speaks(asked), tag === DEFAULT, speaks(DEFAULT), tag !== "", true].indexOf(true);
}

function before(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && one[at] < other[at];
}
