/** Flows as files: a document, readable, in the order in which it was written. */
import { get } from "../api/http";
import type { FlowDocument } from "./document";

/** A document, and the tests that were saved with it. */
export interface FlowFile extends FlowDocument {
  tests?: string;
}

export function exportFlow(flow: FlowDocument): void {
  const { id: _, ...logic } = flow;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(logic, null, 2)}\n`], { type: "application/json" }));
  link.download = `${flow.key}.flow.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Save what the server has of a flow: with what it requires, and its tests. */
export async function exportStored(id: string): Promise<true> {
  exportFlow(await get<FlowDocument>(`flows/${id}/export`));
  return true;
}

/** Return the flow that a file holds; null where it holds none. The server says what is wrong with it. */
export function readFlow(text: string): FlowFile | null {
  try {
    const found = JSON.parse(text) as Partial<FlowFile> | null;
    const whole =
      found?.schema === "flow/1" &&
      typeof found.key === "string" &&
      typeof found.nodes === "object" &&
      found.nodes !== null;
    return whole && Array.isArray(found.locales?.supported) ? (found as FlowFile) : null;
  } catch {
    return null;
  }
}
