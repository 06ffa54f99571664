/** Messages, notes and happenings as one thread, in the order of time. Pure. */
import type { ConversationMessage, Happening, Note } from "@frontdesk/shared";

export type Entry =
  | { kind: "message"; id: string; at: string; message: ConversationMessage }
  | { kind: "note"; id: string; at: string; note: Note }
  | { kind: "happening"; id: string; at: string; happening: Happening };

/** What is older than the oldest message that is loaded waits until that page is. */
export function merge(
  messages: ConversationMessage[],
  notes: Note[],
  happenings: Happening[],
  hasOlder: boolean,
): Entry[] {
  const first = messages[0];
  const from = hasOlder && first ? Date.parse(first.event_at) : Number.NEGATIVE_INFINITY;
  const others: Entry[] = [
    ...notes.map((note) => ({ kind: "note" as const, id: note.id, at: note.created_at, note })),
    ...happenings.map((happening) => ({ kind: "happening" as const, id: happening.id, at: happening.at, happening })),
  ]
    .filter((entry) => Date.parse(entry.at) >= from)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const merged: Entry[] = [];
  let next = 0;
  for (const message of messages) {
    // Providers tell whole seconds: by our own clock, what was written down first comes first.
    const at = Math.max(Date.parse(message.created_at), Date.parse(message.event_at));
    while (next < others.length && Date.parse(others[next]?.at ?? "") < at) merged.push(others[next++] as Entry);
    merged.push({ kind: "message", id: message.id, at: message.event_at, message });
  }
  return [...merged, ...others.slice(next)];
}
