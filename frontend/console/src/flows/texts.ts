/** What a step says: the first line of its card, found and changed wherever the type keeps it. Pure. */
import type { FlowDocument, FlowNode, Say, SayPart, Text } from "./document";

/** Where a type keeps the words that its card shows. */
const FIELD: Record<string, string> = { message: "say", ask: "say", end: "say", handoff: "say", language: "say" };

export function isSay(node: FlowNode): boolean {
  return node.type in FIELD || node.type === "note" || node.type === "agent";
}

export interface Words {
  text: string;
  /** Of another language: there are no words in the one that is shown. */
  borrowed?: string;
}

function inLanguage(text: Text | undefined, locale: string, flow: FlowDocument): Words {
  const own = text?.[locale];
  if (own) return { text: own };
  const order = [...(flow.locales.fallback?.[locale] ?? []), flow.locales.default, ...Object.keys(text ?? {})];
  const other = order.find((each) => text?.[each]);
  return other && text ? { text: text[other] ?? "", borrowed: other } : { text: "" };
}

export function partsOf(say: Say | undefined): readonly SayPart[] {
  if (!say) return [];
  return Array.isArray(say) ? (say as readonly SayPart[]) : [{ kind: "text", text: say as Text }];
}

/** Return the first words of a node, in the language shown or the one that stands in for it. */
export function wordsOf(node: FlowNode, locale: string, flow: FlowDocument): Words {
  if (node.type === "note") return { text: String(node.text ?? "") };
  if (node.type === "agent") return { text: String(node.instructions ?? "") };
  const field = FIELD[node.type];
  if (!field) return { text: "" };
  for (const part of partsOf(node[field] as Say | undefined)) {
    const text = part.text ?? (part.caption as Text | undefined) ?? (part.title as Text | undefined);
    const words = inLanguage(text, locale, flow);
    if (words.text) return words;
  }
  return { text: "" };
}

/** Return what else is said besides the first words: media, cards, further texts. */
export function moreParts(node: FlowNode): readonly SayPart["kind"][] {
  const parts = partsOf(node[FIELD[node.type] ?? ""] as Say | undefined).map(({ kind }) => kind);
  return parts[0] === "text" ? parts.slice(1) : parts;
}

/** Write a node's first words in one language. */
export function withWords(node: FlowNode, locale: string, text: string): FlowNode {
  if (node.type === "note") return { ...node, text };
  if (node.type === "agent") return { ...node, instructions: text };
  const field = FIELD[node.type];
  if (!field) return node;
  const parts = partsOf(node[field] as Say | undefined);
  const at = parts.findIndex(({ kind }) => kind === "text");
  const said = (before: Text | undefined): Text => {
    const { [locale]: _, ...others } = before ?? {};
    return text ? { ...before, [locale]: text } : others;
  };
  if (!Array.isArray(node[field]) && at <= 0) return { ...node, [field]: said(parts[0]?.text) };
  if (at < 0) return { ...node, [field]: [{ kind: "text", text: said(undefined) }, ...parts] };
  return { ...node, [field]: parts.map((part, index) => (index === at ? { ...part, text: said(part.text) } : part)) };
}

/** Every text of a document that somebody may look for, with the node that it is of. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "to" || key === "type" || key === "v" ? [] : textsOf(inner),
  );
}

/** Return the words by which people call an option, an intent or a case. */
export function labelOf(node: FlowNode, port: string, locale: string, flow: FlowDocument): string | null {
  const { options } = (node.expect ?? {}) as { options?: { id: string; label?: Text }[] };
  const option = options?.find(({ id }) => id === port);
  if (option) return inLanguage(option.label, locale, flow).text || port;
  const named = [...asList(node.cases), ...asList(node.intents), ...asList(node.arms)].some(({ id }) => id === port);
  if (named || (node.type === "agent" && port in ((node.exits as object | undefined) ?? {}))) return port;
  return node.type === "call" && asList(node.outcomes).length > 0 && port !== "done" ? port : null;
}

function asList(value: unknown): { id: string }[] {
  return Array.isArray(value) ? value : [];
}
