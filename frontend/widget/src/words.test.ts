import { describe, expect, it } from "vitest";
import { exactOrigin } from "./bridge";
import { chooseLanguage, fill, LANGUAGES, presence, TABLE } from "./i18n";
import { frameAddress, readSettings } from "./loader-settings";
import { LOADER_WORDS } from "./loader-words";

describe("words", () => {
  it("are complete in every language", () => {
    for (const language of LANGUAGES) {
      expect(Object.values(TABLE[language]).every((word) => word.trim())).toBe(true);
      expect(LOADER_WORDS[language]).toHaveLength(4);
    }
  });

  it("follow the visitor's language, else English", () => {
    expect([chooseLanguage("tr-TR"), chooseLanguage("de", "kk"), chooseLanguage(null, "fr")]).toEqual([
      "tr",
      "kk",
      "en",
    ]);
    expect(fill("{name} · {other}", { name: "A" })).toBe("A · {other}");
  });

  it("tell honestly who answers", () => {
    const { en } = TABLE;
    expect(presence(en, "agent", null, false)).toContain("set answers");
    expect(presence(en, "staff", "Ayşe", true)).toBe("Ayşe is here");
    expect(presence(en, "nobody", null, true)).toBe(en.waiting);
  });
});

describe("loader", () => {
  const tag = (dataset: Record<string, string>) => ({ src: "https://desk.example/widget.js", dataset });

  it("reads its tag and refuses odd ids", () => {
    expect(readSettings(tag({ widget: "w_1", position: "left" }), "ar-SA", "en")).toEqual({
      widget: "w_1",
      origin: "https://desk.example",
      language: "ar",
      accent: null,
      position: "start",
    });
    expect(readSettings(tag({ widget: "../x" }), "", "en")).toBeNull();
    expect(readSettings(tag({}), "", "en")).toBeNull();
  });

  it("addresses the panel without secrets in the query", () => {
    const settings = readSettings(tag({ widget: "w", accent: "#ff0000", lang: "tr" }), "", "en");
    const address = settings && frameAddress(settings, "https://shop.example");
    expect(address).toBe(
      "https://desk.example/widget/v1/w/panel#host=https%3A%2F%2Fshop.example&lang=tr&accent=%23ff0000",
    );
  });

  it("speaks to exact origins alone", () => {
    for (const bad of [null, "*", "null", "https://x.example/", "javascript:1", "x.example"])
      expect(exactOrigin(bad)).toBeNull();
    expect(exactOrigin("https://x.example:8443")).toBe("https://x.example:8443");
  });
});
