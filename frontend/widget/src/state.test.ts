import type { WidgetMessage } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { applyEvent, EMPTY, later, openChoices, type PanelState, withAccepted, withDelta } from "./state";

const message = (id: string, more: Partial<WidgetMessage> = {}): WidgetMessage => ({
  id,
  no: id.length,
  author: "agent",
  author_name: null,
  parts: [{ kind: "text", text: id }],
  text: id,
  at: `2026-05-01T10:00:0${id.length % 10}Z`,
  delivery: "sent",
  ...more,
});
const pending = (clientId: string, text = "hi") => ({
  clientId,
  outgoing: { client_id: clientId, text },
  text,
  at: "2026-05-01T09:00:00Z",
  state: "sending" as const,
});

describe("drafts", () => {
  it("grow by deltas and are replaced by the final message", () => {
    let state: PanelState = EMPTY;
    state = applyEvent(state, { event: "message.delta", data: { draft: "d", offset: 0, text: "Mer" } });
    state = applyEvent(state, { event: "message.delta", data: { draft: "d", offset: 3, text: "haba" } });
    expect(state.drafts).toEqual([{ id: "d", text: "Merhaba" }]);
    state = applyEvent(state, { event: "message", data: message("m1", { draft: "d" }) });
    expect(state.drafts).toEqual([]);
    expect(state.messages).toHaveLength(1);
  });

  it("ignore what a reconnect repeats and wait where a piece is missing", () => {
    const drafts = [{ id: "d", text: "Merhaba" }];
    expect(withDelta(drafts, { draft: "d", offset: 0, text: "Mer" })).toBe(drafts);
    expect(withDelta(drafts, { draft: "d", offset: 9, text: "x" })).toBe(drafts);
    expect(withDelta([], { draft: "d", offset: 4, text: "x" })).toEqual([]);
  });

  it("are discarded, and die when a person takes over", () => {
    const state = { ...EMPTY, drafts: [{ id: "d", text: "x" }] };
    expect(applyEvent(state, { event: "message.discard", data: { draft: "d" } }).drafts).toEqual([]);
    const taken = applyEvent(state, { event: "owner", data: { owner: "staff", name: "Ayşe" } });
    expect([taken.drafts, taken.ownerName, taken.messages.length]).toEqual([[], "Ayşe", 1]);
    expect(applyEvent(taken, { event: "owner", data: { owner: "staff", name: "Ayşe" } }).messages).toHaveLength(1);
  });
});

describe("messages", () => {
  it("come once, in the order of the conversation", () => {
    let state: PanelState = EMPTY;
    for (const id of ["ccc", "a", "bb", "a"]) state = applyEvent(state, { event: "message", data: message(id) });
    expect(state.messages.map((item) => item.id)).toEqual(["a", "bb", "ccc"]);
  });

  it("of mine are one bubble, whether the stream or the answer comes first", () => {
    const start = { ...EMPTY, pending: [pending("c1")] };
    const echo = { event: "message" as const, data: message("m1", { author: "contact", text: "hi" }) };
    for (const state of [
      withAccepted(applyEvent(start, echo), "c1", "m1"),
      applyEvent(withAccepted(start, "c1", "m1"), echo),
    ]) {
      expect(state.pending).toEqual([]);
      expect(state.messages.map((item) => [item.id, item.client_id])).toEqual([["m1", "c1"]]);
    }
  });

  it("of mine are one bubble when the answer was lost and another try waits", () => {
    const start = { ...EMPTY, pending: [{ ...pending("c1"), state: "queued" as const, tried: true }] };
    const state = applyEvent(start, {
      event: "message",
      data: message("m1", { author: "contact", text: "hi" }),
    });
    expect([state.pending.length, state.messages.length]).toEqual([0, 1]);
    expect(withAccepted(state, "c1", "m1").messages).toHaveLength(1);
  });

  it("of mine that were never sent are not taken for older ones of the same words", () => {
    const start = { ...EMPTY, pending: [{ ...pending("c1"), state: "queued" as const }] };
    const state = applyEvent(start, { event: "message", data: message("m0", { author: "contact", text: "hi" }) });
    expect([state.pending.length, state.messages.length]).toEqual([1, 1]);
  });

  it("of mine stand where the conversation has them, although the answer told of them late", () => {
    const start = { ...EMPTY, pending: [pending("c1")] };
    const reply = { event: "message" as const, data: message("m2", { no: 2, author: "staff" }) };
    const late = withAccepted(applyEvent(start, reply), "c1", "m1");
    expect(late.messages.map((item) => item.id)).toEqual(["m2", "m1"]);
    const echo = message("m1", { no: 1, author: "contact", text: "hi" });
    expect(applyEvent(late, { event: "message", data: echo }).messages.map((item) => item.id)).toEqual(["m1", "m2"]);
  });

  it("are not sorted by clocks, whose whole seconds are written shorter", () => {
    let state: PanelState = EMPTY;
    for (const [no, at] of ["2026-05-01T10:00:05Z", "2026-05-01T10:00:05.300000Z"].entries())
      state = applyEvent(state, { event: "message", data: message(`m${no}`, { no, at }) });
    expect(state.messages.map((item) => item.id)).toEqual(["m0", "m1"]);
  });

  it("never go back from read", () => {
    expect([later("read", "sent"), later("sent", "read"), later("sent", "failed")]).toEqual(["read", "read", "failed"]);
  });
});

describe("choices", () => {
  const question = message("q", { parts: [{ kind: "choices", body: "?", options: [] }] });
  it("are open until the visitor says something", () => {
    const state = { ...EMPTY, messages: [message("a"), question] };
    expect(openChoices(state)).toBe("q");
    expect(openChoices({ ...state, pending: [pending("c")] })).toBeNull();
    expect(openChoices({ ...state, messages: [...state.messages, message("mine", { author: "contact" })] })).toBeNull();
  });
});
