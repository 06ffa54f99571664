import type { Lead, SendVerdict } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { asProblem } from "./api/http";
import { isOlder, parseLive, touchedBy } from "./api/keys";
import { ar } from "./i18n/ar";
import { en } from "./i18n/en";
import { kk } from "./i18n/kk";
import { ru } from "./i18n/ru";
import { tr } from "./i18n/tr";
import { holderOf } from "./inbox/owner";
import { codeOf, summaryLines } from "./inbox/reason";
import { formatDuration, splitDuration, windowState } from "./inbox/window";
import { boardOf, columnsOf, money, readablePhone, saidBy } from "./leads/stage";

const HOUR = 3600_000;
const NOW = Date.parse("2026-05-01T10:00:00Z");
const verdict = (more: Partial<SendVerdict> = {}): SendVerdict => ({
  allowed: true,
  reason: null,
  until: null,
  alternatives: [],
  tag: null,
  ...more,
});

describe("reply window", () => {
  it("is free, open, urgent or closed", () => {
    expect(windowState(verdict(), NOW)).toEqual({ kind: "free" });
    const until = new Date(NOW + 3 * HOUR).toISOString();
    expect(windowState(verdict({ until }), NOW)).toMatchObject({ kind: "open", leftMs: 3 * HOUR, urgent: false });
    expect(windowState(verdict({ until, tag: "human_agent" }), NOW + 2 * HOUR)).toMatchObject({
      urgent: true,
      tagged: true,
    });
    expect(windowState(verdict({ until }), NOW + 3 * HOUR)).toMatchObject({ kind: "closed", reason: "window_closed" });
    expect(windowState(verdict({ allowed: false, reason: "opted_out" }), NOW)).toMatchObject({
      kind: "closed",
      reason: "opted_out",
    });
  });

  it("counts in the two largest units and never says nought", () => {
    expect(splitDuration(21 * HOUR + 12 * 60_000)).toEqual([
      { unit: "hour", value: 21 },
      { unit: "minute", value: 12 },
    ]);
    expect(splitDuration(49 * HOUR)).toEqual([
      { unit: "day", value: 2 },
      { unit: "hour", value: 1 },
    ]);
    expect(splitDuration(5_000)).toEqual([{ unit: "minute", value: 1 }]);
    expect(formatDuration(HOUR, "en")).toBe("1 hr");
  });
});

describe("holders and views", () => {
  it("tell me from a colleague", () => {
    expect(["agent", "app", "nobody", "staff:1", "staff:2"].map((owner) => holderOf(owner, "1"))).toEqual([
      "agent",
      "app",
      "nobody",
      "me",
      "colleague",
    ]);
    expect(holderOf("staff:", null)).toBe("colleague");
  });
});

describe("live events", () => {
  it("touch what they may have changed and nothing else", () => {
    expect(touchedBy({ kind: "message.created", conversation_id: "c" })).toEqual([
      ["conversation", "c"],
      ["messages", "c"],
      ["conversations"],
    ]);
    expect(touchedBy({ kind: "lead.created", conversation_id: null })).toEqual([["leads"]]);
    expect(touchedBy({ kind: "handoff.claimed", conversation_id: "c" })).not.toContainEqual(["counts"]);
    expect(touchedBy({ kind: "conversation.owner_changed", conversation_id: "c" })).toContainEqual(["counts"]);
    expect(touchedBy({ kind: "unheard.of", conversation_id: null })).toEqual([]);
  });

  it("change nothing that was read after them", () => {
    expect(isOlder({ event_no: 7 }, 7)).toBe(false);
    expect(isOlder({ event_no: 7 }, 8)).toBe(true);
    expect(isOlder({ pages: [{ event_no: 9 }, { event_no: 7 }] }, 8)).toBe(true);
    expect(isOlder({ pages: [{ event_no: 9 }] }, 8)).toBe(false);
    expect([undefined, null, {}, { event_no: null }].map((data) => isOlder(data, 1))).toEqual([true, true, true, true]);
  });
});

describe("problems and leads", () => {
  it("keep what the server says and survive what it does not", () => {
    expect(asProblem({ title: "No", code: "x" }, 409)).toEqual({ title: "No", code: "x", status: 409 });
    expect(asProblem("<html>", 502)).toEqual({ title: "", status: 502 });
  });

  it("stand in the columns of their stages, also of one that the pipeline lost", () => {
    const lead = (id: string, stage: string) => ({ id, stage }) as Lead;
    const stages = ["new", "won"].map((key) => ({ key, name: key.toUpperCase() }));
    const board = boardOf([lead("1", "won"), lead("2", "old"), lead("3", "won")], {
      key: "p",
      name: "P",
      stages,
      count: 3,
    });
    expect(board.map(({ name, leads }) => [name, leads.map(({ id }) => id)])).toEqual([
      ["NEW", []],
      ["WON", ["1", "3"]],
      ["old", ["2"]],
    ]);
  });

  it("show money and numbers as they are read aloud", () => {
    expect([money(1250.5, "USD", "en"), money(1000, "USD", "en"), money(null, "USD", "en")]).toEqual([
      "$1,250.50",
      "$1,000",
      "",
    ]);
    expect(["+905325550144", "+77015550133", "+447700900123", "+39061234567"].map(readablePhone)).toEqual([
      "+90 532 555 01 44",
      "+7 701 555 01 33",
      "+44 7700 900123",
      "+39061234567",
    ]);
  });
});

describe("languages", () => {
  const paths = (value: unknown, at = ""): string[] =>
    typeof value === "string"
      ? [`${at} ${[...value.matchAll(/\{\{\w+\}\}/g)].sort().join()}`]
      : Object.entries(value as object).flatMap(([key, inner]) => paths(inner, `${at}.${key}`));
  it("have the same words with the same gaps, none empty", () => {
    const wanted = paths(en).map((path) => path.split(" ")[0]);
    for (const words of [tr, ru, kk, ar]) {
      expect(paths(words).map((path) => path.split(" ")[0])).toEqual(expect.arrayContaining(wanted));
      expect(
        paths(words)
          .sort()
          .map((path) => path.split(",").sort().join()),
      ).toEqual(
        paths(en)
          .sort()
          .map((path) => path.split(",").sort().join()),
      );
      expect(JSON.stringify(words)).not.toContain(':""');
    }
  });
});

describe("live events", () => {
  it("without a kind change nothing: the stream's opening, drafts as they are written", () => {
    expect(parseLive('{"no":188}')).toBeNull();
    expect(parseLive('{"conversation_id":"c","draft":"d","offset":0,"text":"x"}')).toBeNull();
    expect(parseLive("null")).toBeNull();
    expect(parseLive("cut off")).toBeNull();
    expect(parseLive('{"no":1,"kind":"lead.created"}')).toMatchObject({ kind: "lead.created" });
  });
});

describe("why a person was asked for", () => {
  it("is a word for each of the flow's codes and the text itself otherwise", () => {
    expect(codeOf("asked")).toBe("asked");
    expect(codeOf("error:model_unavailable")).toBe("error");
    expect(codeOf("Wants to cancel")).toBeNull();
  });
});

describe("a brief without a model", () => {
  it("is told line by line with who said it, without what stands elsewhere", () => {
    expect(summaryLines("service: implant\ncontact: Hello\nagent: Hi: there")).toEqual([
      { author: "contact", words: "Hello" },
      { author: "agent", words: "Hi: there" },
    ]);
    expect(summaryLines("Wants an implant.")).toEqual([{ author: null, words: "Wants an implant." }]);
  });
});

describe("what a lead told", () => {
  it("is words first, without ids and what has a column of its own; empty columns are not shown", () => {
    const lead = {
      name: "Ada",
      phone: null,
      email: null,
      tags: [],
      fields: { budget: 10000, crm_id: "A-1", name: "Ada", service: "implant", extra: { a: 1 } },
    } as unknown as Lead;
    expect(saidBy(lead)).toBe("implant · 10000");
    expect(columnsOf([lead])).toEqual(["name", "phone", "fields", "stage", "created"]);
  });
});
