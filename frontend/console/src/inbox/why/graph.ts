/** Where each node of a turn's way stands on the drawing: passed ones below each other, the ways not taken beside. Pure. */
import type { FlowEdge, FlowNode } from "@frontdesk/shared";

export const BOX = 36;
export const BRANCH = 24;
export const GAP = 30;
const BRANCH_GAP = 6;

export interface Placed {
  node: FlowNode;
  y: number;
  branches: { node: FlowNode; port: string | null; y: number }[];
}

export interface Arc {
  from: number;
  to: number;
  port: string | null;
}

export interface Drawing {
  rows: Placed[];
  /** Ways between rows that follow each other. */
  steps: { y: number; port: string | null }[];
  /** Ways back and over others, drawn around. */
  arcs: Arc[];
  height: number;
}

export function draw(nodes: FlowNode[], edges: FlowEdge[]): Drawing {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const passed = nodes.filter((node) => node.state !== "beside");
  const rows: Placed[] = [];
  let y = 0;
  for (const node of passed) {
    const beside = edges
      .filter((edge) => !edge.taken && edge.source === node.id)
      .flatMap(({ target, port }) => {
        const to = byId.get(target);
        return to ? [{ node: to, port }] : [];
      });
    const branches = beside.map((branch, at) => ({ ...branch, y: y + 6 + at * (BRANCH + BRANCH_GAP) }));
    rows.push({ node, y, branches });
    y += Math.max(BOX + GAP, branches.length * (BRANCH + BRANCH_GAP) + 12);
  }
  const place = new Map(rows.map((row, at) => [row.node.id, at]));
  const steps: Drawing["steps"] = [];
  const arcs: Arc[] = [];
  for (const edge of edges) {
    if (!edge.taken) continue;
    const from = place.get(edge.source);
    const to = place.get(edge.target);
    if (from === undefined || to === undefined) continue;
    if (to === from + 1) steps.push({ y: rows[from]?.y ?? 0, port: edge.port });
    else arcs.push({ from: middle(rows, from), to: middle(rows, to), port: edge.port });
  }
  const last = rows.at(-1);
  const height = last ? Math.max(last.y + BOX, ...last.branches.map((branch) => branch.y + BRANCH)) : 0;
  return { rows, steps, arcs, height };
}

function middle(rows: Placed[], at: number): number {
  return (rows[at]?.y ?? 0) + BOX / 2;
}
