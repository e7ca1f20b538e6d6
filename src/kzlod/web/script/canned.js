// The page of a canned query on a static site: its form, answered in the browser. The page's JSON `canned` is as in
// engine.js, with
//   {"pieces": the query's text, cut at its slots, as fill.js takes it,
//    "parameters": [{"name", "type", "default", "allowed", "base"}], "plot": {"kind", and columns by role} or null,
//    "heads": {the name of a column: {"text", "language": empty for that of the page}}}
import { asking } from "./asking.js";
import { element } from "./elements.js";
import { known } from "./engine.js";
import { fill, given } from "./fill.js";
import { say } from "./words.js";

export function enhance(form) {
  const { pieces, parameters, ...context } = known("canned");
  const { ask, clear, refuse, status, problem } = asking(form, context);
  if (problem) {
    form.replaceWith(element("p", { class: "notice" }, problem, " ", form.dataset.canned));
    return;
  }

  const fields = () => parameters.map(({ name }) => form.elements.namedItem(name));

  // Asks what the address says; where it says nothing, the page has the answer already.
  function visit() {
    form.reset();
    try {
      const values = given(new URLSearchParams(location.search), parameters);
      for (const field of fields()) if (values.has(field.name)) field.value = values.get(field.name);
      answered(values);
    } catch (error) {
      usual(false);
      refuse(error.message);
    }
  }

  function answered(values) {
    form.append(status); // no room is left for it before
    usual(!values.size);
    if (!values.size) return clear();
    const query = fill(pieces, parameters, values);
    ask(query, element("p", {}, element("a", { href: address(values) }, say("link"))));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new Map(fields().flatMap(({ name, value }) => (value ? [[name, value]] : [])));
    const target = address(values);
    if (new URL(target).pathname !== location.pathname) return location.assign(target); // from a further page
    if (target !== location.href) history.pushState(null, "", target);
    visit();
  });
  window.addEventListener("popstate", visit);
  if (location.search) visit();
}

// The answer that the page came with, and its data as files, are for no values but the usual ones.
function usual(isShown) {
  for (const one of document.querySelectorAll("[data-answer]")) one.hidden = !isShown;
}

// The address that asks with some values: that of the first page of an answer.
function address(values) {
  const target = new URL(location.href);
  target.pathname = target.pathname.replace(/\.page-\d+(?=(\.html)?$)/, "");
  target.search = new URLSearchParams([...values]);
  target.hash = "";
  return target.href;
}
