/** Builds dist/widget: the loader, the panel (html, js, css) and the demo page. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../dist/widget/");
const LIMITS = { "widget.js": 5 * 1024, panel: 40 * 1024 };

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await build({
  entryPoints: {
    widget: here("src/loader.ts"),
    panel: here("src/panel.ts"),
    "panel-styles": here("src/panel.css"),
    demo: here("src/demo.ts"),
    "demo-styles": here("src/demo.css"),
  },
  outdir: out,
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: ["es2021", "safari15"],
  legalComments: "none",
  logLevel: "warning",
});

const NAMES = { "panel-styles.css": "panel.css", "demo-styles.css": "demo.css" };
const files = new Map();
for (const file of result.outputFiles) {
  const name = file.path.slice(out.length);
  files.set(NAMES[name] ?? name, file.contents);
}

/** Pages name their assets with a digest, so that the server may let browsers keep them for ever. */
const stamped = (html) =>
  html.replace(/\/widget\/assets\/([\w.]+)/g, (address, name) => {
    const contents = files.get(name);
    return contents ? `${address}?v=${createHash("sha256").update(contents).digest("hex").slice(0, 12)}` : address;
  });

for (const page of ["panel.html", "demo.html"]) {
  files.set(page, Buffer.from(stamped(await readFile(here(page), "utf8"))));
}
for (const [name, contents] of files) await writeFile(out + name, contents);

const weight = (...names) => names.reduce((sum, name) => sum + gzipSync(files.get(name), { level: 9 }).length, 0);
const loader = weight("widget.js");
const panel = weight("panel.html", "panel.js", "panel.css");
console.log(`widget.js ${loader} B gzipped, panel ${panel} B gzipped`);
if (loader > LIMITS["widget.js"] || panel > LIMITS.panel) {
  console.error("The widget is heavier than it may be (5 KiB before the click, 40 KiB after).");
  process.exit(1);
}
