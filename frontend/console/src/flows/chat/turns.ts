/** A test chat as turns: what was said, which way the flow went, what changed. Pure. */
import type { FlowDocument } from "../document";
import { isRecord } from "../panels/model/path";

export interface Option {
  id: string;
  label: string;
  description?: string;
}

export interface Part {
  kind: string;
  text?: string;
  body?: string;
  options?: readonly Option[];
  header?: string;
  footer?: string;
  menu_label?: string;
  media?: string;
  asset?: string;
  url?: string;
  caption?: string;
  filename?: string;
  name?: string;
  address?: string;
  preview?: string;
  cards?: readonly { title: string; subtitle?: string; buttons?: readonly { label: string; url?: string }[] }[];
}

export interface Step {
  node: string;
  phase: string;
  port: string | null;
  facts?: Record<string, unknown>;
}

/** What the server tells of one turn. */
export interface Told {
  turn: string;
  messages: readonly { parts: readonly Part[]; text: string }[];
  steps: readonly Step[];
  cursor: string | null;
  variables: Record<string, unknown>;
  [more: string]: unknown;
}

/** What the customer did. */
export interface Said {
  text?: string;
  payload?: string;
  /** The words on the button that was tapped. */
  label?: string;
  /** Time that went by instead. */
  wait?: string;
}

export interface Turn {
  said: Said;
  told: Told;
}

/** `clinic/ask_name` of the flow `clinic` is its node `ask_name`; another flow's nodes keep their flow. */
export function nodeOf(name: string, flow: FlowDocument): string | null {
  const [owner = "", node] = name.split("/");
  if (node === undefined) return flow.nodes[owner] ? owner : null;
  return owner === flow.key && flow.nodes[node] ? node : null;
}

export interface Stop {
  /** As the server names it. */
  name: string;
  /** Of this flow, so that it can be shown. */
  node: string | null;
  port: string | null;
  facts: Record<string, unknown> | null;
}

/** The nodes of a turn in order; the gate that reads the words is none. */
export function pathOf(told: Told, flow: FlowDocument): Stop[] {
  return told.steps
    .filter(({ node }) => node.includes("/") || flow.nodes[node] !== undefined)
    .map(({ node, port, facts }) => {
      const known = facts && Object.keys(facts).length > 0 ? facts : null;
      return { name: node, node: nodeOf(node, flow), port: port ?? null, facts: known };
    });
}

export interface Changed {
  name: string;
  before: unknown;
  after: unknown;
}

/** Variables that differ from the turn before. */
export function changesOf(before: Told | undefined, after: Told): Changed[] {
  const [old, now] = [flat(before?.variables ?? {}), flat(after.variables)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => ({ name, before: old[name], after: now[name] }));
}

function flat(variables: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [root, values] of Object.entries(variables)) {
    if (root.includes(".") || !isRecord(values)) found[root] = values;
    else for (const [name, value] of Object.entries(values)) found[`${root}.${name}`] = value;
  }
  return found;
}

/** Nodes to light up, and the one that waits. */
export function lightsOf(told: Told | undefined, flow: FlowDocument): [string[], string | null] {
  if (!told) return [[], null];
  const passed = pathOf(told, flow).flatMap(({ node }) => (node ? [node] : []));
  return [[...new Set(passed)], told.cursor ? nodeOf(told.cursor, flow) : null];
}

/** Options of the newest message that has some. */
export function optionsOf(told: Told | undefined): readonly Option[] {
  const parts = (told?.messages ?? []).flatMap((message) => message.parts);
  return parts.filter(({ kind }) => kind === "choices").at(-1)?.options ?? [];
}

const quoted = (value: unknown): string => JSON.stringify(value);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The chat as one case of a file of tests: every step with where it led and how the answer begins. */
export function caseOf(turns: readonly Turn[], about: { name: string; channel: string; locale: string }): string {
  const steps = turns.map(({ said, told }) => {
    const did =
      said.payload !== undefined
        ? `tap: ${quoted(said.payload.split("|").at(-1))}`
        : said.wait !== undefined
          ? `wait: ${quoted(said.wait)}`
          : `user: ${quoted(said.text ?? "")}`;
    const at = told.cursor?.split("/").at(-1);
    const heard = told.messages.map(({ text }) => text.split("\n")[0]?.slice(0, 60) ?? "").filter(Boolean);
    const expect = [
      ...(at ? [`at: ${quoted(at)}`] : []),
      ...(heard.length > 0 ? [`said: [${heard.map((text) => quoted(escaped(text))).join(", ")}]`] : []),
    ];
    return `      - {${did}${expect.length > 0 ? `, expect: {${expect.join(", ")}}` : ""}}`;
  });
  return [
    `  - name: ${quoted(about.name)}`,
    `    channel: ${about.channel}`,
    `    locale: ${about.locale}`,
    "    steps:",
    ...steps,
    "",
  ].join("\n");
}

/** A file of tests with one more case at its end. */
export function withCase(file: string, made: string, key: string): string {
  if (!/^cases:/m.test(file)) return `flow: ${key}\ncases:\n${made}`;
  const head = file.replace(/^cases:\s*\[\s*\]\s*$/m, "cases:");
  const indent = /^cases:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*([ ]*)- /m.exec(head)?.[1] ?? "  ";
  const shifted = made.replace(/^ {2}/gm, indent);
  return `${head.trimEnd()}\n${shifted}`;
}
