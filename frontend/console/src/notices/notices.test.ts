import { describe, expect, it } from "vitest";
import { isQuiet } from "./quiet";
import { rang } from "./ring";
import { titleOf } from "./title";

const at = (time: string) => new Date(`2026-01-05T${time}:00Z`);

describe("isQuiet", () => {
  it("knows the night, and where the person lives", () => {
    const night = { start: "22:00:00", to: "08:00:00" };
    expect([at("21:59"), at("22:00"), at("03:00"), at("08:00")].map((now) => isQuiet(night, "UTC", now))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isQuiet(night, "Europe/Istanbul", at("19:30"))).toBe(true);
    expect(isQuiet({ start: "12:00", to: "13:00" }, "UTC", at("12:30"))).toBe(true);
    expect(isQuiet({ start: "12:00", to: "12:00" }, "UTC", at("12:00"))).toBe(false);
    expect(isQuiet(null, "UTC", at("12:00"))).toBe(false);
  });
});

describe("rang", () => {
  it("hears that more is unread of somebody, and nothing else", () => {
    const before = new Map([
      ["a", 1],
      ["b", 0],
    ]);
    expect(rang(before, new Map([["a", 1]]))).toBe(false);
    expect(rang(before, new Map([["a", 0]]))).toBe(false);
    expect(rang(before, new Map([["b", 1]]))).toBe(true);
    // What has just come to oneself was told of by whoever gave it.
    expect(rang(before, new Map([["c", 3]]))).toBe(false);
    expect(rang(null, new Map([["a", 9]]))).toBe(false);
  });
});

describe("titleOf", () => {
  it("counts who waits", () => {
    expect([titleOf(0), titleOf(undefined), titleOf(3), titleOf(120)]).toEqual([
      "Frontdesk",
      "Frontdesk",
      "(3) Frontdesk",
      "(99+) Frontdesk",
    ]);
  });
});
