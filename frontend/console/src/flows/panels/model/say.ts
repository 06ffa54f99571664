/** What is said, in the one form the panels know: a list of parts. Pure. */
import type { FlowDocument, SayPart } from "../../document";
import { isRecord } from "./path";

const SAYS = new Set(["say", "offline", "say_not_found"]);
/** Data of the builder's own, whose keys mean nothing here. */
const OPAQUE: ReadonlySet<string> = new Set([
  "data",
  "json",
  "fields",
  "in",
  "map",
  "collect",
  "exits",
  "to",
  "ui",
  "default",
  "value",
]);
/** Lists are of the server's making: the fields of a form hold texts, those of a lead do not. */
export const isOpaque = (key: string, value: unknown): boolean => OPAQUE.has(key) && !Array.isArray(value);
const done = new WeakMap<object, object>();

/** A map of texts is shorthand for one text part; the server's pointers are those of the list. */
export function partsOf(say: unknown): readonly SayPart[] {
  if (Array.isArray(say)) return say as SayPart[];
  if (!isRecord(say)) return [];
  return typeof say.kind === "string" ? [say as SayPart] : [{ kind: "text", text: say as Record<string, string> }];
}

/** The document with every shorthand written out; what has none is the very same object. */
export function spelledOut(flow: FlowDocument): FlowDocument {
  return spell(flow) as FlowDocument;
}

function spell(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = done.get(value);
  if (known) return known;
  const made = Array.isArray(value) ? same(value, value.map(spell)) : spellRecord(value as Record<string, unknown>);
  done.set(value, made);
  done.set(made, made);
  return made;
}

function spellRecord(record: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(record).map(([key, value]): [string, unknown] => {
    if (SAYS.has(key)) return [key, isRecord(value) ? partsOf(value) : value];
    if (key === "variants" && Array.isArray(value))
      return [
        key,
        same(
          value,
          value.map((one) => (isRecord(one) ? partsOf(one) : one)),
        ),
      ];
    return [key, isOpaque(key, value) ? value : spell(value)];
  });
  return entries.some(([key, value]) => value !== record[key]) ? Object.fromEntries(entries) : record;
}

function same(old: unknown[], made: unknown[]): unknown[] {
  return made.every((value, at) => value === old[at]) ? old : made;
}
