/** Messages, notes and happenings as one thread, in the order of time. Pure. */
import type { ConversationMessage, Happening, Note } from "@frontdesk/shared";

export type Entry =
  | { kind: "message"; id: string; at: string; message: ConversationMessage }
  | { kind: "note"; id: string; at: string; note: Note }
  | { kind: "happening"; id: string; at: string; happening: Happening };

/** What lies beyond the messages that are loaded, where there are more, waits until that page is. */
export function merge(
  messages: ConversationMessage[],
  notes: Note[],
  happenings: Happening[],
  more: { older: boolean; newer?: boolean },
): Entry[] {
  const first = messages[0];
  const last = messages.at(-1);
  const from = more.older && first ? Date.parse(first.event_at) : Number.NEGATIVE_INFINITY;
  const to = more.newer && last ? writtenAt(last) : Number.POSITIVE_INFINITY;
  const others: Entry[] = [
    ...notes.map((note) => ({ kind: "note" as const, id: note.id, at: note.created_at, note })),
    ...happenings.map((happening) => ({ kind: "happening" as const, id: happening.id, at: happening.at, happening })),
  ]
    .filter((entry) => Date.parse(entry.at) >= from && Date.parse(entry.at) <= to)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const merged: Entry[] = [];
  let next = 0;
  for (const message of messages) {
    const at = writtenAt(message);
    while (next < others.length && Date.parse(others[next]?.at ?? "") < at) merged.push(others[next++] as Entry);
    merged.push({ kind: "message", id: message.id, at: message.event_at, message });
  }
  return [...merged, ...others.slice(next)];
}

/** Whether a message or a note stands among what is loaded, the newest first. */
export function stands(id: string, items: ConversationMessage[], notes: Note[], hasOlder: boolean): boolean {
  if (items.some((one) => one.id === id)) return true;
  const note = notes.find((one) => one.id === id);
  const oldest = items.at(-1);
  return note !== undefined && (!hasOlder || !oldest || Date.parse(note.created_at) >= Date.parse(oldest.event_at));
}

/** Providers tell whole seconds: by our own clock, what was written down first comes first. */
function writtenAt({ created_at, event_at }: ConversationMessage): number {
  return Math.max(Date.parse(created_at), Date.parse(event_at));
}
