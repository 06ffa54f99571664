/** The exits of a node, as its data fixes them: what the server's schema says, said again for the canvas. Pure. */
import type { FlowNode } from "./document";

export interface Ports {
  /** Must lead somewhere. */
  required: readonly string[];
  /** May lead somewhere. */
  optional: readonly string[];
}

interface Named {
  id: string;
}

function idsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map((each: Named) => each.id) : [];
}

const keysOf = (map: unknown) => (typeof map === "object" && map !== null ? Object.keys(map) : []);
const NEXT: Ports = { required: ["next"], optional: [] };
const NONE: Ports = { required: [], optional: [] };

const FIXED: Record<string, Ports> = {
  message: NEXT,
  language: NEXT,
  set: NEXT,
  emit: NEXT,
  end: NONE,
  note: NONE,
  jump: NONE,
  knowledge: { required: ["answered", "not_found"], optional: [] },
  http: { required: ["ok", "error"], optional: ["4xx", "5xx", "timeout"] },
  lead: { required: ["ok"], optional: ["error"] },
  handoff: { required: [], optional: ["resolved", "returned", "timeout", "unavailable"] },
  template: { required: ["sent", "blocked"], optional: ["error"] },
};

export function portsOf(node: FlowNode): Ports {
  switch (node.type) {
    case "ask":
      return askPorts(node);
    case "form":
      return isTimed(node)
        ? { required: ["ok", "timeout"], optional: ["failed"] }
        : { required: ["ok"], optional: ["failed", "timeout"] };
    case "split":
      return { required: idsOf(node.arms), optional: [] };
    case "condition":
      return { required: [...idsOf(node.cases), "else"], optional: [] };
    case "router":
      return { required: [...idsOf(node.intents), "none"], optional: ["ambiguous"] };
    case "policy":
      return { required: ["pass", "fail"], optional: checksOf(node).map((check) => check.split(":", 1)[0] ?? check) };
    case "wait":
      return { required: ["elapsed", ...eventsOf(node)], optional: ["message"] };
    case "call":
      return { required: ["done"], optional: Array.isArray(node.outcomes) ? node.outcomes : [] };
    case "agent":
      return { required: keysOf(node.exits), optional: ["budget", "error"] };
    default:
      return FIXED[node.type] ?? NEXT;
  }
}

function checksOf(node: FlowNode): string[] {
  return Array.isArray(node.checks) ? node.checks : [];
}

/** What other programs may tell a step that waits. */
export function eventsOf(node: FlowNode | undefined): string[] {
  return node?.type === "wait" && Array.isArray(node.events) ? node.events : [];
}

const isTimed = ({ give_up }: FlowNode) => give_up !== undefined && give_up !== null;

function askPorts(node: FlowNode): Ports {
  const expect = (node.expect ?? {}) as { type?: string; options?: unknown; skip?: unknown };
  const skips = keysOf(expect.skip).length > 0;
  const timed = isTimed(node);
  const required = [...(skips ? ["skip"] : []), ...(timed ? ["timeout"] : [])];
  const optional = [...(skips ? [] : ["skip"]), "failed", ...(timed ? [] : ["timeout"])];
  if (expect.type === "yes_no") return { required: ["yes", "no", ...required], optional: ["ok", ...optional] };
  const options = idsOf(expect.options);
  const drawn = options.length > 0 && options.every((id) => node.to?.[id] !== undefined);
  return drawn
    ? { required: [...options, ...required], optional: ["ok", ...optional] }
    : { required: ["ok", ...required], optional: [...options, ...optional] };
}

/** Options are what a question shows: their exits stand on the card whether they are drawn or not. */
function isShown(node: FlowNode, port: string): boolean {
  if (node.to?.[port] !== undefined) return true;
  const { options } = (node.expect ?? {}) as { options?: unknown };
  return node.type === "ask" && idsOf(options).includes(port);
}

/** Whether an option that leads nowhere of its own goes where any option goes. */
export function goesWithAny(node: FlowNode, port: string): boolean {
  const { options } = (node.expect ?? {}) as { options?: unknown };
  return node.type === "ask" && node.to?.ok !== undefined && idsOf(options).includes(port);
}

export interface ShownPorts {
  /** Rows of the card: what must lead somewhere, what does, what was drawn but does not exist any more. */
  shown: readonly string[];
  /** May be drawn. */
  more: readonly string[];
}

/** Return the exits that a card shows, options first, and those that it offers. */
export function shownPorts(node: FlowNode): ShownPorts {
  const { required, optional } = portsOf(node);
  const all = [...new Set([...required, ...optional])];
  const options = idsOf((node.expect as { options?: unknown } | undefined)?.options);
  const ordered = [...all.filter((port) => options.includes(port)), ...all.filter((port) => !options.includes(port))];
  const must = new Set(required);
  const shown = ordered.filter((port) => must.has(port) || isShown(node, port));
  const lost = Object.keys(node.to ?? {}).filter((port) => !all.includes(port));
  return { shown: [...shown, ...lost], more: ordered.filter((port) => !shown.includes(port)) };
}

/** The exit that goes on: where a step after this one is put. */
export function mainPort(node: FlowNode): string | null {
  const { required, optional } = portsOf(node);
  const free = (port: string) => node.to?.[port] === undefined;
  return required.find(free) ?? optional.find(free) ?? required[0] ?? null;
}
