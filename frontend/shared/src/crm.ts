/** Leads with their pipelines, contacts with their profiles: the HTTP interface under /api/v1. */

import type { Answer } from "./answers";
import type { ChannelType, Lead } from "./console";

interface Named {
  id: string;
  name: string | null;
}

export type Pipeline = Answer<"PipelineView">;

export type StageSum = Answer<"StageSum">;

export interface LeadDetail extends Lead {
  updated_at: string;
  source: { message_id: string; conversation_id: string; text: string; at: string } | null;
}

export interface ContactItem {
  id: string;
  name: string | null;
  locale: string | null;
  opted_out: boolean;
  created_at: string;
  tags: string[];
  channels: ChannelType[];
}

export interface Profile extends ContactItem {
  known: {
    name: string;
    value: unknown;
    at: string | null;
    message_id: string | null;
    conversation_id: string | null;
  }[];
  keys: { kind: string; value: string; channel: ChannelType; account: string }[];
  talks: {
    id: string;
    channel: ChannelType;
    account: string;
    status: "open" | "snoozed" | "resolved";
    owner: string;
    owner_name: string | null;
    last_at: string | null;
    created_at: string;
  }[];
  consents: { topic: string; granted: boolean; source: string | null; at: string }[];
  notes: { id: string; text: string; author_name: string | null; created_at: string }[];
  merged: { id: string; name: string | null; at: string; by: string | null }[];
  leads: Lead[];
  /** Others with one of this person's keys. */
  same_key: Named[];
}
