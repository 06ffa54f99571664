/** What a new step begins with: little, but what its type cannot do without. Pure. */
import type { FlowDocument, FlowNode } from "./document";

const BEGINNINGS: Record<string, (locale: string) => Partial<FlowNode>> = {
  message: (locale) => ({ say: { [locale]: "" } }),
  ask: (locale) => ({ say: { [locale]: "" }, expect: { type: "text" } }),
  form: (locale) => ({ fields: [{ save: "slots.name", say: { [locale]: "" }, expect: { type: "text" } }] }),
  split: () => ({ arms: [{ id: "a" }, { id: "b" }] }),
  emit: () => ({ event: "reached" }),
  condition: () => ({ cases: [{ id: "yes", all: [] }] }),
  router: (locale) => ({ intents: [{ id: "first", keywords: { [locale]: [] } }] }),
  set: () => ({ assign: [] }),
  policy: () => ({ checks: ["business_hours"] }),
  agent: () => ({ instructions: "", exits: { done: "" }, budget: { turns: 6, llm_calls: 10 } }),
  http: () => ({ connection: "" }),
  wait: () => ({ for: "PT1H" }),
  template: () => ({ template: "" }),
  call: () => ({ flow: "" }),
  end: () => ({ outcome: "done" }),
  note: () => ({ text: "" }),
};

export function blankNode(type: string, locale: string, v = 1): FlowNode {
  return { type, v, ...BEGINNINGS[type]?.(locale) };
}

/** A flow without a step, for a business that speaks these languages. */
export function blankFlow(key: string, name: string, locale: string): FlowDocument {
  return {
    schema: "flow/1",
    key,
    name,
    kind: "main",
    locales: { default: locale, supported: [locale] },
    entry: "",
    nodes: {},
  };
}

/** A key for a name: letters that every system takes. */
export function keyFor(name: string, taken: ReadonlySet<string>): string {
  const folded = name.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ı", "i").toLowerCase();
  const stem =
    folded
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 40) || "flow";
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? stem : `${stem}_${n}`;
    if (!taken.has(key)) return key;
  }
}
