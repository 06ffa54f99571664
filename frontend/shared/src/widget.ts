/** The widget's HTTP interface: sessions, messages and live events. */

import type { Part } from "./parts";

export type WidgetAuthor = "contact" | "agent" | "staff" | "system";

export type Delivery =
  | "queued"
  | "sending"
  | "unknown"
  | "accepted"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "cancelled"
  | "received";

export interface WidgetMessage {
  id: string;
  /** Its place in the conversation. */
  no: number;
  author: WidgetAuthor;
  author_name: string | null;
  parts: Part[];
  text: string;
  at: string;
  delivery: Delivery;
  /** The provisional draft that this message replaces. */
  draft?: string | null;
  /** The sender's own id, where the server echoes it. */
  client_id?: string | null;
}

export type WidgetOwnerKind = "agent" | "staff" | "nobody";

export interface WidgetOwner {
  owner: WidgetOwnerKind;
  name?: string | null;
}

export interface WidgetConfig {
  name: string;
  accent?: string | null;
  greeting?: string | null;
  locale?: string | null;
  automatic: boolean;
  model_connected: boolean;
  suggestions?: string[];
}

export interface WidgetSession {
  session_token: string;
  config: WidgetConfig;
  messages: WidgetMessage[];
  /** Who holds the conversation, where the server says so. */
  owner?: WidgetOwner | null;
  /** Where the live stream goes on so that nothing falls between it and `messages`. */
  last_event_id?: string | null;
}

export interface Tap {
  payload: string;
  title: string;
}

export type Outgoing = { client_id: string; text: string } | { client_id: string; tap: Tap };

export interface MessageDelta {
  draft: string;
  offset: number;
  text: string;
}

export type WidgetEvent =
  | { event: "message"; data: WidgetMessage }
  | { event: "message.delta"; data: MessageDelta }
  | { event: "message.discard"; data: { draft: string } }
  | { event: "typing"; data: { author: WidgetAuthor | null } }
  | { event: "delivery"; data: { message_id: string; delivery: Delivery } }
  | { event: "owner"; data: WidgetOwner };
