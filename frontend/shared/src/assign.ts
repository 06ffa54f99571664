/** Giving conversations out, under /api/v1: teams, who is there, what did not arrive. */

import type { Answer, Narrow } from "./answers";
import type { Author, ChannelType } from "./console";

export type TeamCount = Answer<"TeamCount">;

export type Team = Answer<"TeamView">;

export type Colleague = Narrow<"Colleague", { name: string }>;

/** How long somebody waits, in opening hours: at a moment, and whether it grows. */
export type Waiting = Answer<"WaitingView">;

export type Undelivered = Narrow<"UndeliveredView", { author: Author; channel: ChannelType }>;

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
