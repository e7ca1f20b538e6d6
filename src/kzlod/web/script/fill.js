// A canned query filled with the values of its parameters, by the rules of `kzlod.query.catalog`: a value becomes one
// token of SPARQL, which takes the place of a slot of the query's own text.
import { say } from "./words.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NOT_IN_IRI = /[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const TO_ESCAPE = /[\x00-\x1f\x7f"\\\ufffe\uffff]/g;
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" };
const TAKES = {
  string: () => true,
  integer: (value) => /^[+-]?\d{1,18}$/.test(value),
  decimal: (value) => /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value),
  date: isDate,
};
const EXPECTED = { integer: "takesInteger", decimal: "takesDecimal", date: "takesDate", iri: "takesIri" };

// The values of a query's parameters from a query string or a form, by name; an empty one is none.
export function given(fields, parameters) {
  const values = new Map();
  for (const [name, value] of fields) {
    if (value && (values.get(name) ?? value) !== value) throw new Error(say("givenTwice", { name }));
    if (value) values.set(name, value);
  }
  const unknown = [...values.keys()].find((name) => parameters.every((one) => one.name !== name));
  if (unknown !== undefined) throw new Error(say("noParameter", { name: unknown }));
  return values;
}

// The query's SPARQL: its pieces, each a text and the name of the parameter whose term takes its place, if there is one.
export function fill(pieces, parameters, values) {
  const terms = new Map();
  for (const parameter of parameters) {
    const value = values.get(parameter.name) ?? parameter.default;
    if (value !== null) terms.set(parameter.name, term(parameter, value));
  }
  return pieces.map(([text, name]) => (terms.has(name) ? ` ${terms.get(name)} ` : text)).join("");
}

function term({ name, type, allowed, base }, value) {
  const wrong = () => new Error(say("wrongValue", { name, value, expected: expected(type, allowed, base) }));
  if (allowed.length && !allowed.includes(value)) throw wrong();
  if (type === "iri") {
    const iri = isIri(value) ? value : base + value;
    if (!isIri(iri)) throw wrong();
    return `<${iri}>`;
  }
  if (!TAKES[type](value)) throw wrong();
  const text = value.replace(TO_ESCAPE, (letter) => ESCAPES[letter] ?? `\\u${code(letter)}`);
  return type === "string" ? `"${text}"` : `"${text}"^^<${XSD}${type}>`;
}

function expected(type, allowed, base) {
  return allowed.length ? allowed.join(", ") : say(EXPECTED[type], { base });
}

function isIri(text) {
  return !NOT_IN_IRI.test(text) && SCHEME.test(text);
}

function isDate(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith("0000")) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function code(letter) {
  return letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
}
