import { describe, expect, it } from "vitest";
import type { FlowDocument } from "../document";
import { caseOf, changesOf, lightsOf, optionsOf, pathOf, type Told, withCase } from "./turns";

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
    const next = { ...TOLD, variables: { slots: { a: 1, b: "x" } } };
    expect(changesOf(TOLD, next)).toEqual([
      { name: "conv.score", before: 2, after: undefined },
      { name: "slots.b", before: undefined, after: "x" },
    ]);
  });

  it("becomes a case of a file of tests", () => {
    const turns = [
      { said: { text: 'say "hi"' }, told: TOLD },
      { said: { payload: "n|v|a", label: "A" }, told: { ...TOLD, cursor: null, messages: [] } },
    ];
    const made = caseOf(turns, { name: "one: two", channel: "whatsapp", locale: "en" });
    expect(made).toContain('- name: "one: two"');
    expect(made).toContain(
      '{user: "say \\"hi\\"", expect: {at: "ask", said: ["Hi \\\\(there\\\\)\\\\.", "Which\\\\?"]}}',
    );
    expect(made).toContain('- {tap: "a"}');
    expect(withCase("", made, "clinic").startsWith("flow: clinic\ncases:\n  - name")).toBe(true);
    expect(withCase("flow: clinic\ncases: []\n", made, "clinic")).toBe(`flow: clinic\ncases:\n${made}`);
    const flush = withCase("flow: clinic\ncases:\n- name: old\n  steps: []\n", made, "clinic");
    expect(flush).toContain('\n- name: "one: two"\n  channel');
  });
});
