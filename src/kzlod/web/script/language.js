// The language of a site whose host does not ask the browser: at an address that names no language (the site's own, or
// that of a thing without `.html`, where a server chooses too) the page moves to the language that was chosen by hand,
// else to the first of the browser's that the site has. Any other address names its language, and stays.

const KEY = "kzlod-language";

export function speak() {
  const nav = document.querySelector(".tongues");
  const links = new Map([...(nav?.querySelectorAll("a[hreflang]") ?? [])].map((link) => [link.hreflang, link]));
  for (const [tag, link] of links) {
    for (const kind of ["click", "auxclick"]) link.addEventListener(kind, () => keep(tag));
  }
  const [first] = links.keys();
  const { lang } = document.documentElement;
  if (!nav?.hasAttribute("data-negotiated") || lang !== first || location.pathname.endsWith(".html")) return;
  const wanted = [kept(), ...navigator.languages.map((tag) => tag.toLowerCase().split("-")[0])];
  const link = links.get(wanted.find((tag) => links.has(tag)));
  if (!link || link.hreflang === lang) return;
  const target = new URL(link.href);
  target.search = location.search;
  target.hash = location.hash;
  location.replace(target); // going back leads to where one came from, not to here
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off
  }
}

function keep(tag) {
  try {
    localStorage.setItem(KEY, tag);
  } catch {
    // full, or switched off
  }
}
