import { describe, expect, it } from "vitest";
import { told, writtenIn } from "./queries";

describe("a template", () => {
  it.each([
    ["tr", "tr"],
    ["ru", "en"],
    ["en", "en"],
  ])("is written in a language that it knows, for somebody who speaks %s in %s", (spoken, language) => {
    expect(writtenIn(["tr", "en"], spoken)).toBe(language);
  });
  it("is written in its first language where it knows neither", () => {
    expect(writtenIn(["tr", "de"], "ar")).toBe("tr");
  });
  it("is told in the language that is spoken, else in English", () => {
    expect(told({ en: "Shop", kk: "Дүкен" }, "kk")).toBe("Дүкен");
    expect(told({ en: "Shop" }, "kk")).toBe("Shop");
  });
});
