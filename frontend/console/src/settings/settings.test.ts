import { describe, expect, it } from "vitest";
import { entryOf } from "../auth/entryOf";
import { mayGrant } from "./may";
import { faultsOf, fromWeek, isOpenAt, localNow, runsPastMidnight, toWeek } from "./week";

const span = (start: string, end: string) => ({ start, end });
const monday = (...spans: { start: string; end: string }[]) => [spans, [], [], [], [], [], []];

describe("opening hours", () => {
  it("go to the page and back, the earliest span first", () => {
    const hours = [
      { day: 0, start: "13:00:00", end: "18:00:00" },
      { day: 0, start: "09:00:00", end: "12:00:00" },
      { day: 6, start: "22:00:00", end: "02:00:00" },
    ];
    const week = toWeek(hours);
    expect(week[0]).toEqual([span("09:00", "12:00"), span("13:00", "18:00")]);
    expect(fromWeek(week)).toHaveLength(3);
    expect(fromWeek(week).at(-1)).toEqual({ day: 6, start: "22:00", end: "02:00" });
  });

  it("must not overlap, not even over midnight and the end of the week", () => {
    expect(faultsOf(monday(span("09:00", "12:00"), span("12:00", "18:00")))).toEqual([]);
    expect(faultsOf(monday(span("09:00", "13:00"), span("12:00", "18:00")))).toEqual([0]);
    expect(faultsOf([[span("01:00", "03:00")], [], [], [], [], [], [span("22:00", "02:00")]])).toEqual([0, 6]);
    expect(faultsOf(monday(span("09:00", "")))).toEqual([0]);
  });

  it("hold at the place's own time, on no holiday, past midnight", () => {
    const at = localNow(Date.parse("2026-05-04T23:30:00Z"), "Europe/Istanbul");
    expect(at).toEqual({ day: 1, date: "2026-05-05", time: "02:30" });
    const night = monday(span("22:00", "03:00"));
    expect(isOpenAt(night, [], at)).toBe(true);
    expect(isOpenAt(night, ["2026-05-04"], at)).toBe(false);
    expect(isOpenAt(night, ["2026-05-05"], at)).toBe(true);
    expect(isOpenAt(night, [], { ...at, time: "03:00" })).toBe(false);
    expect([runsPastMidnight(span("22:00", "03:00")), runsPastMidnight(span("09:00", "18:00"))]).toEqual([true, false]);
  });
});

describe("roles and links", () => {
  it("let who has a role give it and those below", () => {
    expect(mayGrant("admin", "owner")).toBe(false);
    expect(mayGrant("admin", "admin")).toBe(true);
    expect(mayGrant("staff", "builder")).toBe(false);
  });

  it("tell a mailed link from every other address", () => {
    expect(entryOf("/password/a-_9")).toEqual({ page: "password", ticket: "a-_9" });
    expect(entryOf("/join/x")).toEqual({ page: "join", ticket: "x" });
    expect(entryOf("/forgot")).toEqual({ page: "forgot", ticket: "" });
    expect(["/inbox", "/join", "/join/a/b", "/password/"].map(entryOf)).toEqual([null, null, null, null]);
  });
});
