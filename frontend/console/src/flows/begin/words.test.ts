import { describe, expect, it } from "vitest";
import { en, WORDS } from "./words";

const gaps = (words: Record<string, string>) =>
  Object.entries(words).map(([key, text]) => `${key} ${[...text.matchAll(/\{\{\w+\}\}/g)].sort().join()}`);

describe("the words about beginning a flow", () => {
  it.each(Object.entries(WORDS))(
    "have the same gaps in %s, and none is empty or left in English",
    (language, words) => {
      expect(gaps(words)).toEqual(gaps(en));
      expect(Object.values(words)).not.toContain("");
      if (language !== "en")
        expect(Object.values(words).filter((each) => Object.values(en).includes(each))).toEqual([]);
    },
  );
});
