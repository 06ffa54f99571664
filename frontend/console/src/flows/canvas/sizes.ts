/** How large cards are and where their exits stand, while they have not been drawn. */
import type { NodeHandle, Position } from "@xyflow/react";
import type { FlowNode } from "../document";
import { shownPorts } from "../ports";

export const CARD_WIDTH = 248;
/** What a step type is dragged as. */
export const DRAGGED = "application/x-flow-step";
/** Of the card of a closed group. */
export const FOLD_HEIGHT = 68;
const HEAD = 44;
const WORDS = 52;
const PORT = 28;
const DOT = 16;

export function heightOf(node: FlowNode): number {
  const { shown, more } = shownPorts(node);
  return HEAD + WORDS + PORT * (shown.length + (more.length > 0 ? 1 : 0));
}

/** Lines to cards that nobody has seen yet begin and end here. */
export function handlesOf(node: FlowNode): NodeHandle[] {
  if (node.type === "note") return [];
  const way = (id: string, row: number): NodeHandle => ({
    id,
    type: "source",
    position: "right" as Position,
    x: CARD_WIDTH - DOT,
    y: HEAD + WORDS + PORT * row + (PORT - DOT) / 2,
    width: DOT,
    height: DOT,
  });
  const entrance = {
    id: "in",
    type: "target",
    position: "left" as Position,
    x: 0,
    y: 16,
    width: 10,
    height: 10,
  } as const;
  return [entrance, ...shownPorts(node).shown.map(way)];
}

/** Of a closed group: all lines come in and go out at one place. */
export function foldHandles(): NodeHandle[] {
  const y = (FOLD_HEIGHT - DOT) / 2;
  return [
    { id: "in", type: "target", position: "left" as Position, x: 0, y, width: 10, height: 10 },
    { id: "out", type: "source", position: "right" as Position, x: CARD_WIDTH - DOT, y, width: DOT, height: DOT },
  ];
}
