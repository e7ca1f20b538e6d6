// Oxigraph in a worker of its own. The first message names the dump; each other is a query, answered with its number.
import start, { Store } from "oxigraph/web.js";
import binary from "oxigraph/web_bg.wasm";
import { chunks, format, Refused } from "./dump.js";
import { declared, form, namesGraphs } from "./text.js";

let store, prefixes;

self.onmessage = async ({ data }) => {
  if (data.dump) {
    prefixes = data.prefixes;
    store = load(data);
    store.catch(() => {}); // each query that waits for it says so
    return;
  }
  try {
    self.postMessage({ id: data.id, ...answer(await store, data.query) });
  } catch (error) {
    const broken = isOutOfMemory(error);
    const word = broken ? "outOfMemory" : error.word;
    self.postMessage({ id: data.id, error: error.message, word, fatal: broken || Boolean(error.word) });
  }
};

async function load({ dump, most }) {
  await start({ module_or_path: new URL(binary, import.meta.url) });
  const parts = await chunks(dump, most, (read, size) => self.postMessage({ progress: { read, size } }));
  self.postMessage({ progress: { indexing: true } });
  const made = new Store();
  try {
    made.load(taken(parts), { format: format(dump), no_transaction: true, lenient: true });
  } catch (error) {
    throw isOutOfMemory(error) ? error : new Refused("dumpBroken", error.message);
  }
  self.postMessage({ progress: { ready: true } });
  return made;
}

// The engine breaks where it gets no memory, and cannot be asked again.
function isOutOfMemory(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

// The parts, each let go of when it is read.
function* taken(parts) {
  while (parts.length) yield parts.shift();
}

// Asked as it stands, and again with the dataset's prefixes declared where it is refused.
function answer(store, query) {
  const rows = ["SELECT", "ASK"].includes(form(query));
  const mediaType = rows ? "application/sparql-results+json" : "text/turtle";
  const options = { results_format: mediaType, use_default_graph_as_union: !namesGraphs(query) };
  try {
    return { mediaType, text: store.query(query, options) };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
  }
  try {
    return { mediaType, text: store.query(declared(query, prefixes), options) };
  } catch (error) {
    throw isOutOfMemory(error) ? error : new Error(inWords(error.message, query));
  }
}

// The engine's refusal without the list of all that it would have taken, its column counted in the query as it was asked.
function inWords(message, query) {
  const added = declared(query, prefixes).length - query.length;
  return message
    .replace(/: expected one of.*/s, "")
    .replace(/\bat 1:(\d+)/, (_, column) => `at 1:${Math.max(Number(column) - added, 1)}`);
}
