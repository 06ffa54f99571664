/** How large cards are, where they have not been drawn yet. */
import type { FlowNode } from "../document";
import { shownPorts } from "../ports";

export const CARD_WIDTH = 248;
/** What a step type is dragged as. */
export const DRAGGED = "application/x-flow-step";
const HEAD = 44;
const WORDS = 52;
const PORT = 28;

export function heightOf(node: FlowNode): number {
  const { shown, more } = shownPorts(node);
  return HEAD + WORDS + PORT * (shown.length + (more.length > 0 ? 1 : 0));
}
