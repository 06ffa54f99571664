/** The panel's end of the talk with the host page. */
import { CONNECT, HELLO, type ToHost, type ToPanel } from "./protocol";

export class Bridge {
  private port: MessagePort | null = null;
  private readonly waiting: ToHost[] = [];

  constructor(
    private readonly hostOrigin: string | null,
    private readonly onMessage: (message: ToPanel) => void,
  ) {}

  /** Greet the page that framed us, by its exact origin; it answers with a port. */
  connect(): void {
    const { hostOrigin } = this;
    if (!hostOrigin || window.parent === window) return;
    window.addEventListener("message", (event) => {
      const [port] = event.ports;
      if (event.source !== window.parent || event.origin !== hostOrigin || event.data !== CONNECT || !port) return;
      this.port = port;
      port.onmessage = (received: MessageEvent<ToPanel>) => this.onMessage(received.data);
      for (const message of this.waiting.splice(0)) port.postMessage(message);
    });
    window.parent.postMessage(HELLO, hostOrigin);
  }

  tell(message: ToHost): void {
    if (this.port) this.port.postMessage(message);
    else this.waiting.push(message);
  }
}

/** Return the origin where `value` is exactly one, so that nothing looser can be named as a target. */
export function exactOrigin(value: string | null): string | null {
  if (!value) return null;
  try {
    const url = new URL(value);
    return /^https?:$/.test(url.protocol) && url.origin === value ? value : null;
  } catch {
    return null;
  }
}
