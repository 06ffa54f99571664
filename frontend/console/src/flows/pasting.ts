/** Putting nodes from the clipboard into a flow; loaded when somebody does. Pure. */
import { freshId, type Place, withPlaces } from "./change";
import type { Clip } from "./clip";
import type { FlowDocument, FlowNode } from "./document";
import { pasteGroups } from "./groups";

/** Fields that name what belongs to one business, with what stands for none. */
const FOREIGN: Record<string, unknown> = { connection: "", knowledge: [], sources: [], asset: undefined };

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
