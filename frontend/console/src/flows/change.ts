/** What the canvas and the outline do to a document. Pure: a new document, parts that did not change are the same. */
import type { FlowDocument, FlowNode } from "./document";
import { mainPort } from "./ports";

export type Place = readonly [number, number];
/** The exit of a node; of `START`, where the flow begins. */
export interface Exit {
  node: string;
  port: string;
}
export const START = "@start";
export const RETURN = "@return";

export function freshId(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  const stem =
    wanted
      .replace(/[^A-Za-z0-9_-]/g, "_")
      .replace(/_\d+$/, "")
      .slice(0, 40) || "step";
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? stem : `${stem}_${n}`;
    if (!(id in taken)) return id;
  }
}

export function withNode(flow: FlowDocument, id: string, change: (node: FlowNode) => FlowNode): FlowDocument {
  const before = flow.nodes[id];
  if (!before) return flow;
  const after = change(before);
  return after === before ? flow : { ...flow, nodes: { ...flow.nodes, [id]: after } };
}

export function withPlaces(flow: FlowDocument, places: Readonly<Record<string, Place>>): FlowDocument {
  const pos = { ...flow.ui?.pos };
  for (const [id, [x, y]] of Object.entries(places)) pos[id] = [Math.round(x), Math.round(y)];
  return { ...flow, ui: { ...flow.ui, pos } };
}

/** Add a node; the first of a flow is where it begins. */
export function addNode(flow: FlowDocument, id: string, node: FlowNode, at: Place): FlowDocument {
  const entry = flow.nodes[flow.entry] || node.type === "note" ? flow.entry : id;
  return withPlaces({ ...flow, entry, nodes: { ...flow.nodes, [id]: node } }, { [id]: at });
}

export function connect(flow: FlowDocument, { node, port }: Exit, target: string): FlowDocument {
  if (node === START) return flow.entry === target ? flow : { ...flow, entry: target };
  return withNode(flow, node, (before) =>
    before.to?.[port] === target ? before : { ...before, to: { ...before.to, [port]: target } },
  );
}

export function disconnect(flow: FlowDocument, { node, port }: Exit): FlowDocument {
  return withNode(flow, node, (before) => {
    if (before.to?.[port] === undefined) return before;
    const { [port]: _, ...to } = before.to;
    return { ...before, to };
  });
}

/** Where an exit leads, if anywhere. */
export function targetOf(flow: FlowDocument, { node, port }: Exit): string | undefined {
  return node === START ? flow.entry || undefined : flow.nodes[node]?.to?.[port];
}

/** Put a node behind an exit; what the exit led to comes after it. */
export function insertAfter(flow: FlowDocument, exit: Exit, id: string, node: FlowNode, at: Place): FlowDocument {
  const after = targetOf(flow, exit);
  const on = mainPort(node);
  const linked =
    after && on && (flow.nodes[after] || after === RETURN) ? { ...node, to: { ...node.to, [on]: after } } : node;
  return connect(addNode(flow, id, linked, at), exit, id);
}

/** Remove nodes with everything that leads to them; a flow whose first node goes begins where that led. */
export function removeNodes(flow: FlowDocument, ids: readonly string[]): FlowDocument {
  const gone = new Set(ids.filter((id) => flow.nodes[id]));
  if (gone.size === 0) return flow;
  const kept = Object.entries(flow.nodes).filter(([id]) => !gone.has(id));
  const nodes = Object.fromEntries(kept.map(([id, node]) => [id, withoutTargets(node, gone)]));
  const pos = Object.fromEntries(Object.entries(flow.ui?.pos ?? {}).filter(([id]) => !gone.has(id)));
  const groups = flow.ui?.groups?.map((group) => ({ ...group, nodes: group.nodes?.filter((id) => !gone.has(id)) }));
  const ui = { ...flow.ui, pos, ...(groups && { groups }) };
  return { ...flow, entry: entryWithout(flow, gone), nodes, ui };
}

function withoutTargets(node: FlowNode, gone: ReadonlySet<string>): FlowNode {
  const to = Object.entries(node.to ?? {});
  const left = to.filter(([, target]) => !gone.has(target));
  return left.length === to.length ? node : { ...node, to: Object.fromEntries(left) };
}

function entryWithout(flow: FlowDocument, gone: ReadonlySet<string>): string {
  const seen = new Set<string>();
  const left = [flow.entry];
  for (let id = left.shift(); id !== undefined; id = left.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (!gone.has(id)) {
      if (flow.nodes[id]) return id;
      continue;
    }
    left.push(...Object.values(flow.nodes[id]?.to ?? {}));
  }
  return Object.keys(flow.nodes).find((id) => !gone.has(id) && flow.nodes[id]?.type !== "note") ?? "";
}

/** Every drawn line: exit to node. */
export function linesOf(flow: FlowDocument): { exit: Exit; target: string }[] {
  return Object.entries(flow.nodes).flatMap(([node, { to }]) =>
    Object.entries(to ?? {})
      .filter(([, target]) => flow.nodes[target])
      .map(([port, target]) => ({ exit: { node, port }, target })),
  );
}

/** The nodes in the order in which one reads them: from the start along the exits, then those that nothing leads to. */
export function readingOrder(flow: FlowDocument): string[] {
  const seen = new Set<string>();
  const walk = (from: string) => {
    const left = [from];
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const node = flow.nodes[id];
      if (!node || seen.has(id)) continue;
      seen.add(id);
      left.push(...Object.values(node.to ?? {}).reverse());
    }
  };
  walk(flow.entry);
  for (const { to } of flow.triggers ?? []) if (to) walk(to);
  for (const id of Object.keys(flow.nodes)) walk(id);
  return [...seen];
}
