import type { ConversationMessage, Happening, Note } from "@frontdesk/shared";
import { expect, test } from "vitest";
import { merge } from "./merge";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString();
const message = (id: string, minute: number) =>
  ({ id, event_at: at(minute), created_at: at(minute) }) as ConversationMessage;
const note = (id: string, minute: number) => ({ id, created_at: at(minute) }) as Note;
const happening = (id: string, minute: number) => ({ id, at: at(minute) }) as Happening;
const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

test("notes and happenings stand between the messages, in the order of time", () => {
  const merged = merge([message("m1", 1), message("m2", 5)], [note("n", 9)], [happening("h", 3)], false);
  expect(ids(merged)).toEqual(["m1", "h", "m2", "n"]);
});

test("what is older than the oldest message that is loaded waits for it", () => {
  expect(ids(merge([message("m5", 5)], [note("n", 1)], [happening("h", 6)], true))).toEqual(["m5", "h"]);
  expect(ids(merge([message("m5", 5)], [note("n", 1)], [], false))).toEqual(["n", "m5"]);
});

test("messages keep their own order, whatever the providers' clocks say", () => {
  expect(ids(merge([message("m2", 7), message("m1", 2)], [], [happening("h", 5)], false))).toEqual(["h", "m2", "m1"]);
});
