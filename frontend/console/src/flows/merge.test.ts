import { describe, expect, it } from "vitest";
import type { FlowDocument } from "./document";
import { mergeFlows, same } from "./merge";

const BASE: FlowDocument = {
  schema: "flow/1",
  key: "f",
  locales: { default: "en", supported: ["en"] },
  entry: "a",
  triggers: [{ id: "menu", class: "soft", to: "a" }],
  variables: { "slots.name": { type: "string" } },
  nodes: {
    a: { type: "message", say: { en: "A" }, to: { next: "b" } },
    b: { type: "message", say: { en: "B" }, to: { next: "c" } },
    c: { type: "end" },
  },
  ui: { pos: { a: [0, 0], b: [1, 1] } },
};
const said = (flow: FlowDocument, id: string, en: string): FlowDocument => ({
  ...flow,
  nodes: { ...flow.nodes, [id]: { ...flow.nodes[id], type: "message", say: { en } } },
});
const without = (flow: FlowDocument, id: string): FlowDocument => {
  const { [id]: _, ...nodes } = flow.nodes;
  return { ...flow, nodes };
};

describe("two builders of one flow", () => {
  it("lose nothing where each changed another step", () => {
    const { flow, clashes } = mergeFlows(BASE, said(BASE, "a", "mine"), said(BASE, "b", "theirs"));
    expect(clashes).toEqual([]);
    expect([flow.nodes.a?.say, flow.nodes.b?.say, flow.nodes.c]).toEqual([
      { en: "mine" },
      { en: "theirs" },
      { type: "end" },
    ]);
  });

  it("are asked about a step that both changed, and about nothing else", () => {
    const mine = { ...said(BASE, "a", "mine"), ui: { pos: { a: [5, 5] as const, b: [1, 1] as const } } };
    const theirs = {
      ...said(said(BASE, "a", "theirs"), "b", "theirs"),
      ui: { pos: { a: [9, 9] as const, b: [2, 2] as const } },
    };
    const open = mergeFlows(BASE, mine, theirs);
    expect(open.clashes.map(({ part }) => part)).toEqual(["nodes/a"]);
    expect(open.flow.nodes.a?.say).toEqual({ en: "mine" });
    expect(open.flow.ui?.pos).toEqual({ a: [5, 5], b: [2, 2] });
    const { flow, clashes } = mergeFlows(BASE, mine, theirs, { "nodes/a": "theirs" });
    expect([clashes, flow.nodes.a?.say, flow.nodes.b?.say]).toEqual([[], { en: "theirs" }, { en: "theirs" }]);
  });

  it("may make the same change", () => {
    const theirs = JSON.parse(JSON.stringify(said(BASE, "a", "both")));
    expect(mergeFlows(BASE, said(BASE, "a", "both"), theirs).clashes).toEqual([]);
  });

  it("are asked where one removed what the other changed; what only one removed is gone", () => {
    const { clashes } = mergeFlows(BASE, without(BASE, "b"), said(BASE, "b", "theirs"));
    expect(clashes).toMatchObject([{ part: "nodes/b", mine: undefined, theirs: { say: { en: "theirs" } } }]);
    expect(
      mergeFlows(BASE, without(BASE, "b"), said(BASE, "b", "theirs"), { "nodes/b": "mine" }).flow.nodes,
    ).not.toHaveProperty("b");
    expect(Object.keys(mergeFlows(BASE, said(BASE, "a", "x"), without(BASE, "c")).flow.nodes)).toEqual(["a", "b"]);
  });

  it("may add steps, variables and triggers side by side", () => {
    const mine = {
      ...BASE,
      variables: { ...BASE.variables, "slots.age": { type: "number" } },
      triggers: [...(BASE.triggers ?? []), { id: "stop", class: "hard" as const }],
    };
    const theirs = {
      ...BASE,
      name: "New",
      nodes: { ...BASE.nodes, d: { type: "end" } },
      triggers: [{ id: "human", class: "hard" as const }, ...(BASE.triggers ?? [])],
    };
    const { flow, clashes } = mergeFlows(BASE, mine, theirs);
    expect(clashes).toEqual([]);
    expect([
      flow.name,
      Object.keys(flow.nodes),
      Object.keys(flow.variables ?? {}),
      flow.triggers?.map(({ id }) => id),
    ]).toEqual(["New", ["a", "b", "c", "d"], ["slots.name", "slots.age"], ["menu", "stop", "human"]]);
  });

  it("compare what is said, not how it is written down", () => {
    expect(same({ a: 1, b: [{ c: undefined }] }, { b: [{}], a: 1 })).toBe(true);
    expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(same([], {})).toBe(false);
  });
});
