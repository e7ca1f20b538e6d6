// What every page loads: it fetches what the page's forms need, and nothing else.
import { speak } from "./language.js";

speak();

const search = document.querySelector("form[data-search]");
if (search) {
  search.hidden = false; // without script there may be nothing that it could be sent to
  search.addEventListener("focusin", async () => (await import("./search.js")).enhance(search), { once: true });
  const [place, text] = [document.querySelector("[data-found]"), new URLSearchParams(location.search).get("q")];
  if (place && text) (await import("./search.js")).list(search, place, text);
}

const sparql = document.querySelector("form[data-sparql]");
if (sparql) (await import("./sparql.js")).enhance(sparql);

const canned = document.querySelector("form[data-canned]");
if (canned) (await import("./canned.js")).enhance(canned);
