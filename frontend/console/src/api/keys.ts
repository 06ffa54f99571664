/** Query keys, and which of them a live event touches. */
import type { LiveEvent, View } from "@frontdesk/shared";

export interface ListFilter {
  view: View;
  /** A team's open ones, instead. */
  team?: string;
  q?: string;
}

export const keys = {
  me: ["me"] as const,
  hint: ["hint"] as const,
  conversations: ["conversations"] as const,
  list: (filter: ListFilter) => ["conversations", filter] as const,
  conversation: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
  canned: ["canned"] as const,
  planned: (id: string) => ["planned", id] as const,
  notes: (id: string) => ["notes", id] as const,
  timeline: (id: string) => ["timeline", id] as const,
  turn: (id: string, turn: string) => ["turn", id, turn] as const,
  counts: ["counts"] as const,
  colleagues: ["colleagues"] as const,
  teams: ["teams"] as const,
  undelivered: ["undelivered"] as const,
  snoozeChoices: ["snooze-choices"] as const,
  leads: ["leads"] as const,
  contacts: ["contacts"] as const,
  channels: ["channels"] as const,
  flows: ["flows"] as const,
};

/** Tell whether what is kept was read before the event: a snapshot says the number that it is valid at. */
export function isOlder(data: unknown, number: number): boolean {
  if (typeof data !== "object" || data === null) return true;
  if ("pages" in data && Array.isArray(data.pages)) return data.pages.some((page) => isOlder(page, number));
  return !("event_no" in data && typeof data.event_no === "number" && data.event_no >= number);
}

/** Return the event that a line carries; what has no kind (drafts as they are written) changes nothing that is kept. */
export function parseLive(data: string): LiveEvent | null {
  try {
    const event: unknown = JSON.parse(data);
    const known = typeof event === "object" && event !== null && "kind" in event && typeof event.kind === "string";
    return known ? (event as LiveEvent) : null;
  } catch {
    return null;
  }
}

const COUNTED = [
  "conversation.created",
  "conversation.updated",
  "conversation.owner_changed",
  "conversation.status_changed",
  "contact.erased",
  "message.updated",
];

/** How long a burst waits, and how often at most it is fetched again while events keep coming. */
export function pauseOf([area]: readonly unknown[], sinceLast: number): number {
  const often = area === keys.conversations[0] || area === keys.counts[0] ? 600 : 80;
  return Math.max(80, often - sinceLast);
}

/** Return the keys to fetch again after an event; whatever has a conversation may have moved its row. */
export function touchedBy(event: Pick<LiveEvent, "kind" | "conversation_id">): (readonly unknown[])[] {
  const touched: (readonly unknown[])[] = [];
  const area = event.kind.split(".")[0] ?? "";
  if (event.conversation_id) {
    const id = event.conversation_id;
    touched.push(keys.conversation(id), keys.messages(id), keys.conversations);
    if (event.kind === "conversation.planned") touched.push(keys.planned(id));
    if (area === "note") touched.push(keys.notes(id));
    if (area === "conversation" || area === "handoff") touched.push(keys.timeline(id));
  }
  // What a message says changes no number, but that it failed does.
  if (COUNTED.includes(event.kind)) touched.push(keys.counts);
  if (area === "handoff" && !event.conversation_id) touched.push(keys.conversations);
  if (event.kind === "message.updated") touched.push(keys.undelivered);
  if (area === "team") touched.push(keys.teams, keys.colleagues, keys.counts);
  if (area === "canned_reply") touched.push(keys.canned);
  if (area === "lead") touched.push(keys.leads);
  if (area === "contact") touched.push(keys.contacts);
  if (area === "channel" || area === "account" || area === "flow" || area === "release") touched.push(keys.channels);
  if (area === "flow" || area === "release") touched.push(keys.flows);
  return touched;
}
