/** In one line, what a step does that says nothing: its card's second line. Pure. */
import type { FlowNode } from "./document";
import { eventsOf } from "./ports";

interface Row {
  var?: string;
  op?: string;
  value?: unknown;
  all?: Row[];
  any?: Row[];
  expr?: string | null;
}

const SIGNS: Record<string, string> = { eq: "=", ne: "≠", gt: ">", gte: "≥", lt: "<", lte: "≤" };
/** Variables without their drawer: `slots.name` is called `name`. */
const short = (name: string) => name.slice(name.indexOf(".") + 1);
const shown = (value: unknown) =>
  Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value);

function row({ var: name, op, value, all, any }: Row): string {
  if (all || any) return [...(all ?? []), ...(any ?? [])].map(row).join(all?.length ? " & " : " | ");
  if (!name) return "";
  return value === undefined || value === null
    ? `${short(name)} ${op ?? ""}`
    : `${short(name)} ${SIGNS[op ?? ""] ?? op} ${shown(value)}`;
}

export function duration(iso: unknown): string {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(String(iso ?? ""));
  if (!found) return String(iso ?? "");
  return ["d", "h", "min", "s"]
    .flatMap((unit, index) => (found[index + 1] ? [`${found[index + 1]} ${unit}`] : []))
    .join(" ");
}

export function gistOf(node: FlowNode): string {
  const list = (field: string) => (Array.isArray(node[field]) ? (node[field] as Row[]) : []);
  switch (node.type) {
    case "condition":
      return list("cases")
        .map(
          (each) =>
            each.expr ||
            [...(each.all ?? []), ...(each.any ?? [])]
              .map(row)
              .filter(Boolean)
              .join(each.any?.length ? " | " : " & "),
        )
        .filter(Boolean)
        .join(" · ");
    case "set":
      return list("assign")
        .filter((each) => each.var)
        .map((each) => `${short(each.var ?? "")} = ${each.expr || shown(each.value)}`)
        .join(", ");
    case "policy":
      return (Array.isArray(node.checks) ? (node.checks as string[]) : []).join(", ");
    case "http":
      return [node.method ?? "GET", node.path ?? "/"].join(" ");
    case "lead":
      return [node.pipeline ?? "default", node.stage ?? "new"].join(" › ");
    case "wait":
      return [...eventsOf(node), node.until ? String(node.until) : duration(node.for ?? "PT1H")].join(" · ");
    case "template":
      return String(node.template ?? "");
    case "call":
      return String(node.flow ?? "");
    case "jump":
      return String(node.flow ?? node.node ?? "");
    case "knowledge":
      return (Array.isArray(node.sources) ? (node.sources as string[]) : []).join(", ");
    case "handoff":
      return String(node.queue ?? "");
    case "form":
      return (Array.isArray(node.fields) ? (node.fields as { save: string }[]) : [])
        .map(({ save }) => short(save))
        .join(", ");
    case "emit":
      return String(node.event ?? "");
    case "end":
      return String(node.outcome ?? "");
    case "language":
      return String(node.locale ?? "");
    default:
      return "";
  }
}
