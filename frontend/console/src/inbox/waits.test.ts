import type { ConversationItem, Waiting } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { isRunning, waitingSince } from "./waits";

const T = Date.parse("2026-03-02T12:00:00Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(T + minutes * MINUTE).toISOString();
const item = (waiting: Waiting | null) =>
  ({ status: "open", owner: "nobody", owner_since: at(-90), handoff: null, waiting }) as unknown as ConversationItem;
const waited = (waiting: Waiting, minutes: number) => {
  const now = T + minutes * MINUTE;
  return (now - Date.parse(waitingSince(item(waiting), now) ?? "")) / MINUTE;
};

describe("waiting", () => {
  it("grows while the business is open and stands still while it is not", () => {
    const open: Waiting = { seconds: 600, at: at(0), running: true, turns_at: at(30) };
    expect([0, 20, 30, 45].map((minutes) => waited(open, minutes))).toEqual([10, 30, 40, 40]);
    const closed: Waiting = { seconds: 600, at: at(0), running: false, turns_at: at(30) };
    expect([0, 20, 30, 45].map((minutes) => waited(closed, minutes))).toEqual([10, 10, 10, 25]);
    expect([isRunning(open, T), isRunning(open, T + 31 * MINUTE), isRunning(closed, T + 31 * MINUTE)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("is what the list knows where the server has not measured it, and ends when somebody takes it", () => {
    expect(waitingSince(item(null), T)).toBe(at(-90));
    expect(waitingSince({ ...item(null), owner: "staff:1" }, T)).toBeNull();
  });
});
