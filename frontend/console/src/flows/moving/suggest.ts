/** Which step of the live version a conversation might go on at. Pure. */
import type { FlowDocument } from "../document";

export interface Standing {
  /** `flow/node`. */
  node: string;
  title: string;
  /** Steps of its type in the same flow. */
  choices?: readonly { node: string; title: string }[];
}

/** A step of the flow itself, by its own name; null for one of a flow that it calls. */
export function stepOf(flow: Pick<FlowDocument, "key">, node: string): string | null {
  const own = `${flow.key}/`;
  return node.startsWith(own) ? node.slice(own.length) : null;
}

/** The step with its title, or the only one of its type; nothing where several might be meant. */
export function suggestFor({ title, choices = [] }: Standing): string | null {
  const named = choices.filter((choice) => title !== "" && choice.title === title);
  const found = named.length > 0 ? named : choices;
  return found.length === 1 ? (found[0]?.node ?? null) : null;
}
