import { describe, expect, it } from "vitest";
import type { FlowDocument } from "../document";
import { changesOf, lightsOf, nextTimer, optionsOf, pathOf, type Told } from "./turns";

const FLOW: FlowDocument = {
  schema: "flow/1",
  key: "clinic",
  locales: { default: "en", supported: ["en"] },
  entry: "hello",
  nodes: { hello: { type: "message" }, ask: { type: "ask" } },
};
const TOLD: Told = {
  turn: "t1",
  messages: [
    { text: "Hi (there).\nMore", parts: [{ kind: "text", text: "Hi" }] },
    { text: "Which?", parts: [{ kind: "choices", body: "Which?", options: [{ id: "x|a", label: "A" }] }] },
  ],
  steps: [
    { node: "gate", phase: "enter", port: "message" },
    { node: "clinic/hello", phase: "enter", port: "next" },
    { node: "other/inner", phase: "enter", port: "done", facts: { status: 200 } },
    { node: "clinic/ask", phase: "enter", port: null, facts: {} },
  ],
  cursor: "clinic/ask",
  variables: { slots: { a: 1 }, conv: { score: 2 } },
};

describe("a test chat", () => {
  it("shows the way through the flow, and lights up what is on the canvas", () => {
    expect(pathOf(TOLD, FLOW).map(({ name, node }) => [name, node])).toEqual([
      ["clinic/hello", "hello"],
      ["other/inner", null],
      ["clinic/ask", "ask"],
    ]);
    expect(pathOf(TOLD, FLOW).map(({ facts }) => facts)).toEqual([null, { status: 200 }, null]);
    expect(lightsOf(TOLD, FLOW)).toEqual([["hello", "ask"], "ask"]);
    expect(lightsOf(undefined, FLOW)).toEqual([[], null]);
    expect(optionsOf(TOLD)).toEqual([{ id: "x|a", label: "A" }]);
  });

  it("tells what changed since the turn before", () => {
    const next = { ...TOLD, variables: { slots: { a: 1, b: "x" } }, contact: { name: "Ada" } };
    expect(changesOf(TOLD, next)).toEqual([
      { name: "conv.score", before: 2, after: undefined },
      { name: "slots.b", before: undefined, after: "x" },
      { name: "contact.name", before: undefined, after: "Ada" },
    ]);
  });

  it("knows what happens next by itself", () => {
    const timers = [
      { name: "b", node: "ask", due: "2026-03-02T10:00:00+00:00" },
      { name: "a", node: "ask", due: "2026-03-02T09:15:00+00:00" },
    ];
    const told = { ...TOLD, now: "2026-03-02T12:00:00+03:00", timers };
    expect(nextTimer(told)).toEqual({ node: "ask", advance: "PT900S", seconds: 900 });
    expect(nextTimer(TOLD)).toBeNull();
  });
});
