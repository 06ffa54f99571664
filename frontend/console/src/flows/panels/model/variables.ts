/** Where each variable is used, and a rename that misses none of it. Pure. */
import type { FlowDocument, VariableSpec } from "../../document";
import { isRecord, type Path, pointerOf, withKey, withValue } from "./path";
import { slug } from "./ports";

export const TYPES = [
  "string",
  "number",
  "bool",
  "enum",
  "date",
  "datetime",
  "phone",
  "email",
  "list",
  "object",
  "media",
  "location",
] as const;
export const SCOPES = ["slots", "conv", "contact"] as const;
/** What exists without being declared. */
export const BUILT_IN: Readonly<Record<string, VariableSpec>> = {
  "contact.name": { type: "string", pii: true },
  "contact.phone": { type: "phone", pii: true },
  "contact.email": { type: "email", pii: true },
  "contact.consent": { type: "bool" },
  "contact.language": { type: "string" },
  "contact.came_from": { type: "string" },
  "tenant.name": { type: "string" },
  "sys.now": { type: "datetime" },
  "sys.channel": { type: "string" },
  "sys.locale": { type: "string" },
  "sys.open_hours": { type: "bool" },
  "sys.conversation": { type: "string" },
  "turn.text": { type: "string" },
  "turn.lang": { type: "string" },
};
const NAME = /^(slots|conv|contact)(\.[A-Za-z_][A-Za-z0-9_]{0,47}){1,3}$/;
const HOLE = /\{\{(.*?)\}\}/gs;
const STRINGS = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;
const REFERENCE = /(?<![\w.])(slots|conv|contact|tenant|sys|turn)((?:\.[A-Za-z_]\w*)+)/g;

export const isName = (text: string): boolean => NAME.test(text);

/** The variable that somebody means who writes `my name?`: what is one already stays as it is. */
export function nameFrom(text: string): string {
  const wanted = text.trim();
  if (wanted === "" || isName(wanted) || /^(tenant|sys|turn)\.\w/.test(wanted)) return wanted;
  const [, scope = "slots", words = ""] = /^(?:(slots|conv|contact)\.)?(.*)$/s.exec(wanted) ?? [];
  const bare = `${scope}.${words}`;
  if (isName(bare)) return bare;
  const name = slug(words) || "answer";
  return `${scope}.${/^\d/.test(name) ? `_${name}` : name}`;
}

export function specOf(flow: FlowDocument, name: string): VariableSpec | undefined {
  return flow.variables?.[name] ?? BUILT_IN[name];
}

/** Names to choose from: the declared first, then what there always is. */
export function namesOf(flow: FlowDocument): string[] {
  return [...new Set([...Object.keys(flow.variables ?? {}), ...(flow.inputs ?? []), ...Object.keys(BUILT_IN)])];
}

export type How = "reads" | "writes";

export interface Usage {
  name: string;
  path: Path;
  pointer: string;
  node: string | null;
  how: How;
  /** The words it stands in. */
  excerpt: string | null;
}

type Visit = (name: string, path: Path, how: How, excerpt?: string) => void;

/** Every mention in the logic; a declaration is none. */
export function usagesOf(flow: FlowDocument): Usage[] {
  const found: Usage[] = [];
  walk(flow, [], (name, path, how, excerpt) => {
    const node = path[0] === "nodes" ? String(path[1]) : null;
    found.push({ name, path, pointer: pointerOf(path), node, how, excerpt: excerpt ?? null });
  });
  return found;
}

/** Whether a mention is of the variable itself, or of something inside it. */
export const isOf = (mention: string, name: string): boolean => mention === name || mention.startsWith(`${name}.`);

function walk(value: unknown, path: Path, visit: Visit): void {
  const last = path.at(-1);
  if (typeof value === "string") {
    walkText(value, path, visit);
    return;
  }
  if (Array.isArray(value)) {
    const names = last === "dedupe" || (path.length === 1 && (last === "inputs" || last === "outputs"));
    value.forEach((inner, at) => {
      if (names && typeof inner === "string") visit(inner, [...path, at], "reads");
      else walk(inner, [...path, at], visit);
    });
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (path.length === 0 && (key === "ui" || key === "variables")) continue;
    if (isKeyed(path)) visit(key, [...path, key], "writes");
    walk(inner, [...path, key], visit);
  }
}

/** Maps of a node whose keys are variables. */
function isKeyed(path: Path): boolean {
  return path.length === 3 && path[0] === "nodes" && (path[2] === "map" || path[2] === "collect" || path[2] === "out");
}

function walkText(text: string, path: Path, visit: Visit): void {
  const last = path.at(-1);
  if (last === "var" || last === "save" || last === "$var") {
    visit(text, path, isAssigned(path) ? "writes" : "reads");
    return;
  }
  if (last === "expr" || last === "if") {
    for (const [name] of text.replace(STRINGS, "''").matchAll(REFERENCE)) visit(name, path, "reads", text);
    return;
  }
  for (const [, inside = ""] of text.matchAll(HOLE)) {
    const name = inside.split("|")[0]?.trim() ?? "";
    if (/^[a-z]+\./.test(name)) visit(name, path, "reads", text);
  }
}

const isAssigned = (path: Path): boolean =>
  path.at(-1) === "save" || (path.at(-1) === "var" && path.at(-3) === "assign");

/** The document with a variable called otherwise, wherever it is mentioned. */
export function renamed(flow: FlowDocument, from: string, to: string): FlowDocument {
  const swap = (name: string): string => (isOf(name, from) ? to + name.slice(from.length) : name);
  const made = rewrite(flow, [], swap) as FlowDocument;
  const variables = made.variables && from in made.variables ? withKey(made.variables, from, to) : made.variables;
  return variables === made.variables ? made : { ...made, variables };
}

function rewrite(value: unknown, path: Path, swap: (name: string) => string): unknown {
  const last = path.at(-1);
  if (typeof value === "string") return rewriteText(value, last, swap);
  if (Array.isArray(value)) {
    const names = last === "dedupe" || (path.length === 1 && (last === "inputs" || last === "outputs"));
    const made = value.map((inner, at) =>
      names && typeof inner === "string" ? swap(inner) : rewrite(inner, [...path, at], swap),
    );
    return made.some((inner, at) => inner !== value[at]) ? made : value;
  }
  if (!isRecord(value)) return value;
  const keyed = isKeyed(path);
  const made = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const kept = path.length === 0 && (key === "ui" || key === "variables");
    return [keyed ? swap(key) : key, kept ? inner : rewrite(inner, [...path, key], swap)];
  });
  const changed = made.some(([key, inner]) => inner !== value[key]);
  return changed ? Object.fromEntries(made) : value;
}

function rewriteText(text: string, last: string | number | undefined, swap: (name: string) => string): string {
  if (last === "var" || last === "save" || last === "$var") return swap(text);
  if (last === "expr" || last === "if") return rewriteExpression(text, swap);
  if (!text.includes("{{")) return text;
  return text.replace(HOLE, (hole, inside: string) => {
    const [path = "", ...filters] = inside.split("|");
    const name = path.trim();
    const named = swap(name);
    return named === name ? hole : `{{${[path.replace(name, named), ...filters].join("|")}}}`;
  });
}

/** Outside of quoted words only. */
function rewriteExpression(text: string, swap: (name: string) => string): string {
  let made = "";
  let last = 0;
  for (const quoted of text.matchAll(STRINGS)) {
    made += text.slice(last, quoted.index).replace(REFERENCE, swap) + quoted[0];
    last = quoted.index + quoted[0].length;
  }
  return made + text.slice(last).replace(REFERENCE, swap);
}

/** Why a name cannot be given, or null. */
export function faultOfName(flow: FlowDocument, name: string, old?: string): "form" | "taken" | null {
  if (!isName(name)) return "form";
  return name !== old && flow.variables?.[name] !== undefined ? "taken" : null;
}

/** Declare a variable unless there is one. */
export function declared(flow: FlowDocument, name: string, spec: VariableSpec): FlowDocument {
  return flow.variables?.[name] ? flow : withValue(flow, ["variables", name], spec);
}

export function unusedOf(flow: FlowDocument): string[] {
  const used = usagesOf(flow).map(({ name }) => name);
  return Object.keys(flow.variables ?? {}).filter((name) => !used.some((mention) => isOf(mention, name)));
}

/** What an answer of this kind is best kept in. */
export const TYPE_OF_ANSWER: Readonly<Record<string, string>> = {
  text: "string",
  number: "number",
  yes_no: "bool",
  choice: "enum",
  email: "email",
  phone: "phone",
  date: "date",
  datetime: "datetime",
  media: "media",
  location: "location",
};

/** The variables that an expression reads. */
export function referencesOf(expression: string): string[] {
  const found = expression.replace(STRINGS, "''").matchAll(REFERENCE);
  return [...new Set([...found].map(([name]) => name.split(".").slice(0, 2).join(".")))];
}
