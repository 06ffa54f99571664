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
  messages: readonly { parts: readonly Part[]; text: string; rendered?: string | null }[];
  steps: readonly Step[];
  cursor: string | null;
  variables: Record<string, unknown>;
  contact?: Record<string, unknown>;
  timers?: readonly { name: string; node: string; due: string }[];
  /** What time it is in the conversation. */
  now?: string;
  outcome?: string | null;
}

/** What the customer did. */
export interface Said {
  text?: string;
  payload?: string;
  /** The words on the button that was tapped. */
  label?: string;
  /** Time that went by instead. */
  advance?: string;
  /** How a person gave the conversation back. */
  handback?: string;
  /** What another program told, and what came with it. */
  event?: string;
  data?: Record<string, unknown>;
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
  const [old, now] = [before ? known(before) : {}, known(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => ({ name, before: old[name], after: now[name] }));
}

const known = ({ variables, contact = {} }: Told) =>
  flat({ ...variables, ...(Object.keys(contact).length > 0 ? { contact } : {}) });

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

/** The next thing that happens by itself, and in how long: `PT900S`. */
export function nextTimer(told: Told | undefined): { node: string; advance: string; seconds: number } | null {
  const now = Date.parse(told?.now ?? "");
  const due = (told?.timers ?? [])
    .map(({ node, due: at }) => ({ node, seconds: Math.ceil((Date.parse(at) - now) / 1000) }))
    .filter(({ seconds }) => Number.isFinite(seconds))
    .sort((one, other) => one.seconds - other.seconds)[0];
  if (!due) return null;
  const seconds = Math.max(1, due.seconds);
  return { node: due.node, advance: `PT${seconds}S`, seconds };
}
