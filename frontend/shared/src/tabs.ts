/** One live stream for all tabs of a browser: one of them holds the line and passes on what it hears. */

import { followPage, type LiveOptions, type LiveState, LiveStream } from "./live";
import type { ServerEvent } from "./sse";

/** What tabs tell each other through; a `BroadcastChannel`. */
export type Lane = Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;

/** Who decides which tab holds the line; `navigator.locks`. */
export interface Locks {
  request(name: string, options: { steal?: boolean }, held: () => Promise<void>): Promise<unknown>;
}

export interface TabsOptions extends Omit<LiveOptions, "lastEventId"> {
  /** Tabs with the same name share: one business, one person. */
  name: string;
  locks?: Locks;
  lane?: (name: string) => Lane;
  /** Whether somebody looks at this tab: it asks now and then whether whoever holds the line is still awake. */
  looking?: () => boolean;
}

type Told =
  | { say: "hello" }
  | { say: "event"; event: ServerEvent }
  | { say: "state"; state: LiveState; id: string }
  | { say: "refused"; status: number };

const ASK_MS = 15_000;
const ANSWER_MS = 5_000;

/** Browsers put tabs to sleep, also one that holds the line: then the tab that is looked at takes it over. */
export class SharedStream {
  private line: LiveStream | null = null;
  private unfollow: (() => void) | null = null;
  private release: (() => void) | null = null;
  private lane: Lane | null = null;
  private state: LiveState = "connecting";
  private lastId = "";
  private began = false;
  private stopped = true;
  private asking: ReturnType<typeof setInterval> | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: TabsOptions) {}

  start(): void {
    this.stopped = false;
    const { locks, lane, name } = this.options;
    if (!locks || !lane) {
      this.lead();
      return;
    }
    this.lane = lane(name);
    this.lane.onmessage = ({ data }) => this.hear(data as Told);
    void this.queue(locks, false);
    this.tell({ say: "hello" });
    this.asking = setInterval(() => this.ask(locks), ASK_MS);
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.asking);
    clearTimeout(this.waiting);
    this.leave();
    this.release?.();
    this.lane?.close();
  }

  private async queue(locks: Locks, steal: boolean): Promise<void> {
    try {
      await locks.request(this.options.name, steal ? { steal } : {}, () => {
        if (this.stopped) return Promise.resolve();
        this.lead();
        return new Promise((resolve) => {
          this.release = resolve;
        });
      });
    } catch {
      // Another tab took the line over: this one listens, and waits for its turn again.
      this.leave();
      if (!this.stopped) void this.queue(locks, false);
    }
  }

  private lead(): void {
    clearTimeout(this.waiting);
    const { options } = this;
    this.line = new LiveStream({
      ...options,
      lastEventId: this.lastId,
      onEvent: (event) => {
        this.tell({ say: "event", event });
        this.take(event);
      },
      onState: (state) => {
        if (state === "stopped") return;
        this.see(state);
        this.tell({ say: "state", state, id: this.lastId });
      },
      onRefused: (status) => {
        this.tell({ say: "refused", status });
        options.onRefused?.(status);
      },
    });
    this.line.start();
    // Alone it lets the line go while nobody looks; the one line of all tabs stays.
    this.unfollow = followPage(
      () => this.line,
      30_000,
      () => this.lane !== null,
    );
  }

  private leave(): void {
    this.unfollow?.();
    this.unfollow = null;
    this.line?.stop();
    this.line = null;
  }

  private hear(told: Told): void {
    if (told.say === "hello") {
      if (this.line) this.tell({ say: "state", state: this.state, id: this.lastId });
      return;
    }
    clearTimeout(this.waiting);
    this.waiting = undefined;
    // What whoever had the line before still says is no news to whoever has it now.
    if (this.line) return;
    if (told.say === "event") this.take(told.event);
    else if (told.say === "refused") this.options.onRefused?.(told.status);
    else {
      // Joined in the middle: from here on nothing is missed, what was read before may be older.
      if (!this.began && told.id)
        this.take({ event: "ready", data: JSON.stringify({ no: Number(told.id) }), id: told.id });
      this.see(told.state);
    }
  }

  private ask(locks: Locks): void {
    if (this.line || this.waiting !== undefined || !(this.options.looking?.() ?? true)) return;
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      if (!this.line && !this.stopped) void this.queue(locks, true);
    }, ANSWER_MS);
    this.tell({ say: "hello" });
  }

  private take(event: ServerEvent): void {
    if (event.event === "ready") this.began = true;
    if (event.id) this.lastId = event.id;
    this.options.onEvent(event);
  }

  private see(state: LiveState): void {
    this.state = state;
    this.options.onState?.(state);
  }

  private tell(told: Told): void {
    this.lane?.postMessage(told);
  }
}
