import { describe, expect, it } from "vitest";
import { copyNodes, readClip } from "./clip";
import type { FlowDocument } from "./document";
import { pasteNodes } from "./pasting";

const FLOW: FlowDocument = {
  schema: "flow/1",
  key: "f",
  locales: { default: "en", supported: ["en"] },
  entry: "ask",
  variables: {
    "slots.name": { type: "string", pii: true },
    "slots.names": { type: "list" },
    "conv.id": { type: "string" },
  },
  nodes: {
    ask: {
      type: "ask",
      say: { en: "Name?" },
      expect: { type: "text" },
      save: "slots.name",
      no_input: [{ to: "crm" }, { to: "end" }],
      to: { ok: "crm", failed: "end" },
    },
    crm: { type: "http", connection: "cn_crm", map: { "conv.id": "body.id" }, to: { ok: "end", error: "ask" } },
    back: { type: "jump", node: "ask" },
    end: { type: "end" },
  },
};
const EMPTY: FlowDocument = { ...FLOW, key: "g", entry: "", variables: {}, nodes: {} };
const copied = (ids: string[]) =>
  readClip(JSON.stringify(copyNodes(FLOW, ids, { ask: [100, 50], crm: [400, 20] }, "one")));

describe("nodes on the clipboard", () => {
  it("come into another flow with their lines, places and declared variables", () => {
    const clip = copied(["ask", "crm"]);
    if (!clip) throw new Error("no clip");
    const { flow, ids } = pasteNodes(EMPTY, clip, [10, 10], "one");
    expect([ids, flow.entry, flow.ui?.pos]).toEqual([["ask", "crm"], "ask", { ask: [10, 40], crm: [310, 10] }]);
    expect(flow.nodes.ask).toMatchObject({ to: { ok: "crm" }, no_input: [{ to: "crm" }, { to: undefined }] });
    expect(flow.nodes.crm).toMatchObject({ connection: "cn_crm", to: { error: "ask" } });
    expect(flow.variables).toEqual({ "slots.name": { type: "string", pii: true }, "conv.id": { type: "string" } });
  });

  it("get names of their own beside those they were copied from", () => {
    const clip = copied(["ask", "back"]);
    if (!clip) throw new Error("no clip");
    const { flow, ids } = pasteNodes(FLOW, clip, [0, 0], "one");
    expect([ids, flow.nodes.back_2?.node, flow.entry]).toEqual([["ask_2", "back_2"], "ask_2", "ask"]);
  });

  it("bring no connection into another business", () => {
    const clip = copied(["crm"]);
    if (!clip) throw new Error("no clip");
    expect(pasteNodes(EMPTY, clip, [0, 0], "two").flow.nodes.crm?.connection).toBe("");
  });

  it("are told from other text", () => {
    expect([readClip("hello"), readClip("{}"), readClip("null"), readClip('{"kind":"flow-clip/1"}')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
