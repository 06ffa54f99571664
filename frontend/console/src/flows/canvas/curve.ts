/** How a line runs between its ends: curved, and around where it leads back. Pure. */
import { getBezierPath, getSmoothStepPath, Position } from "@xyflow/react";

export interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** Return the path and where its middle is. */
export function curveOf(ends: Ends): [path: string, x: number, y: number] {
  const whole = { ...ends, sourcePosition: Position.Right, targetPosition: Position.Left };
  const back = ends.targetX < ends.sourceX;
  const [path, x, y] = back ? getSmoothStepPath({ ...whole, borderRadius: 16, offset: 28 }) : getBezierPath(whole);
  return [path, x, y];
}
