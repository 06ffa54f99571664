/** The frame around steps that belong together, wherever they are at the moment. Pure. */
import type { InternalNode, XYPosition } from "@xyflow/react";
import { sizeOf } from "./view";

const AROUND = 20;

export function around(
  ids: readonly string[],
  nodes: ReadonlyMap<string, Omit<InternalNode, "data" | "position">>,
  by?: ReadonlyMap<string, XYPosition>,
): readonly [x: number, y: number, width: number, height: number] {
  const boxes = ids.flatMap((id) => {
    const node = nodes.get(id);
    if (!node) return [];
    const { x, y } = node.internals.positionAbsolute;
    const moved = by?.get(id);
    return [{ x: x + (moved?.x ?? 0), y: y + (moved?.y ?? 0), ...sizeOf(node) }];
  });
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return [left - AROUND, top - AROUND, right - left + 2 * AROUND, bottom - top + 2 * AROUND];
}
