import type { ConversationItem } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { pauseOf } from "../api/keys";
import { COMMANDS, comboOf, commandsFor } from "../keys/commands";
import { pick } from "../palette/match";
import { offsetsOf, rowsWithin } from "./rows";
import { foresee, type Step, shows } from "./steps";
import { VIEWS } from "./views";
import { waitingSince } from "./waits";

const item = (more: Partial<ConversationItem> = {}) =>
  ({
    id: "c",
    status: "open",
    owner: "agent",
    owner_name: null,
    labels: [],
    snoozed_until: null,
    handoff: null,
    owner_since: null,
    ...more,
  }) as ConversationItem;
const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }) as KeyboardEvent;
const ids = (event: KeyboardEvent) => commandsFor(event).map(({ id }) => id);

describe("what is done from the list", () => {
  it("moves a row to the view it will stand in", () => {
    const views = (step: Step, of = item({ owner: "nobody", labels: ["a"] })) =>
      VIEWS.filter((view) => shows(view, foresee(of, step, "7"), "7"));
    expect(views({ action: "take" })).toEqual(["mine", "all"]);
    expect(views({ action: "hand_back" })).toEqual(["agent", "all"]);
    expect(views({ action: "resolve" })).toEqual(["resolved"]);
    expect(views({ action: "snooze", until: null })).toEqual(["snoozed"]);
    expect(views({ action: "assign", staff_id: "8", name: "Selin" })).toEqual(["all"]);
    expect(views({ action: "label", add: [], remove: [] })).toEqual(["waiting", "all"]);
    expect(views({ action: "reopen" }, item({ status: "resolved" }))).toEqual(["agent", "all"]);
  });

  it("puts labels on and takes them off", () => {
    const step: Step = { action: "label", add: ["b", "a"], remove: ["c"] };
    expect(foresee(item({ labels: ["a", "c"] }), step, null).labels).toEqual(["a", "b"]);
  });
});

describe("waiting time", () => {
  it("is counted from the handoff, else from when nobody held it, and only while somebody waits", () => {
    const handoff = { id: "h", state: "waiting", reason: "asked", queue: "default", created_at: "T1" } as const;
    expect(waitingSince(item({ owner: "nobody", owner_since: "T2", handoff }), 0)).toBe("T1");
    expect(waitingSince(item({ owner: "nobody", owner_since: "T2" }), 0)).toBe("T2");
    expect(waitingSince(item({ owner: "staff:7", owner_since: "T2" }), 0)).toBeNull();
    expect(waitingSince(item({ owner: "nobody", status: "snoozed", owner_since: "T2" }), 0)).toBeNull();
  });
});

describe("rows on screen", () => {
  const offsets = offsetsOf([60, 80, 60, 80]);
  it("are those that touch the stretch", () => {
    expect(offsets).toEqual([0, 60, 140, 200, 280]);
    expect(rowsWithin(offsets, 0, 59)).toEqual([0, 1]);
    expect(rowsWithin(offsets, 60, 140)).toEqual([1, 3]);
    expect(rowsWithin(offsets, -400, 10_000)).toEqual([0, 4]);
    expect(rowsWithin([0], 0, 800)).toEqual([0, 0]);
  });

  it("are few, however long the list is", () => {
    const [first, end] = rowsWithin(offsetsOf(Array.from({ length: 100_000 }, () => 66)), 3_000_000, 3_000_800);
    expect(end - first).toBeLessThan(20);
  });
});

describe("keys", () => {
  it("mean one thing each, and where two share one it is said which comes first", () => {
    const all = COMMANDS.flatMap(({ keys }) => [...keys] as string[]);
    expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual(["Escape"]);
    expect(ids(press("Escape"))).toEqual(["clear", "leave"]);
  });

  it("are found whatever the layout writes, and leave the browser's own alone", () => {
    expect(ids(press("t"))).toEqual(["take"]);
    expect(ids(press("е", { code: "KeyT" }))).toEqual(["take"]);
    expect(ids(press("ف", { code: "KeyT" }))).toEqual(["take"]);
    expect(ids(press("k", { ctrlKey: true }))).toEqual(["palette"]);
    expect(ids(press("л", { code: "KeyK", metaKey: true }))).toEqual(["palette"]);
    expect(ids(press("J", { shiftKey: true }))).toEqual(["selectDown"]);
    expect(ids(press("ArrowUp", { shiftKey: true }))).toEqual(["selectUp"]);
    expect(ids(press("?", { shiftKey: true }))).toEqual(["help"]);
    expect(ids(press("t", { ctrlKey: true }))).toEqual([]);
    expect(ids(press("t", { altKey: true }))).toEqual([]);
    expect(comboOf(press("7"))).toBe("7");
  });
});

describe("the palette", () => {
  it("finds by the beginnings of words, without case and accents", () => {
    const labels = ["Ertele", "Ayşe Yılmaz", "Ещё", "Tümü"].map((label) => ({ label }));
    const found = (typed: string) => pick(labels, typed).map(({ label }) => label);
    expect(found("yil ayse")).toEqual(["Ayşe Yılmaz"]);
    expect(found("lmaz")).toEqual([]);
    expect(found("еще")).toEqual(["Ещё"]);
    expect(found("TUM")).toEqual(["Tümü"]);
    expect(found("")).toHaveLength(4);
  });
});

describe("a stream of events", () => {
  it("fetches lists and numbers at most so often, and what is open at once", () => {
    expect(pauseOf(["counts"], Number.POSITIVE_INFINITY)).toBe(80);
    expect(pauseOf(["counts"], 100)).toBe(500);
    expect(pauseOf(["conversations"], 1000)).toBe(80);
    expect(pauseOf(["messages", "c"], 0)).toBe(80);
  });
});
