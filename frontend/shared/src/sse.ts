/** A parser of text/event-stream that is fed chunks cut anywhere. */

export interface ServerEvent {
  event: string;
  data: string;
  /** The last event id known after this event; empty where the stream never named one. */
  id: string;
}

export class SseParser {
  private buffer = "";
  private event = "";
  private data: string[] = [];
  private pendingId: string;
  private first = true;
  /** Reconnection time in ms that the server asked for. */
  retry: number | null = null;

  constructor(lastEventId = "") {
    this.pendingId = lastEventId;
  }

  /** Return the events completed by this chunk. */
  push(chunk: string): ServerEvent[] {
    this.buffer += this.first ? chunk.replace(/^\uFEFF/, "") : chunk;
    if (chunk) this.first = false;
    const found: ServerEvent[] = [];
    for (;;) {
      const end = this.buffer.search(/[\r\n]/);
      if (end < 0) return found;
      const isCr = this.buffer[end] === "\r";
      // A CR at the very end may be the first half of CRLF: wait for what follows.
      if (isCr && end === this.buffer.length - 1) return found;
      const line = this.buffer.slice(0, end);
      this.buffer = this.buffer.slice(end + (isCr && this.buffer[end + 1] === "\n" ? 2 : 1));
      const done = this.line(line);
      if (done) found.push(done);
    }
  }

  private line(line: string): ServerEvent | null {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.pendingId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }

  private dispatch(): ServerEvent | null {
    const { data, event } = this;
    this.data = [];
    this.event = "";
    if (data.length === 0) return null;
    return { event: event || "message", data: data.join("\n"), id: this.pendingId };
  }
}
