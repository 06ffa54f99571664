import { expect, test } from "vitest";
import { isTelling, readFacts } from "./facts";
import { BOX, draw } from "./graph";

const node = (id: string, state: "passed" | "current" | "beside") => ({ id, title: id, type: null, state });
const way = (source: string, target: string, taken = true) => ({ source, target, port: "ok", taken });

test("what was passed stands below each other, what was not taken beside it", () => {
  const drawing = draw(
    [node("a", "passed"), node("b", "current"), node("c", "beside"), node("d", "beside")],
    [way("a", "b"), way("a", "c", false), way("a", "d", false)],
  );
  expect(drawing.rows.map((row) => row.node.id)).toEqual(["a", "b"]);
  expect(drawing.rows[0]?.branches.map((branch) => branch.node.id)).toEqual(["c", "d"]);
  expect(drawing.rows[1]?.y).toBeGreaterThanOrEqual(BOX);
  expect(drawing.steps).toEqual([{ y: 0, port: "ok" }]);
  expect(drawing.height).toBe((drawing.rows[1]?.y ?? 0) + BOX);
});

test("a way back is drawn around, not over what is between", () => {
  const drawing = draw([node("a", "current"), node("b", "passed")], [way("a", "b"), way("b", "a")]);
  expect(drawing.steps).toHaveLength(1);
  expect(drawing.arcs).toHaveLength(1);
  expect(drawing.arcs[0]?.from).toBeGreaterThan(drawing.arcs[0]?.to ?? Number.POSITIVE_INFINITY);
});

test("a way between nodes that are not known is left out", () => {
  expect(draw([node("a", "current")], [way("a", "gone"), way("gone", "a")])).toMatchObject({ steps: [], arcs: [] });
});

test("facts are read with care, whatever was written", () => {
  const odd = readFacts({ calls: "no list", checks: ["x"], passages: [null, { title: 3 }], request: [], error: 7 });
  expect(odd).toMatchObject({ calls: [], checks: [], request: null, error: null });
  expect(odd.passages).toEqual([{ title: "", url: null, score: null, text: "" }]);
  const told = readFacts({ calls: [{ name: "find", given: { q: 1 }, told: "x", refused: true }], intent: "price" });
  expect(told.calls).toEqual([{ name: "find", given: { q: 1 }, told: "x", refused: true }]);
  expect(told.rest).toEqual([["intent", "price"]]);
});

test("a step that only was passed tells nothing", () => {
  expect(isTelling({ facts: {}, changed: {} })).toBe(false);
  expect(isTelling({ facts: { llm_calls: 1, calls: [] }, changed: {} })).toBe(false);
  expect(isTelling({ facts: {}, changed: { "slots.name": "Ada" } })).toBe(true);
});
