import { describe, expect, it } from "vitest";
import { blankFlow, blankNode } from "./blank";
import { addNode, connect, disconnect, freshId, insertAfter, removeNodes, withNode, withPlaces } from "./change";
import { copyNodes } from "./clip";
import type { FlowDocument } from "./document";
import { pasteNodes } from "./pasting";
import { mainPort } from "./ports";
import { createHistory, type History } from "./store";
import { withWords } from "./texts";

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}

async function hashOf(flow: FlowDocument): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(canonical(flow)));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same numbers for the same seed. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const TYPES = ["message", "ask", "condition", "lead", "handoff", "wait", "end", "note", "agent", "http"];

/** One edit that changes something, of any kind that the editor knows. */
function scribble(history: History, roll: (sides: number) => number): void {
  const { flow } = history.store.getState();
  const ids = Object.keys(flow.nodes);
  const some = ids[roll(ids.length)] ?? "";
  const other = ids[roll(ids.length)] ?? "";
  const node = flow.nodes[some];
  const at = [roll(900), roll(900)] as const;
  const added = () => blankNode(TYPES[roll(TYPES.length)] ?? "message", "en");
  const changes: (() => void)[] = [
    () => history.edit((now) => addNode(now, freshId(now.nodes, "step"), added(), at)),
    () => history.edit((now) => withPlaces(now, { [some]: at })),
    () => {
      // Typing: several changes, one step.
      for (const text of ["H", "He", `Hey ${roll(1000)}`]) {
        history.edit((now) => withNode(now, some, (before) => withWords(before, "en", text)), `words:${some}`);
      }
      history.seal();
    },
    () => history.edit((now) => withNode(now, some, (before) => ({ ...before, title: `T${roll(1000)}` }))),
    () => history.edit((now) => connect(now, { node: some, port: (node && mainPort(node)) ?? "next" }, other)),
    () => history.edit((now) => disconnect(now, { node: some, port: Object.keys(node?.to ?? {})[0] ?? "" })),
    () => history.edit((now) => removeNodes(now, [some])),
    () => history.edit((now) => pasteNodes(now, copyNodes(now, [some, other], {}, "t"), at, "t").flow),
    () => history.edit((now) => insertAfter(now, { node: some, port: "next" }, freshId(now.nodes, "mid"), added(), at)),
    () =>
      history.edit((now) => ({ ...now, variables: { ...now.variables, [`slots.v${roll(50)}`]: { type: "string" } } })),
  ];
  changes[roll(changes.length)]?.();
}

describe("the history of a document", () => {
  it.each([1, 2, 3, 4, 5])("leads back through 50 mixed edits and forth again (seed %i)", async (seed) => {
    const roll = dice(seed);
    const start = addNode(blankFlow("f", "F", "en"), "hello", blankNode("message", "en"), [0, 0]);
    const history = createHistory(start);
    const states = [await hashOf(start)];
    while (states.length <= 50) {
      const steps = history.store.temporal.getState().pastStates.length;
      scribble(history, roll);
      const after = history.store.temporal.getState().pastStates.length;
      expect(after - steps).toBeLessThanOrEqual(1);
      if (after > steps) states.push(await hashOf(history.store.getState().flow));
    }
    for (const wanted of states.slice(0, -1).reverse()) {
      history.undo();
      expect(await hashOf(history.store.getState().flow)).toBe(wanted);
    }
    expect(history.store.getState().flow).toBe(start);
    for (const wanted of states.slice(1)) {
      history.redo();
      expect(await hashOf(history.store.getState().flow)).toBe(wanted);
    }
  });

  it("takes typing for one step until something else happens", () => {
    const history = createHistory(addNode(blankFlow("f", "F", "en"), "a", blankNode("message", "en"), [0, 0]));
    const type = (text: string) => history.edit((now) => withNode(now, "a", (node) => ({ ...node, title: text })), "a");
    const title = () => history.store.getState().flow.nodes.a?.title;
    type("x");
    type("xy");
    history.seal();
    type("xyz");
    history.undo();
    expect(title()).toBe("xy");
    type("xy!");
    history.undo();
    expect(title()).toBe("xy");
    history.undo();
    expect(title()).toBeUndefined();
  });

  it("never undoes what somebody else did", () => {
    const history = createHistory(addNode(blankFlow("f", "F", "en"), "a", blankNode("message", "en"), [0, 0]));
    history.edit((now) => withNode(now, "a", (node) => ({ ...node, title: "mine" })));
    history.rebase((flow) => ({ ...flow, name: "theirs" }));
    history.undo();
    expect(history.store.getState().flow).toMatchObject({ name: "theirs", nodes: { a: { type: "message" } } });
    expect(history.store.getState().flow.nodes.a?.title).toBeUndefined();
    history.redo();
    expect(history.store.getState().flow).toMatchObject({ name: "theirs", nodes: { a: { title: "mine" } } });
  });
});

describe("changes of a document", () => {
  const lead = () => {
    let flow = addNode(blankFlow("f", "F", "en"), "ask", blankNode("ask", "en"), [0, 0]);
    flow = addNode(flow, "end", blankNode("end", "en"), [600, 0]);
    return connect(flow, { node: "ask", port: "ok" }, "end");
  };

  it("put a step into a line", () => {
    const flow = insertAfter(lead(), { node: "ask", port: "ok" }, "lead", blankNode("lead", "en"), [300, 0]);
    expect([flow.nodes.ask?.to, flow.nodes.lead?.to]).toEqual([{ ok: "lead" }, { ok: "end" }]);
  });

  it("put a step before the first one", () => {
    const flow = insertAfter(lead(), { node: "@start", port: "" }, "hi", blankNode("message", "en"), [-300, 0]);
    expect([flow.entry, flow.nodes.hi?.to]).toEqual(["hi", { next: "ask" }]);
  });

  it("remove a step with the lines to it, and begin with what came after", () => {
    expect(removeNodes(lead(), ["end"]).nodes.ask?.to).toEqual({});
    expect(removeNodes(lead(), ["ask"])).toMatchObject({ entry: "end", ui: { pos: { end: [600, 0] } } });
    expect(removeNodes(lead(), ["ask", "end"]).entry).toBe("");
  });
});
