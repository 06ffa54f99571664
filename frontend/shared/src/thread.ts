/** What the HTTP interface tells about one conversation besides its messages. */
import type { Referral } from "./console";

export interface TurnStep {
  node: string;
  title: string;
  /** `gate` is where the flow read what had happened. */
  type: string | null;
  phase: string;
  port: string | null;
  ms: number;
  facts: Record<string, unknown>;
  changed: Record<string, unknown>;
}

export interface ModelCall {
  model: string;
  purpose: string;
  outcome: string;
  tokens_in: number;
  tokens_out: number;
  usd: number;
  ms: number;
}

export interface FlowNode {
  id: string;
  title: string;
  type: string | null;
  state: "passed" | "current" | "beside";
}

export interface FlowEdge {
  source: string;
  target: string;
  port: string | null;
  taken: boolean;
}

export interface Turn {
  id: string;
  no: number;
  outcome: "answered" | "silent" | "failed" | "cancelled";
  error: string | null;
  node: string | null;
  tokens_in: number;
  tokens_out: number;
  usd: number;
  started_at: string;
  ms: number;
  steps: TurnStep[];
  calls: ModelCall[];
  nodes: FlowNode[];
  edges: FlowEdge[];
}

/** Where the flow of a conversation stands. */
export interface Position {
  cursor: string | null;
  release_id: string;
  title: string | null;
  type: string | null;
  since: string | null;
}

export interface Note {
  id: string;
  staff_id: string | null;
  author_name: string | null;
  text: string;
  mentions: { id: string; name: string | null }[];
  created_at: string;
}

/** Something that happened to a conversation besides its messages. */
export interface Happening {
  id: string;
  kind:
    | "owner"
    | "returned"
    | "handoff"
    | "handoff_ended"
    | "status"
    | "flagged"
    | "team"
    | "escalated"
    | "fallback"
    | "event"
    | "told"
    | "joined"
    | "referral";
  /** `agent`, `staff:<id>`, `api:<id>`. */
  actor: string;
  at: string;
  details: {
    before?: string;
    after?: string;
    why?: string;
    note?: string | null;
    reason?: string;
    queue?: string;
    label?: string;
    name?: string;
    node?: string;
    minutes?: number;
    to?: string;
    /** Why the customer could not be told. */
    refused?: string | null;
  } & Partial<Referral>;
  /** `staff:<id>` → what they are called. */
  names: Record<string, string>;
}

export interface CannedReply {
  id: string;
  shortcut: string;
  /** Language → words. */
  texts: Record<string, string>;
  updated_at: string;
  version: number;
}

export type PresenceState = "viewing" | "typing" | "gone";

export interface Present {
  staff_id: string;
  name: string | null;
  state: "viewing" | "typing";
}
