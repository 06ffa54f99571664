import { describe, expect, it } from "vitest";
import { deriveEdges, deriveNodes } from "./canvas/derive";
import { tidyDrawn } from "./canvas/layout";
import { type Place, removeNodes } from "./change";
import type { FlowDocument } from "./document";
import { cardOf, drawnLines, firstOf, foldGroup, groupOfCard, hiddenOf, movedOf, uncovered } from "./folding";
import { addGroup, groupsOf } from "./groups";
import { createHistory } from "./store";

const message = (to?: string) => ({ type: "message", ...(to && { to: { next: to } }) });
const FLOW: FlowDocument = {
  schema: "flow/1",
  key: "f",
  locales: { default: "en", supported: ["en"] },
  entry: "a",
  nodes: { a: message("b"), b: message("c"), c: message("d"), d: message("b"), e: { type: "end" } },
  ui: { pos: { a: [0, 0], b: [300, 40], c: [600, 20], d: [900, 0], e: [0, 400] } },
};
const open = addGroup(FLOW, ["b", "c"], "Middle");
const closed = foldGroup(open, "group", true);
const CARD = cardOf({ id: "group" });
const at = (flow: FlowDocument) => (id: string) => flow.ui?.pos?.[id] ?? ([0, 0] as Place);
const ends = (flow: FlowDocument) => drawnLines(flow).map(({ from, to }) => [from, to]);
const UI = { locale: "en", selected: ["b", "c"], passed: ["c"], waiting: null, line: null };
const boxes = (flow: FlowDocument, issues: { pointer: string; severity: "error" }[] = []) =>
  deriveNodes(
    { auto: {} },
    flow,
    { ...UI, issues: issues.map((issue) => ({ ...issue, code: "x", message: "", fix: "" })) },
    (_, id) => id,
    "Start",
    [],
  );

describe("a closed group", () => {
  it("is one card, to which the lines of its steps are drawn; those within are out of sight", () => {
    expect(ends(open)).toHaveLength(4);
    expect(ends(closed)).toEqual([
      ["a", CARD],
      [CARD, "d"],
      ["d", CARD],
    ]);
    expect(drawnLines(closed)[1]).toMatchObject({ exit: { node: "c", port: "next" }, target: "d" });
    expect([...hiddenOf(closed)]).toEqual([
      ["b", CARD],
      ["c", CARD],
    ]);
    const drawn = deriveEdges(closed, { line: null, passed: [], waiting: null }, () => "", []);
    expect(drawn.map(({ id, source, target }) => [id, source, target])).toEqual([
      ["@start ", "@start", "a"],
      ["a next", "a", CARD],
      ["c next", CARD, "d"],
      ["d next", "d", CARD],
    ]);
    const known = deriveEdges(open, { line: null, passed: [], waiting: null }, () => "", drawn);
    expect(known.find(({ id }) => id === "c next")).toMatchObject({ source: "c", sourceHandle: "next" });
  });

  it("stands where its steps do, tells what is wrong in it and where a chat passed", () => {
    const faults = [{ pointer: "/nodes/b/say", severity: "error" as const }];
    const card = boxes(closed, faults).find(({ id }) => id === CARD);
    expect(card).toMatchObject({ type: "fold", position: { x: 300, y: 20 }, selected: true });
    expect(card?.data).toMatchObject({ title: "Middle", count: 2, errors: 1, light: "passed" });
    expect(boxes(closed).map(({ id }) => id)).toEqual(["@start", "a", "d", "e", CARD]);
    expect(groupOfCard(closed, CARD)?.nodes).toEqual(["b", "c"]);
    expect(groupOfCard(open, CARD)).toBeUndefined();
  });

  it("that holds the first step has the start beside it", () => {
    const first = foldGroup(addGroup(FLOW, ["a", "b"]), "group", true);
    expect(deriveEdges(first, { line: null, passed: [], waiting: null }, () => "", [])[0]).toMatchObject({
      source: "@start",
      target: CARD,
    });
    expect(firstOf(first, groupsOf(first)[0] ?? { id: "", title: "", tone: "grey", nodes: [] })).toBe("a");
  });

  it("takes its steps along, in order too, and is one box when everything is put in order", () => {
    const [group] = groupsOf(closed);
    if (!group) throw new Error("no group");
    expect(movedOf(group, [1000, 0], at(closed))).toEqual({ b: [1000, 20], c: [1300, 0] });
    const places = tidyDrawn(closed, new Map(), at(closed));
    expect(Object.keys(places).sort()).toEqual(["a", "b", "c", "d", "e"]);
    const [b, c] = [places.b ?? [0, 0], places.c ?? [0, 0]];
    expect([c[0] - b[0], c[1] - b[1]]).toEqual([300, -20]);
  });

  it("is opened by what shows one of its steps; each is one step of undo and no change of the steps", () => {
    const history = createHistory(open);
    const now = () => history.store.getState().flow;
    history.edit((flow) => foldGroup(flow, "group", true));
    expect(now().nodes).toBe(open.nodes);
    history.edit((flow) => uncovered(flow, "a"));
    history.edit((flow) => uncovered(flow, "c"));
    expect(hiddenOf(now()).size).toBe(0);
    history.undo();
    expect(hiddenOf(now()).size).toBe(2);
    history.undo();
    expect(now()).toBe(open);
  });

  it("is gone with its last step", () => {
    expect(boxes(removeNodes(closed, ["b", "c"])).some(({ type }) => type === "fold")).toBe(false);
  });
});
