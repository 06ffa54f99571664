/** Sends what the visitor wrote, one at a time and in order, with one id per message however often it is tried. */
import type { Outgoing } from "@frontdesk/shared";
import { backoff } from "@frontdesk/shared/live";

export type Sent =
  | { kind: "accepted"; messageId: string }
  /** Worth trying again by itself; `afterMs` where the server said when. */
  | { kind: "later"; afterMs?: number }
  /** Only the visitor can decide to try again. */
  | { kind: "refused" };

export interface OutboxHooks {
  send: (outgoing: Outgoing) => Promise<Sent>;
  online: () => boolean;
  onState: (clientId: string, state: "queued" | "sending" | "failed") => void;
  onAccepted: (clientId: string, messageId: string) => void;
  wait?: (ms: number, then: () => void) => unknown;
  random?: () => number;
}

const TRIES = 5;

export class Outbox {
  private readonly queue: { outgoing: Outgoing; tries: number }[] = [];
  private readonly failed = new Map<string, Outgoing>();
  private busy = false;
  private waiting = false;

  constructor(private readonly hooks: OutboxHooks) {}

  add(outgoing: Outgoing): void {
    this.queue.push({ outgoing, tries: 0 });
    this.hooks.onState(outgoing.client_id, "queued");
    this.flush();
  }

  /** The visitor pressed "Try again". */
  retry(clientId: string): void {
    const outgoing = this.failed.get(clientId);
    if (!outgoing) return;
    this.failed.delete(clientId);
    this.add(outgoing);
  }

  /** Go on now: after a reconnect, or when the browser is online again. */
  flush(): void {
    const [first] = this.queue;
    if (!first || this.busy || this.waiting || !this.hooks.online()) return;
    void this.attempt(first);
  }

  private async attempt(item: { outgoing: Outgoing; tries: number }): Promise<void> {
    const { hooks } = this;
    const id = item.outgoing.client_id;
    this.busy = true;
    hooks.onState(id, "sending");
    const result = await hooks.send(item.outgoing);
    this.busy = false;
    if (result.kind === "accepted") {
      this.queue.shift();
      hooks.onAccepted(id, result.messageId);
    } else if (!hooks.online()) {
      hooks.onState(id, "queued");
      return;
    } else if (result.kind === "refused" || ++item.tries >= TRIES) {
      this.queue.shift();
      this.failed.set(id, item.outgoing);
      hooks.onState(id, "failed");
    } else {
      this.pause(result.afterMs ?? backoff(item.tries, hooks.random ?? Math.random));
      return;
    }
    this.flush();
  }

  private pause(ms: number): void {
    this.waiting = true;
    (this.hooks.wait ?? ((time, then) => setTimeout(then, time)))(ms, () => {
      this.waiting = false;
      this.flush();
    });
  }
}
