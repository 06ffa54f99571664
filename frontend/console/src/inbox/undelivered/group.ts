/** What did not arrive, by conversation. Pure. */
import type { Undelivered } from "@frontdesk/shared";

/** Return messages by their conversation, each once, in the order in which they came. */
export function byConversation(items: readonly Undelivered[]): [Undelivered, ...Undelivered[]][] {
  const talks = new Map<string, [Undelivered, ...Undelivered[]]>();
  for (const item of items) {
    const known = talks.get(item.conversation_id);
    if (!known) talks.set(item.conversation_id, [item]);
    else if (!known.some(({ message_id }) => message_id === item.message_id)) known.push(item);
  }
  return [...talks.values()];
}
