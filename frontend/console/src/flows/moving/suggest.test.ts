import { describe, expect, it } from "vitest";
import { stepOf, suggestFor } from "./suggest";

const choices = [
  { node: "clinic/name", title: "Name" },
  { node: "clinic/phone", title: "Phone" },
];

describe("a step that stands for one that is gone", () => {
  it("has its title where several have its type", () => {
    const gone = { node: "clinic/who", title: "Name", choices };
    expect(suggestFor(gone)).toBe("clinic/name");
    expect(suggestFor({ ...gone, title: "" })).toBeNull();
    expect(suggestFor({ ...gone, choices: [{ node: "faq/who", title: "" }] })).toBe("faq/who");
    expect(suggestFor({ ...gone, choices: [] })).toBeNull();
  });

  it("is of the flow itself, or of one that it calls", () => {
    expect(stepOf({ key: "clinic" }, "clinic/who")).toBe("who");
    expect(stepOf({ key: "clinic" }, "faq/who")).toBeNull();
  });
});
