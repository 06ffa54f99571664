/** The inbox's queue under /api/v1: numbers of the views, one thing done to many. */

import type { Answer } from "./answers";
import type { TeamCount } from "./assign";
import type { ConversationStatus, Owner } from "./console";

export type View = "waiting" | "mine" | "agent" | "all" | "snoozed" | "resolved";

export interface InboxCounts extends Record<View, number> {
  /** Counted no further than 100. */
  undelivered: number;
  teams?: TeamCount[];
  event_no: number;
}

/** How a conversation stood before a change, and how the change left it. */
export interface Before {
  status: ConversationStatus;
  owner: Owner;
  labels: string[];
  snoozed_until: string | null;
  left_status: ConversationStatus;
  left_owner: Owner;
}

export interface BulkResult {
  id: string;
  ok: boolean;
  code: string | null;
  title: string | null;
  before: Before | null;
  /** Of a take: messages of the agent that still got out, or may have. */
  on_its_way?: string[];
  event_no: number;
}

export interface BulkDone {
  results: BulkResult[];
}

export type SnoozeChoice = Answer<"SnoozeChoice">;
