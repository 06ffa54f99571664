/** The console's HTTP interface under /api/v1. */

import type { Answer } from "./answers";
import type { Waiting } from "./assign";
import type { Part } from "./parts";
import type { Position } from "./thread";
import type { Delivery } from "./widget";

export type ChannelType = "whatsapp" | "instagram" | "messenger" | "widget";
export type ConversationStatus = "open" | "snoozed" | "resolved";
export type Author = "contact" | "agent" | "staff" | "app" | "api" | "system";
export type Role = "owner" | "admin" | "builder" | "staff";

/** `agent`, `app`, `nobody`, or `staff:<id>`. */
export type Owner = string;

export interface Me {
  staff: { id: string; email: string; name: string; locale?: string | null } | null;
  tenant: { id: string; name: string };
  role: Role;
  model_connected: boolean;
  simulator_url: string | null;
  memberships: { tenant_id: string; name: string; role: Role }[];
  csrf_token: string;
  /** How many others work for this tenant. */
  colleagues: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  /** Asks for what precedes, where a list was entered in its middle. */
  newer_cursor?: string | null;
  /** What it is valid at; events after it may change it. */
  event_no?: number | null;
}

export interface HandoffBrief {
  reason?: string | null;
  summary?: string | null;
  collected?: Record<string, unknown> | null;
  suggested_reply?: string | null;
}

export interface HandoffSummary {
  id: string;
  state: "waiting" | "claimed" | "done";
  reason: string;
  queue: string;
  created_at: string;
  /** Since when it waits too long. */
  escalated_at?: string | null;
}

export interface ConversationItem {
  id: string;
  status: ConversationStatus;
  owner: Owner;
  owner_name: string | null;
  channel: ChannelType;
  contact: { id: string; name: string | null };
  unread: number;
  last_message: { text: string; author: Author; at: string } | null;
  last_inbound_at: string | null;
  locale: string | null;
  labels: string[];
  /** Since when it is with whom it is with; null: since it began. */
  owner_since: string | null;
  snoozed_until: string | null;
  handoff: HandoffSummary | null;
  /** Key of the team from which a person is wanted. */
  team?: string | null;
  waiting?: Waiting | null;
  version: number;
}

export type RefusalReason =
  | "window_closed"
  | "never_wrote"
  | "opted_out"
  | "quiet_hours"
  | "account_down"
  | "not_owner"
  | "too_long"
  | "empty"
  | "unsupported";

export interface Alternative {
  kind: "template" | "human_agent" | "wait" | "reconnect" | "take" | "shorten";
  at: string | null;
}

export interface SendVerdict {
  allowed: boolean;
  reason: RefusalReason | null;
  until: string | null;
  alternatives: Alternative[];
  tag: "human_agent" | null;
}

/** Which files a channel takes as one kind of media: MIME types, bytes at most. */
export type FileLimit = Answer<"FileLimitView">;

export interface ConversationDetail extends Omit<ConversationItem, "handoff"> {
  account: { id: string; name: string; status?: string } | null;
  can_send: SendVerdict;
  /** The conversation in which it goes on: nobody writes here any more. */
  goes_on: string | null;
  /** Files that its channel takes from people. */
  attachable: FileLimit[];
  handoff: (HandoffSummary & { brief: HandoffBrief | null }) | null;
  run: Position | null;
}

export interface ConversationMessage {
  id: string;
  author: Author;
  author_name: string | null;
  parts: Part[];
  text: string;
  delivery: Delivery;
  reason: string | null;
  created_at: string;
  event_at: string;
  turn_id: string | null;
  /** What it answers; without an id it is not kept here. */
  quotes?: { message_id: string | null; author: Author | null; text: string } | null;
  referral?: Referral | null;
  /** The business's story that it answers. */
  story?: Answer<"StoryView"> | null;
  forwarded?: boolean;
}

/** Where a customer came from: an ad, a link, a product. */
export type Referral = Partial<Answer<"Referral">>;

export interface Lead {
  id: string;
  name: string | null;
  phone: string | null;
  email: string | null;
  pipeline: string;
  stage: string;
  fields: Record<string, unknown>;
  tags: string[];
  created_at: string;
  conversation_id: string | null;
  contact: { id: string; name: string | null };
  source_message_id: string | null;
  owner?: { id: string; name: string | null } | null;
  value?: number | null;
  currency?: string | null;
  channel?: ChannelType | null;
  version?: number;
}

export type AccountStatus = "active" | "paused" | "reconnect" | "disconnected";

export interface ChannelAccount {
  id: string;
  channel: ChannelType;
  name: string;
  provider_id: string;
  status: AccountStatus;
  reason: string | null;
  flow: { id: string; name: string } | string | null;
}

/** What the provider said of an account. */
export type AccountEvent = Answer<"AccountEventView">;

export interface LiveEvent {
  no: number;
  kind: string;
  conversation_id: string | null;
  entity_id: string | null;
  /** The entity's own after the event; 0 where it has none. */
  version: number;
}

/** RFC 9457, with a stable `code`. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  code?: string;
  detail?: string | null;
  [extra: string]: unknown;
}
