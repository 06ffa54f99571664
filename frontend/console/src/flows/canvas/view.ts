/** Where one looks: at the whole flow while it can be read, else at where it begins. */
import { getViewportForBounds, type Node, type Rect, type Viewport } from "@xyflow/react";
import { START } from "../change";
import type { CanvasNode } from "./derive";

export const ZOOM = { min: 0.1, max: 1.75 };
/** Below this, cards are shapes. */
const READABLE = 0.5;
const PADDING = 0.18;

export interface Room {
  width: number;
  height: number;
}

/** All of it, however small. */
export function wholeOf(nodes: readonly CanvasNode[], { width, height }: Room): Viewport {
  return getViewportForBounds(boundsOf(nodes), width, height, ZOOM.min, 1, PADDING);
}

/** What is seen first: too much to be read at once begins at its start, the map shows the rest. */
export function openingOf(nodes: readonly CanvasNode[], room: Room): Viewport {
  const whole = wholeOf(nodes, room);
  const start = nodes.find(({ id }) => id === START)?.position;
  if (whole.zoom >= READABLE || !start) return whole;
  return { x: 40 - start.x * READABLE, y: room.height / 3 - start.y * READABLE, zoom: READABLE };
}

function boundsOf(nodes: readonly CanvasNode[]): Rect {
  const boxes = nodes.map((node) => ({ ...node.position, ...sizeOf(node) }));
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Return how large those are that were drawn. */
export function sizesOf(nodes: readonly Node[]): Map<string, Room> {
  return new Map(nodes.flatMap((node) => (node.measured?.height ? [[node.id, sizeOf(node)] as const] : [])));
}

export function sizeOf({
  measured,
  width,
  height,
  initialWidth,
  initialHeight,
}: Omit<Node, "position" | "data">): Room {
  return {
    width: measured?.width ?? width ?? initialWidth ?? 0,
    height: measured?.height ?? height ?? initialHeight ?? 0,
  };
}
