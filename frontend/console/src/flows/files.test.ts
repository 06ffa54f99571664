import { describe, expect, it } from "vitest";
import { readFlow } from "./files";

const FLOW = { schema: "flow/1", key: "a", locales: { default: "en", supported: ["en"] }, entry: "", nodes: {} };

describe("a file", () => {
  it("is read with the tests that came with it", () => {
    const file = { ...FLOW, requires: [{ kind: "flow", name: "b" }], tests: "cases: []" };
    expect(readFlow(JSON.stringify(file))).toEqual(file);
  });
  it.each(["", "null", "[]", '{"schema":"flow/2"}', JSON.stringify({ ...FLOW, nodes: null })])(
    "that holds no flow is none: %s",
    (text) => {
      expect(readFlow(text)).toBeNull();
    },
  );
});
