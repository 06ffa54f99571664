/** Two people changed one flow: what only one of them touched is taken, what both did is asked about. Pure. */
import type { FlowDocument } from "./document";

export type Side = "mine" | "theirs";

/** A part that both changed, each in another way; `undefined` where one removed it. */
export interface Clash {
  /** Such as `nodes/ask_name`; the key of a choice. */
  part: string;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  flow: FlowDocument;
  /** What is still to be decided; mine stands until then. */
  clashes: Clash[];
}

type Parts = Record<string, unknown>;
/** Fields whose entries are parts of their own: by key, or in lists by `id`. */
const MAPS = ["nodes", "variables", "handlers"] as const;
const LISTS = ["triggers"] as const;
const UI_MAPS = ["pos", "i18n"] as const;
const UI_LISTS = ["notes", "groups"] as const;
/** Where a box stands is not worth a question: mine stands. */
const SILENT = /^ui\.(pos|i18n)\//;

export function mergeFlows(
  base: FlowDocument,
  mine: FlowDocument,
  theirs: FlowDocument,
  choices: Readonly<Record<string, Side>> = {},
): Merged {
  const clashes: Clash[] = [];
  const pick = (part: string, was: unknown, my: unknown, their: unknown): unknown => {
    if (same(my, their) || same(their, was)) return my;
    if (same(my, was)) return their;
    const chosen = choices[part] ?? (SILENT.test(part) ? "mine" : undefined);
    if (!chosen) clashes.push({ part, mine: my, theirs: their });
    return chosen === "theirs" ? their : my;
  };
  const merge = (name: string, was: unknown, my: unknown, their: unknown, keyed: "map" | "list" | "value"): unknown => {
    if (keyed === "value" || my === their || same(their, was)) return pick(name, was, my, their);
    if (same(my, was)) return their;
    const [from, left, right] = [was, my, their].map((each) =>
      keyed === "map" ? ((each ?? {}) as Parts) : byId(each),
    );
    if (!from || !left || !right) return my;
    const kept: Parts = {};
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const value = pick(`${name}/${key}`, from[key], left[key], right[key]);
      if (value !== undefined) kept[key] = value;
    }
    return keyed === "map" ? kept : Object.values(kept);
  };
  const kindOf = (key: string, maps: readonly string[], lists: readonly string[]) =>
    maps.includes(key) ? "map" : lists.includes(key) ? "list" : "value";
  const all = (
    name: string,
    [was, my, their]: readonly [Parts, Parts, Parts],
    maps: readonly string[],
    lists: readonly string[],
  ) => {
    const kept: Parts = {};
    for (const key of new Set([...Object.keys(my), ...Object.keys(their)])) {
      if (name === "" && key === "ui") continue;
      const value = merge(`${name}${key}`, was[key], my[key], their[key], kindOf(key, maps, lists));
      if (value !== undefined) kept[key] = value;
    }
    return kept;
  };
  const logic = all("", [base, mine, theirs].map(asParts) as [Parts, Parts, Parts], MAPS, LISTS);
  const ui = all("ui.", [base.ui, mine.ui, theirs.ui].map(asParts) as [Parts, Parts, Parts], UI_MAPS, UI_LISTS);
  const flow = { ...logic, ...(Object.keys(ui).length > 0 ? { ui } : {}) } as unknown as FlowDocument;
  return { flow, clashes };
}

function asParts(value: unknown): Parts {
  return (value ?? {}) as Parts;
}

function byId(list: unknown): Parts | null {
  if (list === undefined) return {};
  if (!Array.isArray(list)) return null;
  const entries = list.map((each, index): [string, unknown] => [String((each as { id?: unknown }).id ?? index), each]);
  return Object.fromEntries(entries);
}

/** Deep equality of JSON; the order of keys does not matter, `undefined` is as good as missing. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Parts, b as Parts];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => same(left[key], right[key]));
}
