import { expect, test } from "vitest";
import { acceptOf, kindsIn, loadChosen, refusalOf, saveChosen, typeOf } from "./attaching";

const MB = 1 << 20;
const LIMITS = [
  { media: "image", kinds: ["image/jpeg", "image/png"], largest: 5 * MB },
  { media: "document", kinds: ["application/pdf", "text/csv"], largest: 25 * MB },
];

test("a file of 50 MB or of a wrong kind is refused with the channel's own limit", () => {
  expect(refusalOf(LIMITS, { name: "a.pdf", type: "application/pdf", size: 50 * MB })).toEqual({
    reason: "tooLarge",
    mb: 25,
  });
  expect(refusalOf(LIMITS, { name: "a.png", type: "image/png", size: 5 * MB + 1 })).toEqual({
    reason: "tooLarge",
    mb: 5,
  });
  const wrong = refusalOf(LIMITS, { name: "a.exe", type: "application/x-msdownload", size: 10 });
  expect(wrong).toEqual({ reason: "wrongType", kinds: "CSV, JPEG, PDF, PNG" });
  expect(refusalOf(LIMITS, { name: "a.png", type: "image/png", size: 0 })).toEqual({ reason: "empty" });
  expect(refusalOf(LIMITS, { name: "a.png", type: "image/png", size: 5 * MB })).toBeNull();
});

test("a type that the browser leaves out is known by the file's ending", () => {
  expect(typeOf({ name: "Preise.CSV", type: "", size: 1 })).toBe("text/csv");
  expect(typeOf({ name: "a.txt", type: "text/plain;charset=utf-8", size: 1 })).toBe("text/plain");
  expect(typeOf({ name: "a", type: "", size: 1 })).toBe("");
  expect(acceptOf(LIMITS)).toBe("image/jpeg,image/png,application/pdf,text/csv");
  expect(kindsIn([{ media: "audio", kinds: ["audio/x-wav", "audio/wav"], largest: 1 }])).toBe("WAV");
});

test("chosen files are kept by person and conversation for as long as the server keeps them", () => {
  const kept = new Map<string, string>();
  const shelf = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
  const file = { key: "k", name: "a.png", size: 3, progress: 1, refused: null };
  saveChosen(
    "deniz",
    "talk",
    [
      { ...file, id: "f1" },
      { ...file, id: null, progress: 0.4 },
    ],
    0,
    shelf,
  );
  expect(loadChosen("deniz", "talk", 1000, shelf).map(({ id, name }) => [id, name])).toEqual([["f1", "a.png"]]);
  expect(loadChosen("selin", "talk", 1000, shelf)).toEqual([]);
  expect(loadChosen("deniz", "talk", 21 * 3_600_000, shelf)).toEqual([]);
  saveChosen("deniz", "talk", [], 0, shelf);
  expect(kept.size).toBe(0);
});
