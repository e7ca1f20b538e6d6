// Bundles the scripts into ../static: `npm run build`. The first script is small; what a page needs besides is fetched
// when it is needed.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = join(HERE, "../static");
const OUTLINE = "world-atlas";
const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const { metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: ["worker.js", "script.js"],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"], // what knows light-dark(), which the style sheet uses
  charset: "utf8",
  minify: true,
  metafile: true,
  legalComments: "none",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  loader: { ".wasm": "file", ".css": "text" },
  logLevel: "warning",
});
// The outlines of land that the server draws maps over.
copyFileSync(join(HERE, "node_modules", OUTLINE, "countries-110m.json"), join(HERE, "../outline.json"));
writeFileSync(join(OUT, "licences.txt"), licences(Object.keys(metafile.inputs)));

// The licences of the packages that went into the bundle, and of the outlines.
function licences(inputs) {
  const names = new Set([...inputs.map((path) => PACKAGE.exec(path)?.[1]).filter(Boolean), OUTLINE]);
  return [...names].sort().map(licence).join("\n\n");
}

function licence(name) {
  const folder = join(HERE, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  return [`${name} ${version}: ${license}\n`, ...texts.map((file) => readFileSync(join(folder, file), "utf8"))].join(
    "\n",
  );
}
