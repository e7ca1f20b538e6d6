// Search over the labels of all things, in all languages, as one types.
//
// The index, which the form names in `data-index`, is a JSON array with an entry a thing:
//   {"href": "thing/oslo.html", "kind": "City", "labels": {"en": "Oslo", "ru": ["Осло", "Христиания"], "": "0301"}}
// `href` follows the form's `data-root` (the index's own folder where that is not given); labels are by language tag,
// one or a list of them; `kind` may be left out. A page with an element `data-found` lists there what the `q` of its
// address finds.
import { element, foreign, styled } from "./elements.js";
import css from "./search.css";
import { say } from "./words.js";

const MOST = 20; // results that are shown as one types
const MOST_LISTED = 100;

export function enhance(form) {
  styled(css);
  const input = form.querySelector("input[type=search], input[type=text], input:not([type])");
  const list = element("div", { role: "listbox", id: "search-results", "aria-label": say("results"), hidden: true });
  const status = element("p", { role: "status", class: "search-status" });
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  }))
    input.setAttribute(name, value);

  const index = fetched(form.dataset.index);
  let active = -1;

  async function look() {
    const query = input.value;
    let found = [];
    try {
      found = query.trim() ? matches(await index, query) : [];
      status.textContent = !query.trim() || found.length ? "" : say("nothingFound");
    } catch {
      status.textContent = say("noIndex");
    }
    if (query !== input.value) return; // one typed on meanwhile
    list.replaceChildren(...found.map(({ entry, label, language }, at) => option(entry, label, language, at)));
    show(found.length > 0);
  }

  function option(entry, label, language, at) {
    const name = element("bdi", { lang: foreign(language) }, label);
    const more = [inPageLanguage(entry, label), entry.kind].filter(Boolean);
    const attributes = { role: "option", id: `search-result-${at}`, "aria-selected": "false", tabindex: "-1" };
    return element(
      "a",
      { href: address(entry, form), ...attributes },
      name,
      ...more.flatMap((text) => [" ", element("span", {}, text)]),
    );
  }

  function mark(at) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    mark(-1);
  }

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    const moves = { ArrowDown: (active + 1) % count, ArrowUp: (active < 1 ? count : active) - 1 };
    if (count && event.key in moves) {
      event.preventDefault();
      if (list.hidden) show(true);
      mark(moves[event.key]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // the first Escape leaves the text; the next is the browser's, which clears it
      show(false);
    }
  });
  form.addEventListener("submit", (event) => {
    const chosen = !list.hidden && document.activeElement === input; // and not the button, which lists what is found
    const option = chosen ? list.children[Math.max(active, 0)] : null;
    if (option) location.assign(option.href);
    if (option || !form.hasAttribute("action")) event.preventDefault();
  });
  form.addEventListener("focusout", (event) => list.contains(event.relatedTarget) || setTimeout(show, 200, false));
  if (input.value) look();
}

// Lists in a place what a text finds, as far as a page lists it.
export async function list(form, place, text) {
  form.querySelector("[name=q]").value = text;
  const found = matches(await fetched(form.dataset.index).catch(() => []), text, MOST_LISTED);
  const items = found.map(({ entry, label, language }) =>
    element("li", {}, element("a", { href: address(entry, form), lang: foreign(language), dir: "auto" }, label)),
  );
  place.replaceChildren(...items);
  if (!items.length) place.before(element("p", {}, say("nothingFound")));
}

// What a thing that was found by another label is called in the page's language.
function inPageLanguage({ labels }, label) {
  const [own] = [labels[document.documentElement.lang] ?? []].flat();
  return own === label ? "" : own;
}

// Where an entry leads; nothing in an index makes that anything but an address of this site.
function address({ href }, { dataset }) {
  const index = new URL(dataset.index, location.href);
  const root = dataset.root ? new URL(dataset.root, location.href) : index;
  const target = new URL(`./${href}`, root);
  return target.origin === index.origin ? target.href : root.href;
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()).map((entry) => ({
    entry,
    labels: Object.entries(entry.labels).flatMap(([language, labels]) =>
      [labels].flat().map((label) => ({ label, language, folded: folded(label) })),
    ),
  }));
}

// Letters without case, accents and width: what one types finds what is written with more care.
export function folded(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

// The best label of each thing that has one with all words in it; the best first.
export function matches(index, query, most = MOST) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const found = [];
  for (const { entry, labels } of index) {
    let best = null;
    for (const { label, language, folded } of labels) {
      if (!words.every((word) => folded.includes(word))) continue;
      const rank = nearness(folded, words) * 1e4 + Math.min(folded.length, 9999);
      if (!best || rank < best.rank) best = { entry, label, language, rank };
    }
    if (best) found.push(best);
  }
  return found.sort((one, other) => one.rank - other.rank).slice(0, most);
}

// How near a label is to what was typed, the smaller the nearer: the same, beginning so, with a word beginning so.
function nearness(text, words) {
  const at = text.indexOf(words[0]);
  if (at === 0) return text === words.join(" ") ? 0 : 1;
  return /[\p{L}\p{N}]/u.test(text[at - 1]) ? 3 : 2;
}
