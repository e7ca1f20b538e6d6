// Queries asked over HTTP (SPARQL 1.1 Protocol, section 2.1.2).
import { read } from "./answers.js";
import { say } from "./words.js";

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const MOST = 64 << 20; // bytes of an answer that a page holds

export function endpoint(address) {
  return {
    async ask(query, { signal } = {}) {
      const body = new URLSearchParams({ query });
      let response;
      try {
        response = await fetch(address, { method: "POST", body, headers: { accept: ACCEPT }, signal });
      } catch (error) {
        throw signal?.aborted ? error : new Error(say("unreachable"));
      }
      const text = await whole(response);
      if (!response.ok) throw new Error(text.slice(0, 2000) || `${response.status}`);
      return read(response.headers.get("content-type") ?? "", text);
    },
  };
}

async function whole(response) {
  const parts = [];
  let size = 0;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (let one = await reader.read(); !one.done; one = await reader.read()) {
    size += one.value.length;
    if (size > MOST) {
      await reader.cancel();
      throw new Error(say("answerTooLarge", { size: MOST >> 20 }));
    }
    parts.push(decoder.decode(one.value, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}
