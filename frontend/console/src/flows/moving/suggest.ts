/** Which step of the live version a conversation might go on at. Pure. */
import type { FlowDocument } from "../document";

export interface Standing {
  /** `flow/node`. */
  node: string;
  title: string;
  type: string;
}

/** A step of the flow itself, by its own name; those of flows that it calls cannot be chosen. */
export function stepOf(flow: Pick<FlowDocument, "key">, node: string): string | null {
  const own = `${flow.key}/`;
  return node.startsWith(own) ? node.slice(own.length) : null;
}

/** Steps that may stand for one: of its type. */
export function choicesFor(live: FlowDocument, { type }: Pick<Standing, "type">): string[] {
  return Object.entries(live.nodes).flatMap(([id, node]) => (node.type === type ? [id] : []));
}

/** The step with its title, or the only one of its type; nothing where several might be meant. */
export function suggestFor(live: FlowDocument, standing: Standing): string | null {
  const choices = choicesFor(live, standing);
  const named = choices.filter((id) => standing.title !== "" && live.nodes[id]?.title === standing.title);
  const found = named.length > 0 ? named : choices;
  return found.length === 1 ? (found[0] ?? null) : null;
}
