/** Tell whether somebody wrote in a conversation that one holds already: more of it is unread than before. Pure. */
export function rang(before: ReadonlyMap<string, number> | null, now: ReadonlyMap<string, number>): boolean {
  if (!before) return false;
  return [...now].some(([id, unread]) => unread > (before.get(id) ?? unread));
}
