import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Lane, type Locks, SharedStream } from "./tabs";

/** A browser with tabs: lanes between them, one lock, and a server that counts its streams. */
class World {
  readonly lanes = new Set<Lane>();
  readonly asleep = new Set<Lane>();
  readonly asked: (string | undefined)[] = [];
  private readonly open: ReadableStreamDefaultController<Uint8Array>[] = [];
  private queue: { held: () => Promise<void>; done: () => void; fail: (e: Error) => void }[] = [];
  private holder: { fail: (e: Error) => void } | null = null;

  readonly locks: Locks = {
    request: (_name, { steal }, held) =>
      new Promise<void>((done, fail) => {
        if (steal && this.holder) {
          this.holder.fail(new Error("stolen"));
          this.holder = null;
        }
        this.queue.push({ held, done, fail });
        this.grant();
      }),
  };

  private grant(): void {
    const next = this.holder ? undefined : this.queue.shift();
    if (!next) return;
    this.holder = next;
    void next.held().then(() => {
      next.done();
      if (this.holder === next) this.holder = null;
      this.grant();
    });
  }

  get streams(): number {
    return this.open.length;
  }

  tab() {
    const got: string[] = [];
    const states: string[] = [];
    let mine: Lane | null = null;
    const stream = new SharedStream({
      name: "n",
      url: "/events",
      headers: () => ({}),
      locks: this.locks,
      lane: () => {
        const lane: Lane = {
          onmessage: null,
          postMessage: (data) => {
            if (this.asleep.has(lane)) return;
            for (const other of this.lanes) {
              const hears = other !== lane && !this.asleep.has(other);
              if (hears) other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent);
            }
          },
          close: () => this.lanes.delete(lane),
        };
        this.lanes.add(lane);
        mine = lane;
        return lane;
      },
      onEvent: ({ event, data }) => got.push(event === "ready" ? `ready ${JSON.parse(data).no}` : data),
      onState: (state) => states.push(state),
      fetch: ((_url: string, init: RequestInit) => {
        this.asked.push((init.headers as Record<string, string>)["Last-Event-ID"]);
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            this.open.push(controller);
            init.signal?.addEventListener("abort", () => {
              this.open.splice(this.open.indexOf(controller), 1);
              controller.error(new Error("aborted"));
            });
          },
        });
        return Promise.resolve(new Response(body));
      }) as unknown as typeof fetch,
    });
    stream.start();
    return { stream, got, states, sleep: () => mine && this.asleep.add(mine) };
  }

  async send(text: string): Promise<void> {
    for (const line of this.open) line.enqueue(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(1);
  }
}

describe("SharedStream", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    const events = { addEventListener: () => {}, removeEventListener: () => {} };
    vi.stubGlobal("document", { ...events, hidden: false });
    vi.stubGlobal("window", events);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const settle = () => vi.advanceTimersByTimeAsync(1);

  it("holds one line for all tabs, and all hear everything", async () => {
    const world = new World();
    const first = world.tab();
    await settle();
    await world.send('id: 4\nevent: ready\ndata: {"no": 4}\n\n');
    const second = world.tab();
    await settle();
    await world.send("id: 5\ndata: a\n\n");
    expect(world.asked).toEqual([undefined]);
    expect(first.got).toEqual(["ready 4", "a"]);
    expect(second.got).toEqual(["ready 4", "a"]);
    expect(second.states.at(-1)).toBe("open");
  });

  it("goes on without a gap where the tab that held the line is closed", async () => {
    const world = new World();
    const first = world.tab();
    await settle();
    const second = world.tab();
    const third = world.tab();
    await settle();
    await world.send('id: 4\nevent: ready\ndata: {"no": 4}\n\n');
    await world.send("id: 5\ndata: a\n\n");
    first.stream.stop();
    await settle();
    expect(world.asked).toEqual([undefined, "5"]);
    expect(world.streams).toBe(1);
    await world.send("id: 6\ndata: b\n\n");
    expect(second.got).toEqual(["ready 4", "a", "b"]);
    expect(third.got).toEqual(["ready 4", "a", "b"]);
  });

  it("takes the line from a tab that fell asleep", async () => {
    const world = new World();
    const first = world.tab();
    await settle();
    await world.send("id: 5\ndata: a\n\n");
    const second = world.tab();
    await settle();
    first.sleep();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(world.asked.length).toBe(2);
    expect(world.streams).toBe(1);
    await world.send("id: 6\ndata: b\n\n");
    expect(second.got.at(-1)).toBe("b");
    expect(first.got).toEqual(["a"]);
  });

  it("does not take it from one that answers", async () => {
    const world = new World();
    world.tab();
    await settle();
    world.tab();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.streams).toBe(1);
  });

  it("has a line of its own where browsers have no locks", async () => {
    const world = new World();
    (world as { locks?: Locks }).locks = undefined;
    world.tab();
    world.tab();
    await settle();
    expect(world.streams).toBe(2);
  });
});
