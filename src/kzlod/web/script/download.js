// An answer as a file, made where it is: nothing is asked again.
import { button } from "./elements.js";

export function downloads(answer) {
  const forms = {
    rows: [
      ["CSV", "csv", "text/csv", csv],
      ["JSON", "json", "application/sparql-results+json", json],
    ],
    boolean: [["JSON", "json", "application/sparql-results+json", json]],
    graph: [["Turtle", "ttl", "text/turtle", ({ text }) => text]],
  };
  return forms[answer.kind].map(([name, suffix, mediaType, write]) =>
    button(name, () => save(`answer.${suffix}`, mediaType, write(answer))),
  );
}

function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function json({ variables, rows, value }) {
  return JSON.stringify(
    rows ? { head: { vars: variables }, results: { bindings: rows } } : { head: {}, boolean: value },
  );
}

// SPARQL 1.1 Query Results CSV Format, section 3.
export function csv({ variables, rows }) {
  const value = (term) => (term ? (term.type === "bnode" ? `_:${term.value}` : term.value) : "");
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [variables, ...rows.map((row) => variables.map((name) => value(row[name])))];
  return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}
