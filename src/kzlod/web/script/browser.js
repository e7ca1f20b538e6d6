// Queries answered in the visitor's browser, by Oxigraph in a worker, over a dump. The worker starts with the first
// query, and is ended to stop one: the next then reads the dump again.
import { read } from "./answers.js";
import { say } from "./words.js";

export const MOST = 100e6; // bytes of a dump, as it is sent

// Why a dump cannot be queried here; nothing where it can.
export function hindrance(bytes) {
  if (typeof WebAssembly !== "object") return say("noWebAssembly");
  if (typeof Worker !== "function") return say("noWorker");
  return bytes > MOST ? say("tooLarge", { size: Math.round(bytes / 1e6), most: MOST / 1e6 }) : "";
}

export function inBrowser(dump, prefixes, progress) {
  let worker = null;
  let asked = 0;
  const waiting = new Map();

  function start() {
    worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.progress) return progress(data.progress);
      const one = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error === undefined) one?.resolve(read(data.mediaType, data.text));
      else if (data.fatal) end(new Error(failure(data)), one);
      else one?.reject(new Error(failure(data)));
    };
    worker.onerror = () => end(new Error(say("workerEnded")));
    worker.postMessage({ dump, prefixes, most: MOST });
  }

  function end(error, first) {
    worker?.terminate();
    worker = null;
    first?.reject(error);
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  }

  return {
    ask(query, { signal } = {}) {
      if (!worker) start();
      const id = ++asked;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        signal?.addEventListener("abort", () => waiting.has(id) && end(signal.reason), { once: true });
        worker.postMessage({ id, query });
      });
    },
  };
}

// What the worker says went wrong: in the page's words where it names them.
function failure({ error, word }) {
  return word ? say(word, { error }) : error;
}
