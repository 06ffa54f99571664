import { describe, expect, it } from "vitest";
import golden from "../../../../tests/unit/graphs/ports.json";
import type { FlowNode } from "./document";
import { goesWithAny, mainPort, portsOf, shownPorts } from "./ports";

describe("the exits of nodes", () => {
  it.each(golden as unknown as { node: FlowNode; required: string[]; optional: string[] }[])(
    "are those of the server: $node.type $node.title",
    ({ node, required, optional }) => {
      expect(portsOf(node)).toEqual({ required, optional });
    },
  );

  it("stand on the card where they must lead somewhere, do, are options, or do not exist any more", () => {
    const ask = {
      type: "ask",
      expect: { type: "choice", options: [{ id: "a" }, { id: "b" }] },
      to: { a: "x", gone: "y" },
    };
    expect(shownPorts(ask)).toEqual({ shown: ["a", "b", "ok", "gone"], more: ["skip", "failed", "timeout"] });
    expect(shownPorts({ type: "handoff" })).toEqual({
      shown: [],
      more: ["resolved", "returned", "timeout", "unavailable"],
    });
  });

  it("have one that goes on", () => {
    expect(mainPort({ type: "lead" })).toBe("ok");
    expect(mainPort({ type: "condition", cases: [{ id: "yes" }], to: { yes: "x" } })).toBe("else");
    expect(mainPort({ type: "end" })).toBeNull();
  });

  it("of options go where any option goes unless they lead elsewhere", () => {
    const ask = { type: "ask", expect: { type: "choice", options: [{ id: "a" }] }, to: { ok: "x" } };
    expect(goesWithAny(ask, "a")).toBe(true);
    expect(goesWithAny(ask, "failed")).toBe(false);
    expect(goesWithAny({ ...ask, to: {} }, "a")).toBe(false);
  });
});
