// A dump as the network brings it, plain or compressed by gzip or zstd.
import { Decompress } from "fzstd";

const FORMATS = {
  nt: "application/n-triples",
  nq: "application/n-quads",
  ttl: "text/turtle",
  trig: "application/trig",
};
const UNPACKED = 300e6; // bytes that a dump may become: about two million triples, in a gigabyte of memory

// What a dump is not read for, as a key of words.js.
export class Refused extends Error {
  constructor(word, message = "") {
    super(message);
    this.word = word;
  }
}

// The media type of a dump by its name: `data.nq.zst` holds N-Quads.
export function format(address) {
  const name = new URL(address).pathname.replace(/\.(gz|zst)$/, "");
  return FORMATS[name.slice(name.lastIndexOf(".") + 1)] ?? FORMATS.nt;
}

// The unpacked parts of a dump; `progress` is told how many bytes have come, of how many (0 where that is unknown).
// What a dump is packed with is read from its first bytes: a host may have unpacked it already.
export async function chunks(address, most, progress) {
  const response = await fetch(address).catch((error) => {
    throw new Refused("dumpMissing", error.message);
  });
  if (!response.ok) throw new Refused("dumpMissing", `${response.status}`);
  const size = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length") ?? 0);
  if (size > most) {
    await response.body.cancel();
    throw new Refused("dumpTooLarge");
  }
  const parts = [];
  let read = 0;
  let unpacked = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(part, controller) {
        read += part.length;
        if (read > most) throw new Refused("dumpTooLarge");
        progress(read, size);
        controller.enqueue(part);
      },
    }),
  );
  try {
    for await (const part of each(await unpack(counted))) {
      unpacked += part.length;
      if (unpacked > UNPACKED) throw new Refused("dumpTooLarge");
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("dumpBroken", error.message);
  }
  return parts;
}

async function* each(stream) {
  const reader = stream.getReader();
  for (let one = await reader.read(); !one.done; one = await reader.read()) yield one.value;
}

async function unpack(stream) {
  const reader = stream.getReader();
  const { value: first = new Uint8Array(), done } = await reader.read();
  reader.releaseLock();
  const whole = done ? new Blob([]).stream() : stream.pipeThrough(preceded(first));
  const [a, b, c, d] = first;
  if (a === 0x1f && b === 0x8b) return whole.pipeThrough(new DecompressionStream("gzip"));
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return whole.pipeThrough(zstd());
  return whole;
}

// A stream with a part before what comes.
function preceded(part) {
  return new TransformStream({ start: (controller) => controller.enqueue(part) });
}

function zstd() {
  const decompressor = new Decompress();
  return new TransformStream({
    start: (controller) => {
      decompressor.ondata = (part) => controller.enqueue(part.slice());
    },
    transform: (part) => decompressor.push(part),
    flush: () => decompressor.push(new Uint8Array(), true),
  });
}
