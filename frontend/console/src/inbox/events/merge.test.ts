import type { ConversationMessage, Happening, Note } from "@frontdesk/shared";
import { expect, test } from "vitest";
import { merge, stands } from "./merge";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString();
const message = (id: string, minute: number) =>
  ({ id, event_at: at(minute), created_at: at(minute) }) as ConversationMessage;
const note = (id: string, minute: number) => ({ id, created_at: at(minute) }) as Note;
const happening = (id: string, minute: number) => ({ id, at: at(minute) }) as Happening;
const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

test("notes and happenings stand between the messages, in the order of time", () => {
  const merged = merge([message("m1", 1), message("m2", 5)], [note("n", 9)], [happening("h", 3)], { older: false });
  expect(ids(merged)).toEqual(["m1", "h", "m2", "n"]);
});

test("what is older than the oldest message that is loaded waits for it", () => {
  expect(ids(merge([message("m5", 5)], [note("n", 1)], [happening("h", 6)], { older: true }))).toEqual(["m5", "h"]);
  expect(ids(merge([message("m5", 5)], [note("n", 1)], [], { older: false }))).toEqual(["n", "m5"]);
});

test("messages keep their own order, whatever the providers' clocks say", () => {
  expect(ids(merge([message("m2", 7), message("m1", 2)], [], [happening("h", 5)], { older: false }))).toEqual([
    "h",
    "m2",
    "m1",
  ]);
});

test("what is newer than what is loaded around a place waits for it", () => {
  const merged = merge([message("m1", 1), message("m5", 5)], [note("n3", 3), note("n9", 9)], [], {
    older: false,
    newer: true,
  });
  expect(ids(merged)).toEqual(["m1", "n3", "m5"]);
});

test("a note stands among what is loaded unless it is older than that", () => {
  const newestFirst = [message("m9", 9), message("m5", 5)];
  const notes = [note("n1", 1), note("n7", 7)];
  const among = (id: string, hasOlder: boolean) => stands(id, newestFirst, notes, hasOlder);
  expect([among("m5", true), among("n7", true), among("n1", true), among("n1", false), among("m1", false)]).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
});
