/** Every text of a document by its JSON pointer, and which translations are missing or out of date. Pure. */
import type { FlowDocument, Text } from "../../document";
import { isRecord, type Path, pathOf, pointerOf, valueAt, withValue } from "./path";
import { isOpaque } from "./say";

const FIELDS = new Set([
  "text",
  "label",
  "caption",
  "title",
  "subtitle",
  "description",
  "header",
  "footer",
  "menu",
  "name",
  "address",
]);
const LOCALE = /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/;

export interface Found {
  pointer: string;
  path: Path;
  text: Text;
  /** The node it belongs to, if any. */
  node: string | null;
}

export function textsOf(flow: FlowDocument): Found[] {
  const found: Found[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (Array.isArray(value)) {
      value.forEach((inner, at) => {
        walk(inner, [...path, at]);
      });
    } else if (isRecord(value)) {
      if (isText(value, path)) {
        found.push({ pointer: pointerOf(path), path, text: value, node: path[0] === "nodes" ? String(path[1]) : null });
        return;
      }
      for (const [key, inner] of Object.entries(value)) if (!isOpaque(key, inner)) walk(inner, [...path, key]);
    }
  };
  walk(flow, []);
  return found;
}

function isText(value: Record<string, unknown>, path: Path): value is Text {
  if (!FIELDS.has(String(path.at(-1)))) return false;
  const entries = Object.entries(value);
  return entries.every(([key, inner]) => typeof inner === "string" && LOCALE.test(key));
}

/** Short enough to be kept beside each text, long enough to tell two wordings apart (FNV-1a). */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

export type State = "missing" | "outdated" | "done" | "empty";

/** `empty`: there is nothing to translate. A text nobody noted the source of counts as done. */
export function stateOf(flow: FlowDocument, found: Pick<Found, "pointer" | "text">, locale: string): State {
  const source = (found.text[flow.locales.default] ?? "").trim();
  const words = (found.text[locale] ?? "").trim();
  if (!source && !words) return "empty";
  if (!words) return "missing";
  if (locale === flow.locales.default) return "done";
  const from = flow.ui?.i18n?.[found.pointer]?.[locale];
  return from !== undefined && from !== hashOf(source) ? "outdated" : "done";
}

/** The document with a text in one language; a translation notes which wording it is of. */
export function withText(flow: FlowDocument, path: Path, locale: string, words: string): FlowDocument {
  const changed = withValue(flow, [...path, locale], words === "" ? undefined : words);
  return locale === flow.locales.default ? markOthers(flow, changed, path) : marked(changed, path, locale);
}

/** Note that a translation is of the source as it reads now. */
export function marked(flow: FlowDocument, path: Path, locale: string): FlowDocument {
  const source = valueAt(flow, [...path, flow.locales.default]);
  const has = Boolean(valueAt(flow, [...path, locale]));
  const hash = has && typeof source === "string" ? hashOf(source.trim()) : undefined;
  return withValue(flow, ["ui", "i18n", pointerOf(path), locale], hash);
}

/** When a source is changed, translations that carry no mark yet are held against its old wording. */
function markOthers(before: FlowDocument, after: FlowDocument, path: Path): FlowDocument {
  const text = valueAt(before, path);
  const source = valueAt(before, [...path, before.locales.default]);
  if (!isRecord(text) || typeof source !== "string" || !source.trim()) return after;
  const marks = before.ui?.i18n?.[pointerOf(path)] ?? {};
  const bare = Object.keys(text).filter((locale) => locale !== before.locales.default && marks[locale] === undefined);
  return bare.reduce(
    (flow, locale) => withValue(flow, ["ui", "i18n", pointerOf(path), locale], hashOf(source.trim())),
    after,
  );
}

/** The list at `path` in a new order (old places; left out ones are gone); marks follow their texts. */
export function reordered(flow: FlowDocument, path: Path, order: readonly number[]): FlowDocument {
  const list = valueAt(flow, path);
  if (!Array.isArray(list)) return flow;
  const moved = withValue(
    flow,
    path,
    order.map((old) => list[old]),
  );
  const marks = flow.ui?.i18n;
  if (!marks) return moved;
  const root = pointerOf(path);
  const renamed = Object.entries(marks).flatMap(([pointer, mark]): [string, Record<string, string>][] => {
    if (!pointer.startsWith(`${root}/`)) return [[pointer, mark]];
    const [old, ...rest] = pathOf(pointer.slice(root.length));
    const place = order.indexOf(Number(old));
    return place < 0 ? [] : [[`${root}${pointerOf([place, ...rest])}`, mark]];
  });
  return withValue(moved, ["ui", "i18n"], Object.fromEntries(renamed));
}
