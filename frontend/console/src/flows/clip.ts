/** Nodes on the clipboard: from one flow into another, of another business too. Pure. */
import type { Place } from "./change";
import type { FlowDocument, FlowGroup, FlowNode, VariableSpec } from "./document";
import { copyGroups } from "./groups";

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
