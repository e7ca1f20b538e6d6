// The last queries, kept by the browser where it lets a page keep something, else as long as the page is open.

const KEY = "kzlod-queries";
const MOST = 30;
const LONGEST = 10_000;

export function pastQueries() {
  let kept = stored();
  return {
    all: () => kept,
    add(query) {
      if (!query.trim() || query.length > LONGEST) return;
      kept = [query, ...kept.filter((one) => one !== query)].slice(0, MOST);
      store(kept);
    },
    clear() {
      kept = [];
      store(kept);
    },
  };
}

function stored() {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(read) ? read.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return []; // storage is switched off, or holds what is not ours
  }
}

function store(queries) {
  try {
    if (queries.length) localStorage.setItem(KEY, JSON.stringify(queries));
    else localStorage.removeItem(KEY);
  } catch {
    // full, or switched off
  }
}
