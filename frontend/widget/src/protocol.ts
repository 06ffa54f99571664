/** What the loader (host page) and the panel (our iframe) say to each other. The port is handed over once, after both checked whom they talk to. */

export const HELLO = "frontdesk:hello";
export const CONNECT = "frontdesk:connect";

export type ToPanel = { type: "shown"; touch: boolean } | { type: "hidden" };

export type ToHost =
  | { type: "close" }
  | { type: "unread"; count: number }
  | { type: "started" }
  | { type: "look"; accent: string | null; name: string; locale: string };
