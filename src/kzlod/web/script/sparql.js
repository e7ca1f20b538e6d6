// The SPARQL page: the form of a server, or of a static site, with an editor, examples, past queries and answers.
//
// The page's JSON `sparql-context` is as in engine.js, with
//   {"terms": [{"iri", "label", "kind": "class" or "property"}], "examples": [{"title", and "query", or "href" where
//    that is}]}
import { writing } from "./area.js";
import { asking } from "./asking.js";
import { button, choice, element } from "./elements.js";
import { known } from "./engine.js";
import { pastQueries } from "./history.js";
import { say } from "./words.js";

const LONGEST_LINK = 8000;

export function enhance(form) {
  const context = { terms: [], examples: [], ...known("sparql-context") };
  const area = form.elements.namedItem("query");
  const { ask, status, problem } = asking(form, context);
  const past = pastQueries();
  const format = form.elements.namedItem("format");
  if (problem) hinder(form, problem);

  const take = writing(area, context, () => form.requestSubmit());
  const history = list(past, take);
  form.append(...examples(context, take, status), history, status); // below, so that nothing above moves
  if (format && !form.dataset.endpoint) for (const one of [format, ...format.labels]) one.hidden = true;

  form.addEventListener("submit", (event) => {
    if (form.dataset.endpoint && format && format.value !== "html") return; // that format is what the browser goes to
    event.preventDefault();
    if (problem) return;
    const query = area.value;
    for (const old of document.querySelectorAll("[data-answer]")) old.remove();
    past.add(query);
    history.refresh();
    ask(query, ...link(form, query));
  });

  const given = new URLSearchParams(location.search).get("query");
  if (given && !document.querySelector("[data-answer] section")) {
    area.value = given;
    form.requestSubmit();
  }
}

// Where nobody answers, the form says why, and where else to go.
function hinder(form, problem) {
  const file = element("a", { href: form.dataset.dump, download: true }, say("dump"));
  form.prepend(element("p", { class: "notice", role: "note" }, problem, " ", say("instead"), " ", file));
  form.querySelector("button:not([type=button])").disabled = true;
}

function examples({ examples: all }, take, status) {
  if (!all.length) return [];
  const options = [["", say("choose")], ...all.map(({ title }, at) => [String(at), title])];
  const change = async (at) => {
    if (!at) return;
    const { query, href } = all[at];
    const text =
      query ??
      (await fetch(href).then(
        (response) => (response.ok ? response.text() : null),
        () => null,
      ));
    status.textContent = text === null ? say("noExample") : "";
    if (text !== null) take(text.replace(/^#\+.*\n/gm, "")); // without its header, which is in every language
  };
  return [choice(say("examples"), options, change)];
}

function list(past, take) {
  const items = element("ul");
  const clear = button(say("clear"), () => {
    past.clear();
    made.refresh();
  });
  const made = element("details", { class: "history" }, element("summary", {}, say("history")), items, clear);
  made.refresh = () => {
    const all = past.all();
    items.replaceChildren(
      ...all.map((query) =>
        element(
          "li",
          {},
          button(query.replace(/\s+/g, " ").trim().slice(0, 120), () => take(query), { title: query.slice(0, 500) }),
        ),
      ),
    );
    clear.hidden = !all.length;
    made.hidden = !all.length;
  };
  made.refresh();
  return made;
}

// The address that shows this answer again, where it is not too long for one.
function link(form, query) {
  const address = new URL(form.action || location.href);
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("format");
  fields.set("query", query);
  address.search = fields;
  address.hash = "";
  return address.href.length > LONGEST_LINK
    ? []
    : [element("p", {}, element("a", { href: address.href }, say("link")))];
}
