/** Giving conversations out, under /api/v1: teams, who is there, what did not arrive. */

import type { Author, ChannelType } from "./console";

export interface TeamCount {
  key: string;
  name: string;
  open: number;
  /** Of the open ones, those that nobody holds. */
  waiting: number;
}

export interface Team extends TeamCount {
  members: { id: string; name: string | null }[];
}

export interface Colleague {
  id: string;
  name: string;
  online: boolean;
  /** They said that they take nothing now. */
  away: boolean;
  open: number;
  capacity: number;
  own_capacity: number | null;
  teams: string[];
}

/** How long somebody waits, in opening hours: at a moment, and whether it grows. */
export interface Waiting {
  seconds: number;
  at: string;
  running: boolean;
  turns_at: string | null;
}

export interface Undelivered {
  id: string;
  message_id: string;
  conversation_id: string;
  author: Author;
  state: "failed" | "unknown";
  reason: string | null;
  /** The provider's own number for it. */
  code: number | null;
  fix: string | null;
  at: string;
  channel: ChannelType;
  contact: { id: string; name: string | null };
  text: string;
}

/** The rules of a tenant about what waits. */
export interface Assignment {
  round_robin: boolean;
  capacity: number;
  sticky: boolean;
  escalate_minutes: number | null;
  escalate_to: "admins" | "everyone";
  fallback_minutes: number | null;
  fallback: Record<string, string>;
}
