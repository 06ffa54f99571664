/** Flows as files: a document, readable, in the order in which it was written. */
import type { FlowDocument } from "./document";

export function exportFlow(flow: FlowDocument): void {
  const { id: _, ...logic } = flow;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(logic, null, 2)}\n`], { type: "application/json" }));
  link.download = `${flow.key}.flow.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Return the flow that a file holds; null where it holds none. The server says what is wrong with it. */
export function readFlow(text: string): FlowDocument | null {
  try {
    const found = JSON.parse(text) as Partial<FlowDocument> | null;
    const whole =
      found?.schema === "flow/1" &&
      typeof found.key === "string" &&
      typeof found.nodes === "object" &&
      found.nodes !== null;
    return whole && Array.isArray(found.locales?.supported) ? (found as FlowDocument) : null;
  } catch {
    return null;
  }
}
