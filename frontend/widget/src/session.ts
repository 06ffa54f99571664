/** One visitor's session: opens or resumes it, listens, and keeps it alive. */
import type { WidgetEvent, WidgetSession } from "@frontdesk/shared";
import { followPage, LiveStream } from "@frontdesk/shared/live";
import { openSession } from "./api";
import { soundIsOn } from "./sound";
import { keep, recall } from "./storage";

export interface SessionHooks {
  onSession: (session: WidgetSession) => void;
  onEvent: (event: WidgetEvent) => void;
  onConnection: (connection: "online" | "reconnecting") => void;
  onUnavailable: () => void;
}

const NAMES = new Set(["message", "message.delta", "message.discard", "typing", "delivery", "owner"]);

export class Session {
  token: string | null = null;
  private stream: LiveStream | null = null;
  private readonly key: string;
  private tries = 0;

  constructor(
    private readonly widgetId: string,
    private readonly locale: string,
    private readonly hooks: SessionHooks,
  ) {
    followPage(() => this.stream, 15_000, soundIsOn);
    this.key = `frontdesk:session:${widgetId}`;
  }

  async open(): Promise<void> {
    const stored = recall(this.key);
    const result = await openSession(this.widgetId, this.locale, stored);
    if (result.ok) {
      this.tries = 0;
      this.token = result.session.session_token;
      keep(this.key, this.token);
      this.hooks.onSession(result.session);
      this.listen(result.session.last_event_id ?? "");
    } else if (stored && [401, 403, 404].includes(result.status)) {
      keep(this.key, null);
      await this.open();
    } else if (result.status >= 400 && result.status < 500 && result.status !== 429) {
      this.hooks.onUnavailable();
    } else {
      this.hooks.onConnection("reconnecting");
      setTimeout(() => void this.open(), Math.min(30_000, 1000 * 2 ** this.tries++));
    }
  }

  private listen(lastEventId: string): void {
    this.stream?.stop();
    this.stream = new LiveStream({
      url: "/widget/v1/events",
      lastEventId,
      headers: () => ({ Authorization: `Bearer ${this.token ?? ""}` }),
      onEvent: (event) => {
        if (!NAMES.has(event.event)) return;
        const parsed = parse(event.data);
        if (parsed) this.hooks.onEvent({ event: event.event, data: parsed } as WidgetEvent);
      },
      onState: (state) => {
        if (state === "open") this.hooks.onConnection("online");
        else if (state === "waiting") this.hooks.onConnection("reconnecting");
      },
      onRefused: () => {
        this.token = null;
        void this.open();
      },
    });
    this.stream.start();
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
