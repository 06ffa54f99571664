import { describe, expect, it } from "vitest";
import { flowPanels as ar } from "./ar";
import { flowPanels as en } from "./en";
import { flowPanels as kk } from "./kk";
import { flowPanels as ru } from "./ru";
import { flowPanels as tr } from "./tr";

function flat(words: object, root = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[root + key, value]] : flat(value as object, `${root}${key}.`),
  );
}
const holes = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(([hole]) => hole).sort();

describe("words of the flow editor's forms", () => {
  const english = new Map(flat(en));

  it.each(Object.entries({ tr, ru, kk, ar }))("fill in the same values in %s", (_, words) => {
    const other = flat(words);
    expect(other.map(([key]) => key).sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of other) expect([key, holes(text)]).toEqual([key, holes(english.get(key) ?? "")]);
  });
});
