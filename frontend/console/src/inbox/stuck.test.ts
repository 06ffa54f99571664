import type { BulkResult } from "@frontdesk/shared";
import { expect, test } from "vitest";
import { stuckOf, whoOf } from "./stuck";

const failed = (id: string, code = "conflict") => ({ id, ok: false, code }) as BulkResult;
const names = new Map(["Ayşe", "Bora", "Cem", "Deniz"].map((name, at) => [String(at), name]));

test("what could not be changed is told by name and by why", () => {
  const results = [{ id: "0", ok: true } as BulkResult, failed("1", "already_claimed"), failed("2"), failed("3")];
  expect(stuckOf(results, names)).toEqual([
    { held: true, who: "Bora" },
    { held: false, who: "Cem, Deniz" },
  ]);
  expect(stuckOf([{ id: "0", ok: true } as BulkResult], names)).toEqual([]);
});

test("of many the first are named and the others counted", () => {
  expect(
    whoOf(
      ["0", "1", "2", "3", "x"].map((id) => failed(id)),
      names,
    ),
  ).toBe("Ayşe, Bora, Cem, +2");
  expect(
    whoOf(
      ["x", "y"].map((id) => failed(id)),
      names,
    ),
  ).toBe("+2");
});
