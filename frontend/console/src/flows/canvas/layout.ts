/** Puts steps in order from left to right, so that what follows stands behind what precedes it. */
import { Graph, layout } from "@dagrejs/dagre";
import { linesOf, type Place } from "../change";
import type { FlowDocument } from "../document";
import { cardOf, closedGroups, cornerOf as cornerOfGroup, drawnLines, hiddenOf, movedOf } from "../folding";
import { CARD_WIDTH, heightOf } from "./sizes";

export interface Size {
  width: number;
  height: number;
}

/** Return places for all boxes, a closed group being one: its steps stand to each other as before. */
export function tidyDrawn(
  flow: FlowDocument,
  sizes: ReadonlyMap<string, Size>,
  placeOf: (id: string) => Place,
): Record<string, Place> {
  const closed = closedGroups(flow);
  if (closed.length === 0) return tidy(flow, sizes);
  const hidden = hiddenOf(flow);
  const shown = Object.entries(flow.nodes).filter(([id]) => !hidden.has(id));
  const boxes: FlowDocument["nodes"] = Object.fromEntries(shown.map(([id, node]) => [id, { ...node, to: {} }]));
  const pos = Object.fromEntries(shown.map(([id]) => [id, placeOf(id)]));
  for (const group of closed) {
    boxes[cardOf(group)] = { type: "note", to: {} };
    pos[cardOf(group)] = cornerOfGroup(group, placeOf);
  }
  drawnLines(flow).forEach(({ from, to }, at) => {
    boxes[from] = { ...boxes[from], type: boxes[from]?.type ?? "note", to: { ...boxes[from]?.to, [at]: to } };
  });
  const found = tidy({ ...flow, nodes: boxes, ui: { pos } }, sizes);
  const places = Object.entries(found).filter(([id]) => flow.nodes[id]);
  const moved = closed.flatMap((group) => {
    const to = found[cardOf(group)];
    return to ? Object.entries(movedOf(group, to, placeOf)) : [];
  });
  return Object.fromEntries([...places, ...moved]);
}

/** Return places for these nodes (all, where none are named), their upper left corner where it was. */
export function tidy(
  flow: FlowDocument,
  sizes: ReadonlyMap<string, Size>,
  ids: readonly string[] = Object.keys(flow.nodes),
): Record<string, Place> {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 96, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const wanted = new Set(ids);
  for (const id of ids) {
    const node = flow.nodes[id];
    if (node) graph.setNode(id, { ...(sizes.get(id) ?? { width: CARD_WIDTH, height: heightOf(node) }) });
  }
  for (const { exit, target } of linesOf(flow)) {
    if (wanted.has(exit.node) && wanted.has(target) && exit.node !== target) graph.setEdge(exit.node, target);
  }
  layout(graph);
  const corner = cornerOf(flow, ids);
  const places: Record<string, Place> = {};
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id) as Size & { x: number; y: number };
    places[id] = [Math.round(x - width / 2 + corner[0]), Math.round(y - height / 2 + corner[1])];
  }
  return places;
}

function cornerOf(flow: FlowDocument, ids: readonly string[]): Place {
  const placed = ids.flatMap((id) => (flow.ui?.pos?.[id] ? [flow.ui.pos[id]] : []));
  if (placed.length === 0) return [0, 0];
  return [Math.min(...placed.map(([x]) => x)), Math.min(...placed.map(([, y]) => y))];
}
