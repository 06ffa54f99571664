/** Fails where the console's first load, or the flow editor with it, is more JavaScript than its budget, as it goes over the wire. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 300 * 1024;
/** What is fetched before a flow can be edited; forms, the test chat and tidying come when they are asked for. */
const EDITOR_BUDGET = 350 * 1024;
const EDITOR = "src/flows/FlowPage.tsx";
const DIST = new URL("../dist/console/", import.meta.url);
const chunks = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

/** A chunk with everything that it imports before it runs. */
function graph(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of chunks[name].imports ?? []) graph(next, found);
  return found;
}
const size = (name) => gzipSync(readFileSync(new URL(chunks[name].file, DIST)), { level: 6 }).length;

const entry = Object.keys(chunks).find((name) => chunks[name].isEntry);
const first = [...graph(entry)];
// English is built in; whoever speaks another language loads that before the first page.
const languages = (chunks[entry].dynamicImports ?? []).filter((name) => /\/i18n\/\w+\.ts$/.test(name));
const largest = Math.max(0, ...languages.map(size));
const total = first.reduce((sum, name) => sum + size(name), largest);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
console.log(
  `first load: ${kib(total)} of ${kib(BUDGET)} gzipped, the largest of ${languages.length} languages included`,
);
if (languages.length < 4) throw new Error("the languages are not loaded one at a time any more");
if (total > BUDGET) {
  for (const name of first) console.error(`${kib(size(name)).padStart(12)}  ${chunks[name].file}`);
  process.exit(1);
}

const editor = [...graph(EDITOR, new Set(first))];
const words = Object.keys(chunks).filter((name) => /flows\/words\/\w+\.ts$/.test(name) && chunks[name].isDynamicEntry);
const whole = editor.reduce((sum, name) => sum + size(name), largest + Math.max(0, ...words.map(size)));
console.log(`flow editor: ${kib(whole)} of ${kib(EDITOR_BUDGET)} gzipped, the first load included`);
if (words.length < 4) throw new Error("the words of flows are not loaded one language at a time any more");
if (whole > EDITOR_BUDGET) process.exit(1);
