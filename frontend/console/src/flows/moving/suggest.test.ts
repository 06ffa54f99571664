import { describe, expect, it } from "vitest";
import type { FlowDocument } from "../document";
import { choicesFor, stepOf, suggestFor } from "./suggest";

const LIVE: FlowDocument = {
  schema: "flow/1",
  key: "clinic",
  locales: { default: "en", supported: ["en"] },
  entry: "hi",
  nodes: {
    hi: { type: "message", title: "Hello" },
    name: { type: "ask", title: "Name" },
    phone: { type: "ask", title: "Phone" },
    person: { type: "handoff" },
  },
};

describe("a step that stands for one that is gone", () => {
  it("has its type, and its title where several have", () => {
    const gone = { node: "clinic/who", title: "Name", type: "ask" };
    expect(choicesFor(LIVE, gone)).toEqual(["name", "phone"]);
    expect(suggestFor(LIVE, gone)).toBe("name");
    expect(suggestFor(LIVE, { ...gone, title: "" })).toBeNull();
    expect(suggestFor(LIVE, { ...gone, title: "Staff", type: "handoff" })).toBe("person");
    expect(suggestFor(LIVE, { ...gone, type: "form" })).toBeNull();
  });

  it("is of the flow itself", () => {
    expect(stepOf(LIVE, "clinic/who")).toBe("who");
    expect(stepOf(LIVE, "faq/who")).toBeNull();
  });
});
