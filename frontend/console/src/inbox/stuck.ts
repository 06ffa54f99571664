/** Which conversations could not be changed, by why. Pure. */
import type { BulkResult } from "@frontdesk/shared";

const NAMED = 3;

export interface Stuck {
  held: boolean;
  /** The first few by name, of the others how many. */
  who: string;
}

export function stuckOf(results: readonly BulkResult[], names: ReadonlyMap<string, string>): Stuck[] {
  return [true, false].flatMap((held) => {
    const these = results.filter(({ ok, code }) => !ok && (code === "already_claimed") === held);
    return these.length > 0 ? [{ held, who: whoOf(these, names) }] : [];
  });
}

export function whoOf(results: readonly BulkResult[], names: ReadonlyMap<string, string>): string {
  const named = results.flatMap(({ id }) => names.get(id) ?? []).slice(0, NAMED);
  const rest = results.length - named.length;
  return [...named, ...(rest > 0 ? [`+${rest}`] : [])].join(", ");
}
