/** A live stream over fetch: sends headers, resumes with Last-Event-ID, backs off and comes back. */

import { type ServerEvent, SseParser } from "./sse";

export type LiveState = "connecting" | "open" | "waiting" | "stopped";

export interface LiveOptions {
  url: string;
  headers: () => Record<string, string>;
  onEvent: (event: ServerEvent) => void;
  onState?: (state: LiveState) => void;
  /** Called with a status that retrying will not mend (401, 403, 404, 410). */
  onRefused?: (status: number) => void;
  lastEventId?: string;
  fetch?: typeof fetch;
  random?: () => number;
  /** No byte for this long means that the line is dead; servers send comments in between. */
  silenceMs?: number;
}

const FIRST_MS = 500;
const LAST_MS = 20_000;

/** Return how long to wait before attempt `n` (0 is the first retry): doubling, capped, half of it random. */
export function backoff(n: number, random: () => number, serverMs: number | null = null): number {
  const base = Math.max(serverMs ?? FIRST_MS, FIRST_MS);
  const full = Math.min(LAST_MS, base * 2 ** Math.min(n, 8));
  return Math.round(full / 2 + (full / 2) * random());
}

export class LiveStream {
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private stopped = true;
  private paused = false;
  private lastId: string;
  private retryMs: number | null = null;

  constructor(private readonly options: LiveOptions) {
    this.lastId = options.lastEventId ?? "";
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.abort?.abort();
    this.options.onState?.("stopped");
  }

  /** Let the line go while nobody looks: browsers allow six per host over HTTP/1.1, and every tab would hold one. */
  pause(): void {
    if (this.stopped || this.paused) return;
    this.paused = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.abort?.abort();
  }

  /** The network is gone: what the line still says comes from nowhere, and it would be found dead only much later. */
  drop(): void {
    if (!this.stopped && !this.paused) this.abort?.abort();
  }

  /** Come back at once: the network returned or the page woke up. */
  nudge(): void {
    if (this.stopped) return;
    if (this.paused) {
      this.paused = false;
      this.attempt = 0;
      void this.connect();
      return;
    }
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.attempt = 0;
    void this.connect();
  }

  private async connect(): Promise<void> {
    const { options } = this;
    const abort = new AbortController();
    this.abort = abort;
    options.onState?.("connecting");
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream", ...options.headers() };
      if (this.lastId) headers["Last-Event-ID"] = this.lastId;
      const response = await (options.fetch ?? fetch)(options.url, {
        headers,
        signal: abort.signal,
        cache: "no-store",
        credentials: "same-origin",
      });
      if ([401, 403, 404, 410].includes(response.status)) {
        this.stop();
        options.onRefused?.(response.status);
        return;
      }
      if (!response.ok || !response.body) throw new Error(`live stream answered ${response.status}`);
      options.onState?.("open");
      await this.read(response.body);
    } catch {
      // The network failed or we gave up on a silent line: fall through to the retry.
    }
    if (this.abort !== abort) return;
    clearTimeout(this.silence);
    if (this.stopped || this.paused) return;
    options.onState?.("waiting");
    const wait = backoff(this.attempt++, options.random ?? Math.random, this.retryMs);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.connect();
    }, wait);
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new SseParser(this.lastId);
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      this.watchSilence();
      const { done, value } = await reader.read();
      if (done) return;
      this.attempt = 0;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        if (event.id) this.lastId = event.id;
        this.tell(event);
      }
      this.retryMs = parser.retry ?? this.retryMs;
    }
  }

  /** A listener that fails is its own fault: taken for a dead line, the same event would come back for ever. */
  private tell(event: ServerEvent): void {
    try {
      this.options.onEvent(event);
    } catch (fault) {
      globalThis.reportError?.(fault);
    }
  }

  private watchSilence(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.abort?.abort(), this.options.silenceMs ?? 60_000);
  }
}

/** Pause a stream some time after its page was hidden, wake it when the page is seen; let it go with the network and come back with it. Returns the undo. */
export function followPage(
  stream: () => LiveStream | null,
  hiddenMs: number,
  keep: () => boolean = () => false,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seen = () => {
    clearTimeout(timer);
    if (!document.hidden) stream()?.nudge();
    else if (!keep()) timer = setTimeout(() => stream()?.pause(), hiddenMs);
  };
  document.addEventListener("visibilitychange", seen);
  const lost = () => stream()?.drop();
  window.addEventListener("online", seen);
  window.addEventListener("offline", lost);
  if (document.hidden) seen();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("online", seen);
    window.removeEventListener("offline", lost);
  };
}
