// Who answers the queries of a form, and what its page knows of the dataset.
//
// The form says with `data-endpoint` where queries are asked, or with `data-dump` which file they are answered from in
// the browser, and with `data-dump-bytes` how large that is. The page's JSON holds
//   {"base", "root", "top", "folder": where IRIs of the dataset lead: what they begin with, the ways from this page to
//       the start of its language and to the start of all, the path of the release's files below the latter,
//    "prefixes": {name: IRI}}
// and what else a form needs; any of it may be left out.
import { hindrance, inBrowser } from "./browser.js";
import { endpoint } from "./endpoint.js";
import { say } from "./words.js";

export function known(id) {
  const text = document.getElementById(id)?.textContent;
  const language = document.documentElement.lang || "en";
  return { base: "", root: "./", top: "./", folder: "", prefixes: {}, ...(text ? JSON.parse(text) : {}), language };
}

// Who answers: `ask`, or the `problem` why nobody can.
export function engineOf(form, { prefixes }, status) {
  const { endpoint: address, dump, dumpBytes } = form.dataset;
  if (address) return endpoint(address);
  const problem = hindrance(Number(dumpBytes ?? 0));
  if (problem) return { problem };
  return inBrowser(new URL(dump, location.href).href, prefixes, ({ read, size, indexing, ready }) => {
    if (ready || indexing) return (status.textContent = say(ready ? "running" : "indexing"));
    const done = (read / 1e6).toFixed(1);
    const all = (Math.max(size, read) / 1e6).toFixed(1);
    status.textContent = say(size ? "loadingOf" : "loading", { done, all });
  });
}
