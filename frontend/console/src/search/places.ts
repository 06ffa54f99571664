/** Where a message stands: the address that opens its conversation there. */

export function placeOf(conversation: string, message?: string | null): string {
  return message ? `/inbox/${conversation}/${message}` : `/inbox/${conversation}`;
}
