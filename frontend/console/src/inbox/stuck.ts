/** Which conversations could not be changed, by why. Pure. */
import type { BulkResult } from "@frontdesk/shared";

const NAMED = 3;

export interface Stuck {
  why: "held" | "other";
  /** The first few by name, of the others how many. */
  who: string;
}

export function stuckOf(results: readonly BulkResult[], names: ReadonlyMap<string, string>, language: string): Stuck[] {
  const failed = results.filter(({ ok }) => !ok);
  const held = failed.filter(({ code }) => code === "already_claimed");
  const other = failed.filter(({ code }) => code !== "already_claimed");
  return [
    ...(held.length > 0 ? [{ why: "held" as const, who: whoOf(held, names, language) }] : []),
    ...(other.length > 0 ? [{ why: "other" as const, who: whoOf(other, names, language) }] : []),
  ];
}

export function whoOf(results: readonly BulkResult[], names: ReadonlyMap<string, string>, language: string): string {
  const named = results.flatMap(({ id }) => names.get(id) ?? []).slice(0, NAMED);
  const rest = results.length - named.length;
  const list = new Intl.ListFormat(language, { type: "unit", style: "short" });
  return list.format(rest > 0 ? [...named, named.length > 0 ? `+${rest}` : String(rest)] : named);
}
