// The SPARQL page: the form of a server, or of a static site, with an editor, examples, past queries and answers.
//
// The form says with `data-endpoint` where queries are asked, or with `data-dump` which file they are answered from in
// the browser, and with `data-dump-bytes` how large that is. The page's JSON `sparql-context` holds
//   {"base", "root", "top", "folder": where IRIs of the dataset lead: what they begin with, the ways from this page to
//       the start of its language and to the start of all, the path of the release's files below the latter,
//    "prefixes": {name: IRI}, "terms": [{"iri", "label", "kind": "class" or "property"}],
//    "examples": [{"title", and "query", or "href" where that is}]}
// and any of it may be left out.
import { hindrance, inBrowser } from "./browser.js";
import { edit } from "./editor.js";
import { button, choice, element, styled } from "./elements.js";
import { endpoint } from "./endpoint.js";
import { pastQueries } from "./history.js";
import { results } from "./results.js";
import css from "./sparql.css";
import { say } from "./words.js";

const LONGEST_LINK = 8000;

export function enhance(form) {
  styled(css);
  const context = read();
  const area = form.elements.namedItem("query");
  const status = element("p", { role: "status", class: "status" });
  const place = element("section", { "aria-label": say("answer"), class: "answer" });
  const engine = engineOf(form, context, status);
  const past = pastQueries();
  const editor = edit(area, context, () => form.requestSubmit());
  const asks = form.querySelector("button:not([type=button])");
  const stop = button(say("stop"), () => running?.abort(), { hidden: true });
  const format = form.elements.namedItem("format");
  let running = null;

  asks.after(" ", stop);
  const take = (query) => {
    editor.text = query;
    editor.focus();
  };
  const history = list(past, take);
  form.append(...examples(context, take, status), history, status); // below, so that nothing above moves
  form.after(place);
  if (format && !form.dataset.endpoint) for (const one of [format, ...format.labels]) one.hidden = true;

  form.addEventListener("submit", (event) => {
    if (form.dataset.endpoint && format && format.value !== "html") return; // that format is what the browser goes to
    event.preventDefault();
    if (engine.problem) return;
    ask(editor.text);
  });

  async function ask(query) {
    running?.abort();
    const own = (running = new AbortController());
    const started = performance.now();
    for (const old of document.querySelectorAll("[data-answer]")) old.remove();
    place.replaceChildren();
    status.textContent = say("running");
    stop.hidden = false;
    form.setAttribute("aria-busy", "true");
    past.add(query);
    history.refresh();
    try {
      const answer = await engine.ask(query, { signal: own.signal });
      if (running !== own) return;
      const seconds = ((performance.now() - started) / 1000).toLocaleString(context.language, {
        maximumFractionDigits: 2,
      });
      status.textContent =
        answer.kind === "rows" ? say("rows", { count: answer.rows.length, seconds }) : say("took", { seconds });
      place.replaceChildren(...results(answer, context, engine.ask), ...link(form, query));
    } catch (error) {
      if (running !== own) return;
      status.textContent = "";
      const text = own.signal.aborted ? say("stopped") : error.message;
      place.replaceChildren(element("p", { role: "alert" }, text));
    }
    running = null;
    stop.hidden = true;
    form.removeAttribute("aria-busy");
  }

  const given = new URLSearchParams(location.search).get("query");
  if (given && !document.querySelector("[data-answer] section")) {
    editor.text = given;
    form.requestSubmit();
  }
}

function read() {
  const text = document.getElementById("sparql-context")?.textContent;
  const language = document.documentElement.lang || "en";
  return {
    base: "",
    root: "./",
    top: "./",
    folder: "",
    prefixes: {},
    terms: [],
    examples: [],
    ...(text ? JSON.parse(text) : {}),
    language,
  };
}

// Who answers; where nobody can, the form says why, and where else to go.
function engineOf(form, { prefixes }, status) {
  const { endpoint: address, dump, dumpBytes } = form.dataset;
  if (address) return endpoint(address);
  const problem = hindrance(Number(dumpBytes ?? 0));
  if (problem) {
    const file = element("a", { href: dump, download: true }, say("dump"));
    form.prepend(element("p", { class: "notice", role: "note" }, problem, " ", say("instead"), " ", file));
    form.querySelector("button:not([type=button])").disabled = true;
    return { problem };
  }
  return inBrowser(new URL(dump, location.href).href, prefixes, ({ read, size, indexing, ready }) => {
    if (ready || indexing) return (status.textContent = say(ready ? "running" : "indexing"));
    const done = (read / 1e6).toFixed(1);
    const all = (Math.max(size, read) / 1e6).toFixed(1);
    status.textContent = say(size ? "loadingOf" : "loading", { done, all });
  });
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
    if (text !== null) take(text);
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
