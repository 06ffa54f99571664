import { describe, expect, it } from "vitest";
import { linkify, safeUrl } from "./linkify";

const links = (text: string) =>
  linkify(text)
    .filter((span) => span.href)
    .map((span) => [span.text, span.href]);

describe("linkify", () => {
  it("gives back every letter", () => {
    for (const text of [
      "",
      "plain",
      "a https://x.example/b, c",
      "(www.x.example)",
      "+90 532 555 01 44!",
      "a@b.example.",
    ]) {
      expect(
        linkify(text)
          .map((span) => span.text)
          .join(""),
      ).toBe(text);
    }
  });

  it("leaves what ends the sentence outside of the link", () => {
    expect(links("Bakın: https://x.example/a?b=1.")).toEqual([["https://x.example/a?b=1", "https://x.example/a?b=1"]]);
    expect(links("(see www.x.example/a)")).toEqual([["www.x.example/a", "https://www.x.example/a"]]);
    expect(links("https://x.example/a_(b)")[0]?.[0]).toBe("https://x.example/a_(b)");
  });

  it("finds addresses and numbers", () => {
    expect(links("a.b@c.example veya +90 532 555 01 44")).toEqual([
      ["a.b@c.example", "mailto:a.b@c.example"],
      ["+90 532 555 01 44", "tel:+905325550144"],
    ]);
  });

  it("never links code", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "<img src=x onerror=alert(1)>",
      "vbscript:x",
      "1+1",
    ]) {
      expect(links(text)).toEqual([]);
    }
    expect(safeUrl("javascript:alert(1)")).toBeNull();
    expect(safeUrl("\tjava\nscript:alert(1)", "https://x.example/")).toBeNull();
    expect(safeUrl("/media/1", "https://x.example/")).toBe("https://x.example/media/1");
    expect(safeUrl(null)).toBeNull();
  });

  it("stays quick on hostile text", () => {
    const started = performance.now();
    linkify(`${"www.".repeat(3000)}${"a@".repeat(3000)}${"+1 ".repeat(3000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
