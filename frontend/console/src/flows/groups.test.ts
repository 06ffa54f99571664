import { describe, expect, it } from "vitest";
import { addNode, removeNodes } from "./change";
import { copyNodes, readClip } from "./clip";
import type { FlowDocument } from "./document";
import { addGroup, changeGroup, groupOf, groupsOf, removeGroup } from "./groups";
import { pasteNodes } from "./pasting";
import { createHistory } from "./store";

const FLOW: FlowDocument = {
  schema: "flow/1",
  key: "f",
  locales: { default: "en", supported: ["en"] },
  entry: "a",
  nodes: { a: { type: "message" }, b: { type: "message" }, c: { type: "end" } },
};
const membersOf = (flow: FlowDocument) => groupsOf(flow).map(({ nodes }) => nodes);

describe("groups of steps", () => {
  it("hold a step once, and are gone with their last one", () => {
    const first = addGroup(FLOW, ["a", "b"], "Greeting");
    const second = addGroup(first, ["b", "c"]);
    expect(membersOf(second)).toEqual([["a"], ["b", "c"]]);
    expect(membersOf(addGroup(second, ["a", "b", "c"]))).toEqual([["a", "b", "c"]]);
    expect(new Set(groupsOf(second).map(({ tone }) => tone)).size).toBe(2);
  });

  it("lose a step that is removed, also where another gets its name later", () => {
    const less = removeNodes(addGroup(FLOW, ["a", "b"]), ["b"]);
    expect(membersOf(addNode(less, "b", { type: "message" }, [0, 0]))).toEqual([["a"]]);
    expect(groupsOf(removeNodes(less, ["a"]))).toEqual([]);
  });

  it("are renamed, coloured and taken away, each one step of undo", () => {
    const history = createHistory(FLOW);
    const now = () => history.store.getState().flow;
    history.edit((flow) => addGroup(flow, ["a", "b"]));
    history.edit((flow) => changeGroup(flow, "group", { title: "Greeting" }));
    history.edit((flow) => changeGroup(flow, "group", { tone: "red" }));
    history.edit((flow) => removeGroup(flow, "group"));
    expect([groupsOf(now()), Object.keys(now().nodes)]).toEqual([[], ["a", "b", "c"]]);
    history.undo();
    expect(groupOf(now(), "a")).toEqual({ id: "group", title: "Greeting", tone: "red", nodes: ["a", "b"] });
    history.undo();
    history.undo();
    expect(groupOf(now(), "a")?.title).toBe("");
    history.undo();
    expect(now()).toBe(FLOW);
  });

  it("come along when their steps are copied, under names that are free", () => {
    const flow = addGroup(FLOW, ["a", "b"], "Greeting");
    const clip = readClip(JSON.stringify(copyNodes(flow, ["a", "b"], {}, "one")));
    if (!clip) throw new Error("no clip");
    expect(groupsOf(pasteNodes(flow, clip, [0, 0], "one").flow)).toMatchObject([
      { id: "group", nodes: ["a", "b"] },
      { id: "group_2", title: "Greeting", nodes: ["a_2", "b_2"] },
    ]);
    const alone = readClip(JSON.stringify(copyNodes(flow, ["a"], {}, "one")));
    expect(alone?.groups).toEqual([]);
  });

  it("pass over what a file holds instead of them", () => {
    const odd = [{ id: 7 }, { id: "x", nodes: ["nobody"] }, { id: "y", nodes: ["a"], tone: "mauve" }];
    const flow = { ...FLOW, ui: { groups: odd as unknown as [] } };
    expect(groupsOf(flow)).toEqual([{ id: "y", title: "", tone: "grey", nodes: ["a"] }]);
  });
});
