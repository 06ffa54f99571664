/** Where a message or a note stands: the address that opens its conversation, or its person, there. */
import type { MessageFound } from "@frontdesk/shared";

export function placeOf(conversation: string, message?: string | null): string {
  return message ? `/inbox/${conversation}/${message}` : `/inbox/${conversation}`;
}

export function placeOfFound(item: MessageFound): string {
  if (item.on_contact) return `/contacts/${item.contact.id}/${item.message_id}`;
  return placeOf(item.conversation_id, item.message_id);
}
