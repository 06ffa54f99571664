/** Nodes on the clipboard: from one flow into another, of another business too. Pure. */
import { freshId, type Place, withPlaces } from "./change";
import type { FlowDocument, FlowGroup, FlowNode, VariableSpec } from "./document";
import { copyGroups, pasteGroups } from "./groups";

const KIND = "flow-clip/1";

export interface Clip {
  kind: typeof KIND;
  /** The business that the nodes are of: what they name by key (connections, flows) is known there alone. */
  tenant: string;
  nodes: Record<string, FlowNode>;
  pos: Record<string, Place>;
  /** Those that the nodes use, as they are declared. */
  variables: Record<string, VariableSpec>;
  groups: readonly FlowGroup[];
}

/** Fields that name what belongs to one business, with what stands for none. */
const FOREIGN: Record<string, unknown> = { connection: "", knowledge: [], sources: [], asset: undefined };

export function copyNodes(
  flow: FlowDocument,
  ids: readonly string[],
  places: Readonly<Record<string, Place>>,
  tenant: string,
): Clip {
  const nodes = Object.fromEntries(ids.flatMap((id) => (flow.nodes[id] ? [[id, flow.nodes[id]]] : [])));
  const pos = Object.fromEntries(Object.keys(nodes).map((id) => [id, places[id] ?? ([0, 0] as const)]));
  const text = JSON.stringify(nodes);
  const used = Object.entries(flow.variables ?? {}).filter(([name]) => mentions(text, name));
  const groups = copyGroups(flow, Object.keys(nodes));
  return { kind: KIND, tenant, nodes, pos, variables: Object.fromEntries(used), groups };
}

function mentions(text: string, variable: string): boolean {
  const name = variable.replace(/[.]/g, "\\.");
  return new RegExp(`(^|[^\\w.])${name}(?![\\w])`).test(text);
}

export function readClip(text: string): Clip | null {
  try {
    const found: unknown = JSON.parse(text);
    const clip = found as Partial<Clip> | null;
    if (typeof clip !== "object" || clip?.kind !== KIND || typeof clip.nodes !== "object" || clip.nodes === null)
      return null;
    const nodes = Object.entries(clip.nodes).filter(([, node]) => typeof node?.type === "string");
    return {
      kind: KIND,
      tenant: clip.tenant ?? "",
      nodes: Object.fromEntries(nodes),
      pos: clip.pos ?? {},
      variables: clip.variables ?? {},
      groups: Array.isArray(clip.groups) ? clip.groups : [],
    };
  } catch {
    return null;
  }
}

export interface Pasted {
  flow: FlowDocument;
  ids: string[];
}

/**
 * Put a clip's nodes with their upper left corner at a place. Lines among them stay, lines to others are left out;
 * variables that the flow lacks are declared.
 */
export function pasteNodes(flow: FlowDocument, clip: Clip, at: Place, tenant: string): Pasted {
  const ids = new Map<string, string>();
  const taken: Record<string, unknown> = { ...flow.nodes };
  for (const id of Object.keys(clip.nodes)) {
    const fresh = freshId(taken, id);
    taken[fresh] = true;
    ids.set(id, fresh);
  }
  const foreign = clip.tenant !== tenant;
  const nodes = { ...flow.nodes };
  const places: Record<string, Place> = {};
  const corner = cornerOf(clip);
  for (const [id, fresh] of ids) {
    const node = clip.nodes[id];
    if (!node) continue;
    nodes[fresh] = rewired(foreign ? (withoutForeign(node) as FlowNode) : node, ids);
    const [x, y] = clip.pos[id] ?? corner;
    places[fresh] = [at[0] + x - corner[0], at[1] + y - corner[1]];
  }
  const entry = flow.nodes[flow.entry]
    ? flow.entry
    : ([...ids.values()].find((id) => nodes[id]?.type !== "note") ?? "");
  const variables = { ...clip.variables, ...flow.variables };
  const made = pasteGroups({ ...flow, entry, nodes, variables }, clip.groups, ids);
  return { flow: withPlaces(made, places), ids: [...ids.values()] };
}

function cornerOf({ pos }: Clip): Place {
  const places = Object.values(pos);
  return places.length === 0 ? [0, 0] : [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

/** `to`, a jump's `node` and the steps of a question's handlers name nodes. */
function rewired(node: FlowNode, ids: ReadonlyMap<string, string>): FlowNode {
  const lead = (target: unknown) => (target === "@return" ? target : ids.get(String(target)));
  const to = Object.entries(node.to ?? {}).flatMap(([port, target]) => (lead(target) ? [[port, lead(target)]] : []));
  const after: FlowNode = node.to ? { ...node, to: Object.fromEntries(to) } : { ...node };
  if (node.type === "jump" && node.node && !node.flow) after.node = lead(node.node) ?? null;
  for (const field of ["no_match", "no_input"]) {
    const steps = node[field];
    if (Array.isArray(steps)) after[field] = steps.map((step) => (step.to ? { ...step, to: lead(step.to) } : step));
  }
  return after;
}

function withoutForeign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutForeign);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key in FOREIGN ? FOREIGN[key] : withoutForeign(inner),
  ]);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}
