import { describe, expect, it } from "vitest";
import { ar } from "./ar";
import { en } from "./en";
import { kk } from "./kk";
import { ru } from "./ru";
import { tr } from "./tr";

function gaps(value: unknown, at = ""): string[] {
  if (typeof value === "string") return [`${at} ${[...value.matchAll(/\{\{\w+\}\}/g)].sort().join()}`];
  return Object.entries(value as object).flatMap(([key, inner]) => gaps(inner, `${at}.${key}`));
}

describe("the words of the flow pages", () => {
  it.each(Object.entries({ tr, ru, kk, ar }))(
    "have the same gaps in %s, and none is empty or left in English",
    (_, words) => {
      expect(gaps(words)).toEqual(gaps(en));
      expect(JSON.stringify(words)).not.toContain(':""');
      const english = new Set(Object.values(en.what));
      expect(Object.values(words.what).filter((each) => english.has(each))).toEqual([]);
    },
  );
});
