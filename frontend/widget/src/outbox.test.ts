import type { Outgoing } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { Outbox, type Sent } from "./outbox";

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

function setup(answers: Sent[]) {
  const tried: Outgoing[] = [];
  const states: string[] = [];
  const timers: (() => void)[] = [];
  const line = { online: true };
  const outbox = new Outbox({
    send: async (outgoing) => {
      tried.push(outgoing);
      return answers.shift() ?? { kind: "accepted", messageId: "m" };
    },
    online: () => line.online,
    onState: (id, state) => states.push(`${id} ${state}`),
    onAccepted: (id) => states.push(`${id} accepted`),
    wait: (_ms, then) => timers.push(then),
    random: () => 1,
  });
  return { outbox, tried, states, timers, line };
}
const say = (id: string): Outgoing => ({ client_id: id, text: id });

describe("Outbox", () => {
  it("sends in order and tries again with the same id", async () => {
    const { outbox, tried, timers } = setup([{ kind: "later" }]);
    outbox.add(say("a"));
    outbox.add(say("b"));
    await settle();
    expect(tried.map((item) => item.client_id)).toEqual(["a"]);
    timers.shift()?.();
    await settle();
    expect(tried.map((item) => item.client_id)).toEqual(["a", "a", "b"]);
  });

  it("holds what is written offline and sends it later", async () => {
    const { outbox, tried, states, line } = setup([]);
    line.online = false;
    outbox.add(say("a"));
    await settle();
    expect([tried.length, states]).toEqual([0, ["a queued"]]);
    line.online = true;
    outbox.flush();
    await settle();
    expect(states.at(-1)).toBe("a accepted");
  });

  it("gives up after five tries, lets the next one through, and starts again when asked", async () => {
    const { outbox, tried, states, timers } = setup(Array.from({ length: 5 }, () => ({ kind: "later" as const })));
    outbox.add(say("a"));
    outbox.add(say("b"));
    for (let turn = 0; turn < 6; turn++) {
      await settle();
      timers.shift()?.();
    }
    await settle();
    expect(states).toContain("a failed");
    expect(states).toContain("b accepted");
    outbox.retry("a");
    await settle();
    expect(tried.at(-1)?.client_id).toBe("a");
    expect(states.at(-1)).toBe("a accepted");
  });
});
