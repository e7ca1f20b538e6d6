// Rows of an answer as a table, a thousand at a time.
import { button, element, foreign } from "./elements.js";
import { address, head, number, shown } from "./terms.js";
import { say } from "./words.js";

const ROWS = 1000;

export function table({ variables, rows }, context, names) {
  const numeric = variables.map(
    (name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || number(row[name]) !== null),
  );
  const heads = variables.map((name, at) => {
    const { text, language } = head(name, context);
    return element("th", { scope: "col", class: numeric[at] && "number", lang: language || false }, text);
  });
  const body = element("tbody");
  const place = element("span", { "aria-live": "polite" });
  let first = 0;

  function turn(to) {
    first = to;
    const part = rows.slice(first, first + ROWS);
    body.replaceChildren(
      ...part.map((row) => element("tr", {}, ...variables.map((name, at) => cell(row[name], numeric[at], context)))),
    );
    const last = Math.min(first + ROWS, rows.length);
    place.textContent = say("rowsOf", { first: first + 1, last, count: rows.length });
    before.disabled = first === 0;
    after.disabled = last === rows.length;
    named(body, names);
  }

  const before = button(say("before"), () => turn(first - ROWS));
  const after = button(say("after"), () => turn(first + ROWS));
  turn(0);
  return element(
    "div",
    {},
    rows.length > ROWS ? element("p", { class: "pages" }, before, place, after) : null,
    element(
      "div",
      { class: "wide", role: "region", "aria-label": say("answer"), tabindex: "0" },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body),
    ),
  );
}

function cell(term, numeric, context) {
  const text = shown(term, context);
  if (term?.type !== "uri") {
    return element(
      "td",
      { class: numeric && "number", lang: foreign(term?.["xml:lang"]), dir: term && !numeric ? "auto" : false },
      text,
    );
  }
  const href = address(term.value, context);
  const attributes = { title: term.value, "data-iri": term.value };
  return element("td", {}, href ? element("a", { href, ...attributes }, text) : element("span", attributes, text));
}

// Labels come after the rows, and take the place of IRIs.
async function named(body, names) {
  const places = [...body.querySelectorAll("[data-iri]")];
  const found = await names.of([...new Set(places.map((place) => place.dataset.iri))]);
  for (const place of places) {
    const label = found.get(place.dataset.iri);
    if (!label) continue;
    place.textContent = label.text;
    place.dir = "auto";
    const language = foreign(label.language);
    if (language) place.lang = language;
  }
}
